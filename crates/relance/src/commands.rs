//! The commands: one file each, one line each in the table, and how one of them is found.
//!
//! `clap` reads the command line. Of the commands it is told only the one that is named, so that a
//! small one does not pay for the others.

mod access;
mod apply;
#[cfg(unix)]
mod backup;
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
mod edit;
mod elsewhere;
mod events;
mod explain;
mod export;
mod failure;
mod failures;
mod habits;
mod health;
mod here;
#[cfg(windows)]
mod host;
mod import;
mod list;
mod logs;
mod mcp;
mod notify;
mod options;
#[cfg(unix)]
mod php;
mod policy;
mod references;
mod replay;
mod restart;
#[cfg(unix)]
mod restore;
mod sc;
mod scale;
mod shell_words;
mod simulate;
mod start;
mod start_type;
mod status;
mod stop;
mod terminate;
mod test;
mod top;
mod traps;
#[cfg(unix)]
mod upgrade;
mod wait;
mod why;
mod windows_settings;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches};

use relance_texts::{Lang, Words, help as texts};

use crate::cli::{CommandFailure, CommandResult, Common};
#[cfg(unix)]
use crate::daemon;
use crate::lang::{lang, say};
use crate::{help, misuse};

/// A command: its name, what it does, its arguments, the function.
struct Command {
    name: &'static str,
    about: &'static str,
    describe: fn() -> clap::Command,
    run: fn(&ArgMatches) -> CommandResult,
}

macro_rules! command {
    ($name:literal, $about:literal, $arguments:ty, $run:path) => {
        Command {
            name: $name,
            about: $about,
            describe: <$arguments as CommandFactory>::command,
            run: |matches| {
                let arguments = <$arguments>::from_arg_matches(matches);
                $run(arguments.map_err(CommandFailure::Usage)?)
            },
        }
    };
}

