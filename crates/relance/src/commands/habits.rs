//! Words that people bring from other service managers: some are commands of ours under another name, some
//! are answered with the command that does what is meant. Their options are in [`mod@options`].

mod options;

use std::ffi::OsString;
use std::path::Path;

use clap::Parser;
use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_texts::{Message, Text, habit};

use crate::cli::{CommandFailure, CommandResult, Common, usage};
use crate::selection::{one, service_names};

/// Other names of our commands.
const ALIASES: &[(&str, &str)] = &[
    ("cat", "config"),
    ("Get-Service", "status"),
    ("Restart-Service", "restart"),
    ("Start-Service", "start"),
    ("Stop-Service", "stop"),
    ("bounce", "restart"),
    ("crashes", "failures"),
    ("describe", "status"),
    ("destroy", "delete"),
    ("down", "stop"),
    ("errors", "failures"),
    ("failed", "failures"),
    ("info", "status"),
    ("inspect", "status"),
    ("journal", "events"),
    ("dash", "top"),
    ("list-units", "list"),
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
    ("uninstall", "delete"),
    ("up", "start"),
];

/// Programs of other service managers: the words behind them are commands there, and often here.
const PROGRAMS: &[&str] = &[
    "systemctl",
    "supervisorctl",
    "pm2",
    "nssm",
    "docker",
    "net",
    "rcctl",
    "launchctl",
    "sv",
    "service",
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
        "list-unit-files" | "avail" => does("relance list"),
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
        "pid" | "id" | "tasklist" => "relance status NAME",
        "env" | "printenv" => "relance config NAME",
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
        program if PROGRAMS.contains(&program) => {
            "relance start NAME, relance stop NAME, relance restart NAME, relance status"
        }
        _ => return by_meaning(word),
    })
}

/// Words that nobody has as a command, and that say what is wanted.
fn by_meaning(word: &str) -> Option<&'static str> {
    Some(match word {
        "watch" => "relance top; relance list --watch",
        "search" | "grep" | "find" => "relance logs NAME --grep TEXT; relance events --text TEXT",
        "follow" => "relance logs --follow NAME; relance events --follow",
        "diff" | "plan" => "relance apply --file FILE --dry-run --diff",
        "check" | "validate" | "verify" | "lint" | "configtest" => {
            "relance doctor; relance apply --file FILE --dry-run"
        }
        "retry" | "recover" | "recovery" | "backoff" | "on-failure" => {
            "relance failure NAME --actions restart/1m"
        }
        "schedule" | "cron" | "crontab" | "timer" | "at" => "relance config NAME --schedule daily",
        "rights" | "permissions" | "chmod" | "chown" | "acl" => {
            "relance access NAME; relance grant NAME USER RIGHTS"
        }
        "limit" | "limits" | "memory" | "cpu" | "usage" => {
            "relance top; relance config NAME --memory-max 512M"
        }
        "alert" | "alerts" | "mail" | "slack" => "relance notify",
        "copy" | "cp" | "clone" => "relance export NAME; relance apply --file FILE",
        "undo" | "rollback" => "relance export --file FILE; relance apply --file FILE",
        "migrate" | "convert" => "relance import FILE",
        "autostart" | "boot" | "onboot" => "relance enable NAME",
        "force-stop" | "stop!" | "abort" => "relance terminate NAME",
        "dashboard" | "gui" | "ui" | "web" => "relance console; relance top",
        "metrics" | "prometheus" => "relance console",
        "uptime" | "state" | "running" | "inspect-service" => "relance status NAME",
        "workers" | "replicas" | "instances" => "relance scale NAME@ NUMBER",
        _ => return None,
    })
}

/// The words with a command and options of ours in the place of such words.
///
/// # Errors
/// The sentence that says what to type, for words that have no command.
pub(super) fn translated(arguments: &[OsString]) -> Result<Option<Vec<OsString>>, CommandFailure> {
    let mut words = arguments.to_vec();
    without_program(&mut words);
    let Some((at, word)) = command_word(&words) else {
        return Ok(asks_for_failed(&words).then(|| with_list(&words)));
    };
    let (at, typed) = (at, word.to_owned());
    match ALIASES.iter().find(|(known, _)| *known == typed) {
        Some((_, ours)) => words[at] = ours.into(),
        // Help for such a word is the same sentence.
        None => pointer(&typed).map_or(Ok(()), |text| Err(usage(text)))?,
    }
    let command = words[at].to_string_lossy().into_owned();
    let mut behind = words.split_off(at + 1);
    if typed == "ps" {
        behind.retain(|word| {
            !["aux", "-ef", "-aux", "-a"]
                .iter()
                .any(|of_ps| word == of_ps)
        });
    }
    if command == "start" && behind.first().is_some_and(is_file) {
        let file = behind[0].to_string_lossy().into_owned();
        return Err(usage(habit::File { file }));
    }
    words.extend(options::translated(&command, &behind).map_err(usage)?);
    Ok((words != arguments).then_some(words))
}

/// `relance systemctl restart web` is `relance restart web`; with `service` the name comes first.
fn without_program(words: &mut Vec<OsString>) {
    let Some((at, program)) = command_word(words).filter(|(_, word)| PROGRAMS.contains(word))
    else {
        return;
    };
    let is_named_first = program == "service";
    let is_word = |word: &OsString| !word.to_string_lossy().starts_with('-');
    let Some(options) = words[at + 1..].iter().position(is_word) else {
        return;
    };
    words.remove(at);
    // Options of the program are those of the command.
    words[at..=at + options].rotate_right(1);
    if is_named_first && words.len() > at + 1 {
        words.swap(at, at + 1);
    }
}

/// `systemctl --failed` needs no command.
fn asks_for_failed(words: &[OsString]) -> bool {
    words.iter().skip(1).any(|word| word == "--failed")
}

fn with_list(words: &[OsString]) -> Vec<OsString> {
    let mut words = words.to_vec();
    words.insert(1.min(words.len()), "list".into());
    words
}

/// A program or a configuration, where a service is to be named. A name has no path.
fn is_file(word: &OsString) -> bool {
    let path = Path::new(word);
    let is_script = path
        .extension()
        .is_some_and(|extension| extension != "service");
    (word.to_string_lossy().contains('/') || is_script) && path.is_file()
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

/// Say whether a service runs (is-active) or has failed (is-failed), and exit with status 0 if so
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
    let manager = arguments.common.manager()?;
    let name = one(&manager, &arguments.name)?;
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
        for (typed, wanted) in [
            ("relance systemctl restart a", "relance restart a"),
            ("relance systemctl --no-pager status a", "relance status a"),
            ("relance service a restart", "relance restart a"),
            ("relance pm2 restart all", "relance restart all"),
            ("relance --failed", "relance list --failed"),
            ("relance list-units --failed", "relance list --failed"),
            ("relance ps aux", "relance list"),
            ("relance tail -1000 a", "relance logs --lines 1000 a"),
        ] {
            assert_eq!(ours(typed), Some(words(wanted)), "{typed}");
        }
        for (typed, instead) in [
            ("relance clear a", "relance logs"),
            ("relance systemctl", "relance restart"),
            ("relance chown a b", "relance grant"),
            ("relance top -b", "relance list"),
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
