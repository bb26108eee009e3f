//! `relance sc`, and a link named `sc`: the words of Windows' `sc.exe` for this manager (R70 to R77).
//!
//! Options are `name= value` as there, the blank optional. What `sc` prints is in [`mod@print`]; the verbs that
//! change something are in [`change`].

mod change;
mod print;
mod words;

use clap::Parser;
use relance_scm::{Control, ScmError, ServiceName, ServiceState, Win32Error};
use relance_texts::{error, quoted, sc};

use crate::cli::{CommandFailure, CommandResult, Common, Manager, name, usage};
use crate::lang::lang;
use crate::plain::plain_lines;
use words::Options;

/// What `state=` may be.
const STATES: [&str; 3] = ["active", "inactive", "all"];

/// The verbs, with what comes after them.
const VERBS: &[(&str, &str)] = &[
    (
        "query",
        "[NAME] [type= service|own|share|interact|driver|all] [state= active|inactive|all] [group= GROUP]",
    ),
    (
        "queryex",
        "[NAME] [type= service|own|share|interact|driver|all] [state= active|inactive|all] [group= GROUP]",
    ),
    ("start", "NAME [ARGUMENT ...]"),
    ("stop", "NAME"),
    ("pause", "NAME"),
    ("continue", "NAME"),
    ("interrogate", "NAME"),
    (
        "control",
        "NAME paramchange|netbindadd|netbindremove|netbindenable|netbinddisable|128..255",
    ),
    (
        "create",
        "NAME binPath= LINE [type= own|program] [start= auto|delayed-auto|demand|disabled] [error= ...] [group= ...] [depend= A/B] [obj= ...] [DisplayName= ...] [password= ...]",
    ),
    ("config", "NAME [the options of create]"),
    ("description", "NAME TEXT"),
    (
        "failure",
        "NAME [reset= SECONDS] [reboot= TEXT] [command= LINE] [actions= LIST]",
    ),
    ("failureflag", "NAME 0|1"),
    ("delete", "NAME"),
    ("qc", "NAME"),
    ("qdescription", "NAME"),
    ("qfailure", "NAME"),
    ("qfailureflag", "NAME"),
    ("qtriggerinfo", "NAME"),
    ("qsidtype", "NAME"),
    ("qprivs", "NAME"),
    ("sdshow", "NAME"),
    ("sdset", "NAME SDDL"),
    ("GetDisplayName", "NAME"),
    ("GetKeyName", "DISPLAYNAME"),
    ("EnumDepend", "NAME"),
];

/// Verbs of sc.exe about what only Windows has.
const OF_WINDOWS: [&str; 16] = [
    "boot",
    "Lock",
    "QueryLock",
    "privs",
    "sidtype",
    "showsid",
    "triggerinfo",
    "preferrednode",
    "qpreferrednode",
    "qprotection",
    "managedaccount",
    "qmanagedaccount",
    "quserservice",
    "userservice",
    "runlevel",
    "qrunlevel",
];

/// Windows' sc.exe for this manager: the same words, options (start= auto) and output
///
/// relance sc alone lists the verbs. Through a link named sc that points to relance, the words work
/// without relance in front.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// A verb and what comes after it, as sc.exe takes it
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "WORD"
    )]
    words: Vec<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let mut words = arguments.words.as_slice();
    // sc \\SERVER VERB ...: only this machine's manager is asked.
    if let Some(server) = words.first().filter(|word| word.starts_with(r"\\")) {
        if !is_here(&server[2..]) {
            let sentence = sc::OtherMachine {
                server: server.as_str(),
            };
            return Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence).into());
        }
        words = &words[1..];
    }
    let Some((verb, rest)) = words.split_first().filter(|(verb, _)| !asks_for_help(verb)) else {
        print_usage();
        return Ok(());
    };
    let Some((verb, usage)) = VERBS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(verb))
    else {
        return Err(no_verb(verb));
    };
    if rest.first().is_some_and(|word| asks_for_help(word)) {
        println!("relance sc {verb} {usage}");
        return Ok(());
    }
    let manager = arguments
        .common
        .manager()
        .map_err(|failure| say("OpenSCManager", failure, &arguments.common))?;
    let done = match (*verb, rest.split_first()) {
        ("query" | "queryex", _) => query(&manager, verb, rest),
        (_, None) => {
            println!("relance sc {verb} {usage}");
            Err((
                "",
                ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    sc::NameMissing { verb: *verb },
                )
                .into(),
            ))
        }
        ("create" | "config" | "failure", Some((_, []))) => {
            println!("relance sc {verb} {usage}");
            let verb = *verb;
            Err(("", crate::cli::usage(sc::OptionMissing { verb })))
        }
        (_, Some((first, rest))) => about(&manager, verb, first, rest),
    };
    done.map_err(|(call, failure)| say(call, failure, &arguments.common))
}

/// Whether `\\NAME` is this machine.
fn is_here(server: &str) -> bool {
    let own = relance_notify::machine();
    let names = [".", "localhost", "127.0.0.1", &own];
    names.iter().any(|name| server.eq_ignore_ascii_case(name))
}

/// `sc create /?`.
fn asks_for_help(word: &str) -> bool {
    ["/?", "-?", "?", "/h", "/help", "help"].contains(&&*word.to_ascii_lowercase())
}