/// The groups are the paragraphs of the help.
const GROUPS: &[(Words, &[Command])] = &[
    (
        texts::GROUP_SERVICES,
        &[
            command!("list", "All services", list::Arguments, list::run),
            command!(
                "status",
                "One service: state, process, failures, what comes next",
                status::Arguments,
                status::run
            ),
            command!(
                "top",
                "All services live on the terminal, with keys",
                top::Arguments,
                top::run
            ),
            command!(
                "health",
                "One line and an exit status: is all well?",
                health::Arguments,
                health::run
            ),
            command!(
                "why",
                "What happened last, whether it counted, what comes next",
                why::Arguments,
                why::run
            ),
            command!(
                "failures",
                "What has failed, how often and why",
                failures::Arguments,
                failures::run
            ),
            command!(
                "is-active",
                "Does a service run? For scripts: a word and an exit status",
                habits::Asked,
                habits::is_active
            ),
            command!(
                "is-failed",
                "Has a service failed? For scripts: a word and an exit status",
                habits::Asked,
                habits::is_failed
            ),
            command!("logs", "What a service prints", logs::Arguments, logs::run),
            command!("events", "The event log", events::Arguments, events::run),
            command!(
                "notify",
                "Notifications: the targets that are told what happens to services, the queue, and tests",
                notify::Arguments,
                notify::run
            ),
            command!(
                "explain",
                "What a rule, an entry of the log or an error code means",
                explain::Arguments,
                explain::run
            ),
        ],
    ),
    (
        texts::GROUP_RUN,
        &[
            command!("start", "Start a service", start::Arguments, start::run),
            command!("stop", "Stop a service", stop::Arguments, stop::run),
            command!(
                "restart",
                "Stop and start a service",
                restart::Arguments,
                restart::run
            ),
            command!(
                "reload",
                "Have a service read its settings again",
                control::Reload,
                control::reload
            ),
            command!("pause", "Send PAUSE", control::Waiting, control::pause),
            command!(
                "continue",
                "Send CONTINUE",
                control::Waiting,
                control::resume
            ),
            command!(
                "control",
                "Send any control, 128 to 255 included",
                control::Arguments,
                control::run
            ),
            command!(
                "terminate",
                "End a service by force; not counted as a failure",
                terminate::Arguments,
                terminate::run
            ),
            command!(
                "wait",
                "Wait until services are in some state",
                wait::Arguments,
                wait::run
            ),
        ],
    ),
    (
        texts::GROUP_CONFIGURE,
        &[
            command!("create", "Create a service", create::Arguments, create::run),
            command!(
                "scale",
                "Set how many instances of a template there are",
                scale::Arguments,
                scale::run
            ),
            command!("delete", "Delete a service", delete::Arguments, delete::run),
            command!(
                "config",
                "Show or change the configuration",
                config::Arguments,
                config::run
            ),
            command!(
                "failure",
                "Show or change what follows a failure",
                failure::Arguments,
                failure::run
            ),
            command!(
                "policy",
                "Policies that services share: what follows a failure, changed once",
                policy::Arguments,
                policy::run
            ),
            command!(
                "cancel-recovery",
                "Cancel pending recovery actions",
                failure::Cancel,
                failure::cancel
            ),
            command!("access", "Show who may do what", access::Show, access::run),
            command!(
                "grant",
                "Give somebody rights on a service",
                access::Grant,
                access::grant
            ),
            command!(
                "revoke",
                "Take rights on a service from somebody",
                access::Revoke,
                access::revoke
            ),
            command!(
                "enable",
                "Start a service at boot",
                start_type::Enable,
                start_type::enable
            ),
            command!(
                "disable",
                "Never start a service",
                start_type::Disable,
                start_type::disable
            ),
            command!(
                "apply",
                "Create or change many services from a file",
                apply::Arguments,
                apply::run
            ),
            command!(
                "export",
                "Write services as a file for apply",
                export::Arguments,
                export::run
            ),
            command!(
                "edit",
                "Change a service in an editor",
                edit::Arguments,
                edit::run
            ),
            command!(
                "sc",
                "The words of Windows' sc.exe: relance sc query NAME",
                sc::Arguments,
                sc::run
            ),
            command!(
                "import",
                "Read the files of another service manager, and report what becomes of each line",
                import::Arguments,
                import::run
            ),
            command!(
                "simulate",
                "Try a recovery policy in virtual time",
                simulate::Arguments,
                simulate::run
            ),
            command!(
                "replay",
                "What another policy would have made of last month's failures",
                replay::Arguments,
                replay::run
            ),
            command!(
                "test",
                "Test recovery policies against expectations, for CI",
                test::Arguments,
                test::run
            ),
        ],
    ),
    (
        texts::GROUP_MANAGER,
        &[
            #[cfg(unix)]
            command!(
                "daemon",
                "Run the service manager",
                daemon::Arguments,
                daemon::run
            ),
            command!(
                "console",
                "Sign in to the web console",
                console::Arguments,
                console::run
            ),
            command!(
                "mcp",
                "Let an assistant ask about services",
                mcp::Arguments,
                mcp::run
            ),
            #[cfg(unix)]
            command!(
                "php",
                "Install the PHP extension, or find out what is wrong with it",
                php::Arguments,
                php::run
            ),
            command!(
                "doctor",
                "What is wrong with the manager, the services or this machine",
                doctor::Arguments,
                doctor::run
            ),
            #[cfg(unix)]
            command!(
                "backup",
                "Copy the service database to a file",
                backup::Arguments,
                backup::run
            ),
            #[cfg(unix)]
            command!(
                "restore",
                "Restore a backup of the service database",
                restore::Arguments,
                restore::run
            ),
            #[cfg(unix)]
            command!(
                "upgrade",
                "Let the installed program replace the running manager",
                upgrade::Arguments,
                upgrade::run
            ),
            #[cfg(unix)]
            command!(
                "clock",
                "Move the clock of a daemon started with --clock manual",
                clock::Arguments,
                clock::run
            ),
            #[cfg(windows)]
            command!(
                "host",
                "Run a program as a service; Windows starts it",
                host::Arguments,
                host::run
            ),
            #[cfg(unix)]
            command!(
                "demo",
                "Watch a PHP service fail in seven ways and get back up",
                demo::Arguments,
                demo::run
            ),
        ],
    ),
];

