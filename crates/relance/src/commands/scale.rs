//! `relance scale`

use clap::Parser;
use relance_scm::{ScmError, ServiceConfig, ServiceName, ServiceState, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::instances::{self, INSTANCES_MAX};
use crate::selection::Selected;
use crate::waiting::Patience;

use super::{restart, start, stop};

/// Set how many instances of a template there are
///
/// New ones are copies of the lowest number, and are started if that one runs. Those with higher numbers are
/// stopped, each within its own grace, and deleted.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The template, like worker@
    template: String,
    /// How many instances there are to be
    #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=INSTANCES_MAX))]
    count: u32,
    /// How long to wait for each without progress [default: what it says it needs and 30s, at least 125s]
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
    let added = selected(new.iter().map(|service| &service.config.service_name));
    if !new.is_empty() {
        manager.ask(|scm, caller, reply| scm.apply(caller, new.into(), reply))?;
        if first.status.state != ServiceState::Stopped {
            added.each(&manager, common, command::DONE_ADDED, |manager, name| {
                start::start(
                    manager,
                    name,
                    Vec::new(),
                    Some(start::Waits::with(restart::START_PATIENCE)),
                )
            })?;
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
