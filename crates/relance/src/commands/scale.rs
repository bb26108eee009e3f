//! `relance scale`

use clap::Parser;
use relance_scm::config::StartType;
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceConfig, ServiceName, ServiceState, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::instances::{self, INSTANCES_MAX};
use crate::selection::Selected;
use crate::waiting::Patience;

use super::{restart, start, stop};

/// Set how many instances of a template there are
///
/// New ones are copies of the lowest number. They are started if that one runs, and so are others that have never run.
/// Those with higher numbers are stopped, each within its own grace, and deleted.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The template, like worker@
    template: String,
    /// The number of instances
    #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=INSTANCES_MAX))]
    count: u32,
    /// How long to wait for each without progress [default: the time that it asks for and 30s more,
    /// at least 125s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let patience = Patience::of(arguments.timeout.as_deref(), stop::PATIENCE)?;
    let common = &arguments.common;
    // `worker@*` is how other commands take it.
    let template = arguments.template.trim_end_matches('*');
    let manager = common.manager()?;
    let existing = instances::existing(&manager, template)?;
    let Some((number, first)) = existing.first() else {
        let count = arguments.count;
        let sentence = command::NoInstances { template, count };
        return Err(ScmError::new(Win32Error::SERVICE_DOES_NOT_EXIST, sentence).into());
    };
    let missing =
        (1..=arguments.count).filter(|wanted| existing.iter().all(|(has, _)| has != wanted));
    let mut config = ServiceConfig::clone(&first.config);
    config.service_name = ServiceName::new(template)?;
    let shown = display_name_of_template(&config.display_name, *number);
    config.display_name = shown.unwrap_or_else(|| template.to_owned()).into();
    let new = instances::of_template(&config, missing)?;
    let added: Vec<_> = new
        .iter()
        .map(|service| service.config.service_name.clone())
        .collect();
    if !new.is_empty() {
        manager.ask(|scm, caller, reply| scm.apply(caller, new.into(), reply))?;
    }
    if first.status.state != ServiceState::Stopped {
        let kept = existing
            .iter()
            .filter(|(number, _)| *number <= arguments.count);
        let idle = kept.filter(|(_, info)| never_ran(info));
        let idle: Vec<_> = idle.map(|(_, info)| &info.config.service_name).collect();
        let done = if idle.is_empty() {
            command::DONE_ADDED
        } else {
            command::DONE_STARTED
        };
        let started = selected(added.iter().chain(idle));
        if !started.names.is_empty() {
            started.each(&manager, common, done, start)?;
        }
    }
    let surplus = existing
        .iter()
        .rev()
        .filter(|(number, _)| *number > arguments.count);
    let surplus = selected(surplus.map(|(_, info)| &info.config.service_name));
    if surplus.names.is_empty() {
        return Ok(());
    }
    surplus.each(&manager, common, command::DONE_SURPLUS, |manager, name| {
        remove(manager, name, patience)
    })
}

fn start(manager: &Manager, name: &ServiceName) -> CommandResult {
    let waits = start::Waits::with(restart::START_PATIENCE);
    start::start(manager, name, Vec::new(), Some(waits))
}

/// Whether it was added and then not started: the command before was interrupted between the two. One that somebody
/// has stopped stays so.
fn never_ran(info: &ServiceInfo) -> bool {
    let is_idle = info.run.is_none() && info.last_end.is_none();
    is_idle
        && info.status.state == ServiceState::Stopped
        && info.config.start_type != StartType::Disabled
}

/// `Worker %i` of `Worker 1`; display names must differ, so any other is left out.
fn display_name_of_template(display_name: &str, number: u32) -> Option<String> {
    let beginning = display_name.strip_suffix(&number.to_string())?;
    Some(format!("{beginning}%i"))
}

fn selected<'a>(names: impl Iterator<Item = &'a ServiceName>) -> Selected {
    Selected {
        names: names.cloned().collect(),
        is_one: false,
    }
}

/// Nothing is deleted that still runs: its job would go on without a service.
pub(super) fn remove(manager: &Manager, name: &ServiceName, patience: Patience) -> CommandResult {
    match stop::stop(manager, name, Some(patience)) {
        Ok(()) => {}
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::SERVICE_NOT_ACTIVE => {}
        Err(failure) => return Err(failure),
    }
    manager.ask(|scm, caller, reply| scm.delete_service(caller, name, reply))
}
