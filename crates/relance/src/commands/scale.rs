//! `relance scale`

use clap::Parser;
use relance_scm::scaling::{INSTANCES_MAX, Scaling, scaling};
use relance_scm::{ServiceName, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
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
    let list = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    let Scaling {
        new,
        starts,
        surplus,
    } = scaling(&list.services, template, arguments.count)?;
    let adds_all = starts.len() <= new.len();
    if !new.is_empty() {
        manager.ask(|scm, caller, reply| scm.apply(caller, new.into(), reply))?;
    }
    let done = if adds_all {
        command::DONE_ADDED
    } else {
        command::DONE_STARTED
    };
    let started = match selected(starts) {
        starts if starts.names.is_empty() => Ok(()),
        starts => starts.each(&manager, common, done, start),
    };
    let surplus = selected(surplus);
    if surplus.names.is_empty() {
        return started;
    }
    let removed = surplus.each(&manager, common, command::DONE_SURPLUS, |manager, name| {
        remove(manager, name, patience)
    });
    started.and(removed)
}

fn start(manager: &Manager, name: &ServiceName) -> CommandResult {
    let waits = start::Waits::with(restart::START_PATIENCE);
    start::start(manager, name, Vec::new(), Some(waits))
}

fn selected(names: Vec<ServiceName>) -> Selected {
    let is_one = false;
    Selected { names, is_one }
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
