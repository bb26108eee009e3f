//! Words that people bring from other service managers: some are commands of ours under another name, some
//! are answered with the command that does what is meant.

use std::ffi::OsString;

use clap::Parser;
use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_texts::{Message, Text, habit};

use crate::cli::{CommandFailure, CommandResult, Common, name, usage};
use crate::selection::service_names;

/// Other names of our commands.
const ALIASES: &[(&str, &str)] = &[
    ("cat", "config"),
    ("Get-Service", "status"),
    ("Restart-Service", "restart"),
    ("Start-Service", "start"),
    ("Stop-Service", "stop"),
    ("describe", "status"),
    ("destroy", "delete"),
    ("down", "stop"),
    ("info", "status"),
    ("inspect", "status"),
    ("journal", "events"),
    ("dash", "top"),
    ("log", "logs"),
    ("ls", "list"),
    ("monit", "top"),
    ("monitor", "top"),
    ("ps", "list"),
    ("query", "status"),
    ("remove", "delete"),
    ("resume", "continue"),
    ("rm", "delete"),
    ("scan", "list"),
    ("show", "status"),
    ("stats", "top"),
    ("tail", "logs"),
    ("unpause", "continue"),
    ("up", "start"),
];

/// Words that we have no command for, and what to type instead.
fn pointer(word: &str) -> Option<Text> {
    let does = |instead: &'static str| Some(habit::Other { word, instead }.text());
    match word {
        "reread" | "update" | "daemon-reload" | "add" | "load" => {
            Some(habit::Reads { word }.text())
        }
        "save" | "dump" | "resurrect" | "unstartup" | "startup" => {
            Some(habit::Saved { word }.text())
        }
        "kill" | "signal" | "sendSignal" => Some(habit::Signal { word }.text()),
        "set" | "set-property" => does(
            "relance config NAME --OPTION VALUE, relance failure NAME --actions …, relance apply -f FILE",
        ),
        "mask" => does("relance disable NAME"),
        "unmask" => does("relance enable NAME"),
        "reset-failed" | "reset" => does("relance cancel-recovery NAME"),
        "try-restart" | "reload-or-restart" | "condrestart" => {
            does("relance restart NAME; relance reload NAME")
        }
        "list-units" | "list-unit-files" | "avail" => does("relance list"),
        "list-dependencies" => does("relance config NAME"),
        "isolate" | "freeze" | "thaw" | "link" | "preset" => does("relance help"),
        _ => of_others(word).and_then(does),
    }
}

/// The command that does what such a word does with others.
fn of_others(word: &str) -> Option<&'static str> {
    Some(match word {
        "flush" | "clear" | "reloadLogs" | "maintail" | "attach" | "fg" | "Get-Content" => {
            "relance logs --follow NAME"
        }
        "journalctl" | "history" | "Get-EventLog" | "Get-WinEvent" => {
            "relance events --service NAME; relance logs NAME"
        }
        "shutdown" | "poweroff" | "halt" => "systemctl stop relance",
        "pid" | "id" | "env" | "tasklist" => "relance status NAME",
        "jlist" | "prettylist" => "relance list --json",
        "is-enabled" => "relance config NAME",
        "is-system-running" | "ping" => "relance status; relance doctor",
        "list-timers" | "list-sockets" | "list-jobs" | "list-machines" => "relance status",
        "reenable" | "get-default" | "set-default" => "relance enable NAME",
        "revert" | "clean" => "relance edit NAME; relance delete NAME",
        "condreload" | "try-reload-or-restart" | "once" => {
            "relance reload NAME; relance restart NAME"
        }
        "new" | "install" | "register" | "run" | "New-Service" | "serve" | "init" | "ecosystem" => {
            "relance create NAME -- PROGRAM ARGUMENT…; relance import FILE"
        }
        "exec" | "rename" => "relance export; relance create NAME -- PROGRAM ARGUMENT…",
        "Set-Service" => "relance config NAME --start auto",
        "Remove-Service" => "relance delete NAME",
        "deploy" => "relance restart --rolling",
        "open" | "services.msc" | "plus" => "relance console",
        "taskkill" => "relance terminate NAME",
        "version" => "relance --version",
        "man" => "relance help",
        "net" | "service" | "systemctl" | "supervisorctl" | "pm2" | "nssm" | "docker" | "rcctl"
        | "launchctl" | "sv" => {
            "relance start NAME, relance stop NAME, relance restart NAME, relance status"
        }
        _ => return None,
    })
}

