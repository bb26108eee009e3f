//! `relance failure`, `cancel-recovery`

use clap::Parser;
use relance_policy::trap::{Trap, traps};
use relance_scm::duration::Human;
use relance_scm::{ConfigChange, ResetPeriod, ServiceConfig};
use relance_texts::{Lang, Message, command, word};
use relance_wire::api::{ChangeConfigRequest, RecoveryBody};

use super::options::FailureOptions;
use crate::cli::{CommandResult, Common, name};
use crate::plain::plain;
use crate::selection::{Selection, service_names};
use crate::text::{action, print_pairs};

/// Show what follows a failure of a service, or change it
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The service
    #[arg(add = service_names())]
    name: String,
    #[command(flatten)]
    failure: FailureOptions,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    if !arguments.failure.is_empty() {
        let body = ChangeConfigRequest {
            recovery: Some(arguments.failure.body()),
            ..ChangeConfigRequest::default()
        };
        let change = ConfigChange::try_from(&body)?;
        return manager.ask(|scm, caller, reply| scm.change_config(caller, &name, change, reply));
    }
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))?;
    if arguments.common.json {
        let actions = &config.failure_actions;
        return Common::print_json(&RecoveryBody {
            actions: (&*actions.actions).into(),
            reset_period_secs: actions.reset_period.into(),
            command: actions.command.to_string(),
            reboot_message: actions.reboot_message.to_string(),
            on_error_stop: config.failure_actions_on_non_crash_failures,
        });
    }
    print(&config);
    Ok(())
}

fn print(config: &ServiceConfig) {
    let settings = &config.failure_actions;
    println!("{}", plain(config.service_name.as_str()));
    let labels: Vec<String> = (1..=settings.actions.len())
        .map(|number| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let last = number as usize == settings.actions.len();
            format!(
                "{} failure{}",
                word::Ordinal { number }.text().of(Lang::En),
                if last { " and later" } else { "" }
            )
        })
        .collect();
    let mut pairs: Vec<(&str, String)> = labels
        .iter()
        .map(String::as_str)
        .zip(settings.actions.iter().copied().map(action))
        .collect();
    if pairs.is_empty() {
        pairs.push(("failures", "no recovery actions".to_owned()));
    }
    pairs.push((
        "reset period",
        reset(settings.reset_period, settings.actions.is_empty()),
    ));
    pairs.push(("command", settings.command.to_string()));
    pairs.push(("reboot message", settings.reboot_message.to_string()));
    let flag = config.failure_actions_on_non_crash_failures;
    let flag = if flag {
        "yes: a stop with an error is a failure too"
    } else {
        "no: only crashes"
    };
    pairs.push(("on error stop", flag.to_owned()));
    print_pairs(&pairs);
    for warning in warnings(config) {
        println!("  ! {}", plain(&warning));
    }
}

fn reset(period: ResetPeriod, no_actions: bool) -> String {
    match period {
        _ if no_actions => "none".to_owned(),
        ResetPeriod::Infinite => "INFINITE: counted until the machine boots".to_owned(),
        ResetPeriod::Seconds(0) => "0".to_owned(),
        ResetPeriod::Seconds(seconds) => match period.duration() {
            Some(duration) if seconds >= 60 => format!("{seconds} s ({})", Human(duration)),
            _ => format!("{seconds} s"),
        },
    }
}

/// Where people go wrong.
fn warnings(config: &ServiceConfig) -> Vec<String> {
    use relance_scm::RecoveryActionKind as Kind;
    let settings = &config.failure_actions;
    let name = &config.service_name;
    let mut warnings = Vec::new();
    if settings.reset_period == ResetPeriod::Seconds(0) && settings.actions.len() > 1 {
        warnings.push(
            "with reset 0 every failure is the first: the later actions are never used".into(),
        );
    }
    if traps(config).contains(&Trap::ResetInDelay) {
        warnings.push(
            "a restart waits as long as the reset period: the failure after it is the first again"
                .into(),
        );
    }
    if settings.has(Kind::RunCommand) && settings.command.is_empty() {
        warnings.push(format!(
            "run has no command; relance failure {name} --command LINE sets one"
        ));
    }
    if !settings.actions.is_empty() && !config.failure_actions_on_non_crash_failures {
        warnings.push(format!(
            "a stop with an error code is not recovered; relance failure {name} --on-error-stop changes that"
        ));
    }
    if settings
        .actions
        .last()
        .is_some_and(|last| last.kind == Kind::None)
    {
        warnings.push(
            "the list ends with none: after that it stays down until somebody starts it".into(),
        );
    }
    warnings
}

/// Cancel the pending recovery actions of a service. Windows cannot do this
#[derive(Debug, Parser)]
pub(crate) struct Cancel {
    #[command(flatten)]
    services: Selection,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn cancel(arguments: Cancel) -> CommandResult {
    let done = command::DONE_RECOVERY;
    arguments
        .services
        .each(&arguments.common, done, |manager, name| {
            manager.ask(|scm, caller, reply| scm.cancel_recovery(caller, name, reply))
        })
}
