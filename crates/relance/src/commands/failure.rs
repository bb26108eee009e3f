//! `relance failure`, `cancel-recovery`

use clap::Parser;
use relance_policy::trap::traps;
use relance_scm::duration::Human;
use relance_scm::settings::Subject;
use relance_scm::{ConfigChange, ResetPeriod, ServiceConfig};
use relance_texts::{command, failure, word};
use relance_wire::api::RecoveryBody;

use super::options::FailureOptions;
use crate::cli::{CommandResult, Common};
use crate::commands::traps::{note, sentences};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::selection::{Selection, one, service_names};
use crate::text::print_pairs;
use crate::words;

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
    let manager = arguments.common.manager()?;
    let name = one(&manager, &arguments.name)?;
    if !arguments.failure.is_empty() {
        let change = ConfigChange::try_from(&arguments.failure.change()?)?;
        let config = || manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply));
        let before = config().ok();
        manager.ask(|scm, caller, reply| scm.change_config(caller, &name, change, reply))?;
        if let Ok(config) = config() {
            note(&manager, name.as_str(), before.as_ref(), &config);
        }
        return Ok(());
    }
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))?;
    if arguments.common.json {
        let actions = &config.failure_actions;
        return Common::print_json(&RecoveryBody {
            actions: (&*actions.actions).into(),
            reset_period_secs: Some(actions.reset_period.into()),
            command: actions.command.to_string(),
            reboot_message: actions.reboot_message.to_string(),
            on_error_stop: config.failure_actions_on_non_crash_failures,
        });
    }
    print(&config);
    Ok(())
}

fn print(config: &ServiceConfig) {
    println!("{}", plain(config.service_name.as_str()));
    let mut pairs = pairs(config);
    let flag = if config.failure_actions_on_non_crash_failures {
        failure::ERROR_STOPS
    } else {
        failure::ONLY_CRASHES
    };
    pairs.push((say(failure::ON_ERROR_STOP), say(flag)));
    print_pairs(&pairs);
    for trap in traps(config) {
        let (what, advice) = sentences(trap, config, None);
        println!("  ! {}", plain(&what.of(lang())));
        println!("    -> {}", plain(&advice.of(lang())));
    }
}

/// What follows a failure.
pub(super) fn pairs(config: &ServiceConfig) -> Vec<(String, String)> {
    let settings = &config.failure_actions;
    let count = settings.actions.len();
    let mut pairs: Vec<(String, String)> = settings
        .actions
        .iter()
        .zip(1_u32..)
        .map(|(step, number)| {
            let failure = word::Ordinal { number };
            let label = if number as usize == count {
                say(failure::LastFailure { failure })
            } else {
                say(failure::OneFailure { failure })
            };
            (label, say(words::action(*step)))
        })
        .collect();
    if pairs.is_empty() {
        pairs.push((say(failure::FAILURES), say(failure::NO_ACTIONS)));
    }
    let period = reset(settings.reset_period, settings.actions.is_empty());
    pairs.push((say(failure::RESET_PERIOD), period));
    pairs.push((say(failure::COMMAND), settings.command.to_string()));
    pairs.push((
        say(failure::REBOOT_MESSAGE),
        settings.reboot_message.to_string(),
    ));
    pairs.extend(extensions(config));
    pairs
}

/// What was set beyond Windows.
fn extensions(config: &ServiceConfig) -> impl Iterator<Item = (String, String)> {
    let given = config.extensions.given();
    let about_failures = given.filter(|(setting, _)| setting.subject == Subject::Recovery);
    about_failures.map(|(setting, value)| {
        let label = setting.label.of(lang());
        (format!("{label} *"), value.text(setting.value))
    })
}

fn reset(period: ResetPeriod, no_actions: bool) -> String {
    match period {
        _ if no_actions => say(failure::NO_PERIOD),
        ResetPeriod::Infinite => say(failure::INFINITE),
        ResetPeriod::Seconds(0) => "0".to_owned(),
        ResetPeriod::Seconds(seconds) => match period.duration() {
            Some(duration) if seconds >= 60 => {
                format!("{seconds} s ({})", Human(duration).of(lang()))
            }
            _ => format!("{seconds} s"),
        },
    }
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