/// The words with a command of ours in the place of such a word.
///
/// # Errors
/// The sentence that says what to type, for a word that has no command.
pub(super) fn translated(arguments: &[OsString]) -> Result<Option<Vec<OsString>>, CommandFailure> {
    let Some((at, word)) = command_word(arguments) else {
        return Ok(None);
    };
    if let Some((_, ours)) = ALIASES.iter().find(|(known, _)| *known == word) {
        let mut words = arguments.to_vec();
        words[at] = ours.into();
        return Ok(Some(words));
    }
    // Help for such a word is the same sentence.
    match pointer(word) {
        Some(text) => Err(usage(text)),
        None => Ok(None),
    }
}

/// The first word that is not an option; the value of `--socket` or `--machine` is none either.
pub(super) fn command_word(arguments: &[OsString]) -> Option<(usize, &str)> {
    let mut words = arguments.iter().enumerate().skip(1);
    while let Some((at, word)) = words.next() {
        let word = word.to_str()?;
        if matches!(word, "--socket" | "--machine") {
            words.next();
        } else if !word.starts_with('-') {
            return Some((at, word));
        }
    }
    None
}

/// Say whether a service runs (is-active) or has failed (is-failed), and end with 0 if it is so
#[derive(Debug, Parser)]
pub(crate) struct Asked {
    /// The service
    #[arg(add = service_names())]
    name: String,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn is_active(arguments: Asked) -> CommandResult {
    answer(
        &arguments,
        |info| info.status.state != ServiceState::Stopped,
        3,
    )
}

pub(crate) fn is_failed(arguments: Asked) -> CommandResult {
    answer(&arguments, ServiceInfo::has_failed, 1)
}

/// Prints the word that scripts compare, and ends with this status if the answer is no.
fn answer(arguments: &Asked, is: impl Fn(&ServiceInfo) -> bool, otherwise: u8) -> CommandResult {
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    let info = manager.ask(|scm, caller, reply| scm.query_service(caller, &name, reply))?;
    let word = match info.status.state {
        ServiceState::Running | ServiceState::Paused => "active",
        ServiceState::StartPending | ServiceState::ContinuePending => "activating",
        ServiceState::StopPending | ServiceState::PausePending => "deactivating",
        ServiceState::Stopped if info.has_failed() => "failed",
        ServiceState::Stopped => "inactive",
    };
    if arguments.common.json {
        Common::print_json(&word)?;
    } else if !arguments.quiet {
        println!("{word}");
    }
    if is(&info) {
        return Ok(());
    }
    Err(CommandFailure::Silent(otherwise))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn words_of_others_are_commands_of_ours_or_say_which() {
        let ours = |line: &str| translated(&words(line)).expect("a command");
        assert_eq!(
            ours("relance --socket /x tail -f a"),
            Some(words("relance --socket /x logs -f a"))
        );
        assert_eq!(ours("relance list"), None);
        assert_eq!(ours("relance"), None);
        let said = |line: &str| {
            translated(&words(line))
                .expect_err(line)
                .sentence(relance_texts::Lang::En)
        };
        assert!(said("relance reread").contains("relance apply"));
        assert!(said("relance kill -s HUP a").contains("relance reload"));
        assert_eq!(ours("relance monit"), Some(words("relance top")));
        for (typed, instead) in [
            ("relance clear a", "relance logs"),
            ("relance systemctl restart a", "relance restart"),
            ("relance Set-Service a", "relance config"),
            ("relance is-enabled a", "relance config"),
            ("relance journalctl -u a", "relance events"),
        ] {
            assert!(said(typed).contains(instead), "{typed}: {}", said(typed));
        }
    }

    #[test]
    fn no_habit_hides_a_command() {
        let commands: Vec<String> = super::super::whole()
            .get_subcommands()
            .map(|command| command.get_name().to_owned())
            .collect();
        for command in &commands {
            assert!(pointer(command).is_none(), "{command}");
            assert!(
                !ALIASES.iter().any(|(word, _)| word == command),
                "{command}"
            );
        }
        for (_, ours) in ALIASES {
            assert!(commands.iter().any(|command| command == ours), "{ours}");
        }
    }
}