/// Finds the command and runs it.
pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    match arguments.get(1).and_then(|word| word.to_str()) {
        // Not for people: the guardian starts them.
        #[cfg(unix)]
        Some("engine") => return daemon::engine(),
        #[cfg(unix)]
        Some("console-server") => return console::serve(),
        #[cfg(unix)]
        Some("notifier") => return daemon::notifier_process(),
        _ => {}
    }
    let as_sc = named_sc(arguments);
    let arguments = as_sc.as_deref().unwrap_or(arguments);
    let translated = habits::translated(arguments)?;
    let arguments = translated.as_deref().unwrap_or(arguments);
    let matches =
        parse(arguments).map_err(|error| CommandFailure::Usage(in_language(error, arguments)))?;
    let named = matches.subcommand().and_then(|(name, matches)| {
        let command = all().find(|command| command.name == name)?;
        Some((command, matches))
    });
    match named {
        Some((command, matches)) => (command.run)(matches),
        None => {
            print!("{}", overview());
            Ok(())
        }
    }
}

/// A link named `sc` is `relance sc`.
fn named_sc(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let (program, rest) = arguments.split_first()?;
    let name = std::path::Path::new(program).file_stem()?;
    if !name.eq_ignore_ascii_case("sc") {
        return None;
    }
    let mut words = vec![program.clone(), "sc".into()];
    words.extend_from_slice(rest);
    Some(words)
}

fn all() -> impl Iterator<Item = &'static Command> {
    GROUPS.iter().flat_map(|(_, commands)| *commands)
}

/// The command that seems to be meant.
fn meant(arguments: &[OsString]) -> Option<&'static Command> {
    let (_, word) = habits::command_word(arguments)?;
    all().find(|command| command.name == word)
}

/// Reads the command line with the one command that seems to be meant; with all of them if that was
/// wrong, or for help.
pub(crate) fn parse(arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    if let Some(command) = meant(arguments) {
        let root = root(std::iter::once(command));
        match root.try_get_matches_from(arguments) {
            Err(error) if error.kind() == ErrorKind::InvalidSubcommand => {}
            Err(mut error) => {
                elsewhere::note(&mut error, command.name, whole);
                return Err(error);
            }
            read => return read,
        }
    }
    // `--version` and `--help` alone need no command, and describing all takes five times as long as the rest.
    if arguments.len() <= 2 {
        match root(std::iter::empty()).try_get_matches_from(arguments) {
            Err(error) if error.exit_code() != 0 => {}
            read => return read,
        }
    }
    root(all()).try_get_matches_from(arguments)
}

/// The same, if it is help, in the language of the terminal.
fn in_language(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    if lang() == Lang::En || !misuse::is_help(&error) {
        return error;
    }
    let again = whole().try_get_matches_from(arguments);
    again.err().unwrap_or(error)
}

/// The program with these commands.
fn root(commands: impl Iterator<Item = &'static Command>) -> clap::Command {
    let root = clap::Command::new("relance")
        .version(env!("CARGO_PKG_VERSION"))
        .override_help(overview())
        .override_usage("relance COMMAND [OPTIONS]");
    let root = Common::augment_args(root);
    root.subcommands(commands.map(|command| (command.describe)().name(command.name)))
}

/// The whole program, in the language of the terminal.
pub(crate) fn whole() -> clap::Command {
    help::translated(root(all()))
}

/// What `relance help` says.
pub(crate) fn overview() -> String {
    let mut text = format!(
        "{}\n\n{} relance COMMAND [OPTIONS]\n\n",
        say(texts::TITLE),
        say(texts::USAGE)
    );
    for (group, commands) in GROUPS {
        text.push_str(&format!("{}\n", say(*group)));
        for command in *commands {
            let about = help::said(command.about);
            text.push_str(&format!("  {:<16} {about}\n", command.name));
        }
        text.push('\n');
    }
    let options = ["--socket PATH", "--machine NAME"];
    let option = options[usize::from(cfg!(windows))];
    let everywhere = say(texts::Everywhere { option });
    text.push_str(&format!("{}\n{everywhere}\n", say(texts::SAYS_MORE)));
    text
}

#[cfg(test)]
mod tests;