/// A verb that is not there: one of sc.exe for which this system has nothing, or none of its verbs.
fn no_verb(verb: &str) -> CommandFailure {
    if OF_WINDOWS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(verb))
    {
        return ScmError::new(Win32Error::NOT_SUPPORTED, sc::OfWindows { verb }).into();
    }
    print_usage();
    ScmError::new(Win32Error::INVALID_PARAMETER, sc::NoVerb { verb }).into()
}

/// The call of Windows that failed, and why.
type Done = Result<(), (&'static str, CommandFailure)>;

/// A verb about one service.
fn about(manager: &Manager, verb: &str, first: &str, rest: &[String]) -> Done {
    if verb == "GetKeyName" {
        return print::key_name(manager, first).map_err(|failure| ("GetServiceKeyName", failure));
    }
    let service = name(first).map_err(|error| ("OpenService", error.into()))?;
    let options = || Options::read(rest).map_err(|failure| ("", failure));
    match verb {
        "start" => start(manager, &service, rest),
        "stop" => control(manager, &service, Control::Stop),
        "pause" => control(manager, &service, Control::Pause),
        "continue" => control(manager, &service, Control::Continue),
        "interrogate" => control(manager, &service, Control::Interrogate),
        "control" => control(
            manager,
            &service,
            words::control(rest).map_err(|failure| ("", failure))?,
        ),
        "create" => change::create(manager, &service, &options()?),
        "config" => change::config(manager, &service, &options()?),
        "description" => change::description(manager, &service, rest),
        "failure" => change::failure(manager, &service, &options()?),
        "failureflag" => change::failure_flag(manager, &service, rest),
        "sdset" => change::security(manager, &service, rest),
        "delete" => change::delete(manager, &service),
        _ => print::asked(manager, verb, &service),
    }
}

fn query(manager: &Manager, verb: &str, words: &[String]) -> Done {
    let is_extended = verb == "queryex";
    let named = words
        .first()
        .filter(|word| !word.contains('=') && !is_kind(word));
    if let Some(text) = named {
        let service =
            name(text).map_err(|error| ("EnumQueryServicesStatus:OpenService", error.into()))?;
        let info = manager.ask(|scm, caller, reply| scm.query_service(caller, &service, reply));
        let info = info.map_err(|failure| ("EnumQueryServicesStatus:OpenService", failure))?;
        print::status(&info, is_extended);
        return Ok(());
    }
    let options = Options::read(words).map_err(|failure| ("", failure))?;
    let known = ["state", "type", "group", "bufsize", "ri"];
    if let Some(name) = options.other_than(&known) {
        return Err(("", usage(sc::UnknownOption { name })));
    }
    let state = options
        .get("state")
        .unwrap_or("active")
        .to_ascii_lowercase();
    if !STATES.contains(&state.as_str()) {
        let unknown = error::NoChoice {
            text: quoted(&state),
            words: STATES.to_vec(),
        };
        return Err(("EnumServicesStatus", usage(unknown)));
    }
    let types = words::types(&options, words).map_err(|failure| ("EnumServicesStatus", failure))?;
    let group = options.get("group");
    let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply));
    for info in all
        .map_err(|failure| ("EnumServicesStatus", failure))?
        .services
    {
        let is_active = info.status.state != ServiceState::Stopped;
        let is_of = |group: &str| info.config.load_order_group.eq_ignore_ascii_case(group);
        let is_meant = types & info.status.service_type.to_raw() != 0 && group.is_none_or(is_of);
        if !is_meant {
            continue;
        }
        if state == "all" || is_active == (state != "inactive") {
            print::listed(&info, is_extended);
        }
    }
    Ok(())
}

/// `sc query type= service` may leave out its option's name.
fn is_kind(word: &str) -> bool {
    ["service", "driver", "all", "own", "share"].contains(&word.to_ascii_lowercase().as_str())
}

fn start(manager: &Manager, service: &ServiceName, arguments: &[String]) -> Done {
    let failed = |failure| ("StartService", failure);
    let arguments = arguments.to_vec();
    manager
        .ask(|scm, caller, reply| scm.start_service(caller, service, arguments, reply))
        .map_err(failed)?;
    let info = manager
        .ask(|scm, caller, reply| scm.query_service(caller, service, reply))
        .map_err(failed)?;
    print::status(&info, true);
    Ok(())
}

fn control(manager: &Manager, service: &ServiceName, control: Control) -> Done {
    let failed = |failure| ("ControlService", failure);
    let status =
        manager.ask(|scm, caller, reply| scm.control_service(caller, service, control, reply));
    print::status_of(service.as_str(), &status.map_err(failed)?, false);
    Ok(())
}

/// `[SC] CALL FAILED CODE:` and the sentence (R76), unless the error is to be JSON as that of other commands.
fn say(call: &str, failure: CommandFailure, common: &Common) -> CommandFailure {
    let CommandFailure::Scm(error) = &failure else {
        return failure;
    };
    if call.is_empty() || common.json {
        return failure;
    }
    let code = error.code().to_raw();
    println!(
        "[SC] {call} FAILED {code}:\n\n{}\n",
        plain_lines(&error.sentence_in(lang()))
    );
    CommandFailure::Silent(failure.status())
}

fn print_usage() {
    for (verb, rest) in VERBS {
        println!("  sc {verb} {rest}");
    }
}
