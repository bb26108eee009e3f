//! The commands: one file each, one line each in the table.

mod access;
pub(crate) mod apply;
#[cfg(unix)]
mod clock;
mod config;
mod console;
mod control;
mod create;
mod delete;
#[cfg(unix)]
mod demo;
mod doctor;
mod events;
mod explain;
mod failure;
#[cfg(windows)]
mod host;
mod list;
mod logs;
mod options;
#[cfg(unix)]
mod php;
mod restart;
mod simulate;
mod start;
mod start_type;
mod status;
mod stop;
mod terminate;
mod wait;
mod why;
mod windows_settings;

use std::ffi::OsString;

use crate::cli::{CommandResult, Failure};
#[cfg(unix)]
use crate::daemon;

/// A command: its name, what it does, the function.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[OsString]) -> CommandResult,
}

const fn command(
    name: &'static str,
    about: &'static str,
    run: fn(&[OsString]) -> CommandResult,
) -> Command {
    Command { name, about, run }
}

/// By what they are about; the groups are the paragraphs of the help.
const GROUPS: &[(&str, &[Command])] = &[
    (
        "Services",
        &[
            command("list", "All services", list::run),
            command(
                "status",
                "One service: state, process, failures, what comes next",
                status::run,
            ),
            command(
                "why",
                "What happened last, whether it counted, what comes next",
                why::run,
            ),
            command("logs", "What a service prints", logs::run),
            command("events", "The event log", events::run),
            command(
                "explain",
                "What a rule, an entry of the log or an error code means",
                explain::run,
            ),
        ],
    ),
    (
        "Run",
        &[
            command("start", "Start a service", start::run),
            command("stop", "Stop a service", stop::run),
            command("restart", "Stop and start a service", restart::run),
            command("pause", "Send PAUSE", control::pause),
            command("continue", "Send CONTINUE", control::resume),
            command(
                "control",
                "Send any control, 128 to 255 included",
                control::run,
            ),
            command(
                "terminate",
                "End a service by force; no failure",
                terminate::run,
            ),
            command("wait", "Wait until a service is in some state", wait::run),
        ],
    ),
    (
        "Configure",
        &[
            command("create", "Create a service", create::run),
            command("delete", "Delete a service", delete::run),
            command("config", "Show or change the configuration", config::run),
            command(
                "failure",
                "Show or change what follows a failure",
                failure::run,
            ),
            command(
                "cancel-recovery",
                "Cancel pending recovery actions",
                failure::cancel,
            ),
            command("access", "Show who may do what", access::run),
            command("grant", "Give somebody rights on a service", access::grant),
            command(
                "revoke",
                "Take rights on a service from somebody",
                access::revoke,
            ),
            command("enable", "Start a service at boot", start_type::enable),
            command("disable", "Never start a service", start_type::disable),
            command(
                "apply",
                "Create or change many services from a file",
                apply::run,
            ),
            command(
                "simulate",
                "Try a recovery policy in virtual time",
                simulate::run,
            ),
        ],
    ),
    (
        "Manager",
        &[
            #[cfg(unix)]
            command("daemon", "Run the service manager", daemon::run),
            command("console", "Sign in to the web console", console::run),
            #[cfg(unix)]
            command(
                "php",
                "Install the PHP extension, or find out what is wrong with it",
                php::run,
            ),
            command(
                "doctor",
                "What is wrong with the manager, the services or this machine",
                doctor::run,
            ),
            #[cfg(unix)]
            command(
                "clock",
                "Move the clock of a daemon started with --clock manual",
                clock::run,
            ),
            #[cfg(windows)]
            command(
                "host",
                "Keep a program as a service; Windows starts it",
                host::run,
            ),
            #[cfg(unix)]
            command(
                "demo",
                "Watch a PHP service fail in seven ways and get back up",
                demo::run,
            ),
        ],
    ),
];

/// Finds the command and runs it.
pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let name = arguments
        .get(1)
        .map(|name| name.to_string_lossy().into_owned());
    match name.as_deref() {
        None | Some("help" | "--help" | "-h") => help(arguments),
        Some("--version" | "-V" | "version") => {
            println!("relance {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        // Not for people: the guardian starts it.
        #[cfg(unix)]
        Some("engine") => daemon::engine(),
        #[cfg(unix)]
        Some("console-server") => console::serve(),
        Some(name) => match find(name) {
            Some(command) => (command.run)(&arguments[1..]),
            None => Err(unknown(name)),
        },
    }
}

fn find(name: &str) -> Option<&'static Command> {
    GROUPS
        .iter()
        .flat_map(|(_, commands)| *commands)
        .find(|command| command.name == name)
}

fn help(arguments: &[OsString]) -> CommandResult {
    if let Some(topic) = arguments.get(2) {
        let topic = topic.to_string_lossy();
        let command = find(&topic).ok_or_else(|| unknown(&topic))?;
        return (command.run)(&[topic.into_owned().into(), "--help".into()]);
    }
    println!("A service that fails gets back up, by rules its owner chose.\n");
    println!("Usage: relance COMMAND [OPTIONS]\n");
    for (group, commands) in GROUPS {
        println!("{group}:");
        for command in *commands {
            println!("  {:<16} {}", command.name, command.about);
        }
        println!();
    }
    println!("relance help COMMAND, or relance COMMAND --help, says more.");
    let manager = if cfg!(windows) {
        "--machine NAME"
    } else {
        "--socket PATH"
    };
    println!("Every command takes {manager} and --json.");
    Ok(())
}

/// A command that does not exist: the nearest one is named.
fn unknown(name: &str) -> Failure {
    let names = GROUPS
        .iter()
        .flat_map(|(_, commands)| *commands)
        .map(|command| command.name);
    let nearest = names.min_by_key(|known| distance(name, known));
    let hint = nearest.filter(|known| distance(name, known) <= 2);
    crate::cli::usage(match hint {
        Some(known) => format!("there is no command {name:?}; did you mean {known}?"),
        None => format!("there is no command {name:?}; relance help lists them"),
    })
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_commands_are_recognised() {
        assert_eq!(distance("statsu", "status"), 2);
        assert_eq!(distance("start", "start"), 0);
        assert_eq!(distance("", "stop"), 4);
    }

    #[test]
    fn no_command_is_there_twice() {
        let mut names: Vec<_> = GROUPS
            .iter()
            .flat_map(|(_, commands)| *commands)
            .map(|c| c.name)
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
