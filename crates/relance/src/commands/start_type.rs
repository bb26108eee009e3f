//! `relance enable`, `disable`

use std::time::Duration;

use clap::Parser;
use relance_scm::config::StartType;
use relance_scm::{ConfigChange, ServiceName, Win32Error};
use relance_texts::{Words, command};

use super::{start, stop};
use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::selection::Selection;
use crate::waiting::Patience;

/// Start a service at boot
#[derive(Debug, Parser)]
pub(crate) struct Enable {
    #[command(flatten)]
    services: Selection,
    /// Start it some time after the other automatic services
    #[arg(long)]
    delayed: bool,
    /// Do not start it at boot, but allow starting it by hand
    #[arg(long, conflicts_with = "delayed")]
    demand: bool,
    /// Also start it now
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn enable(arguments: Enable) -> CommandResult {
    let start_type = if arguments.demand {
        StartType::Demand
    } else {
        StartType::Auto
    };
    let change = ConfigChange {
        start_type: Some(start_type),
        delayed_auto_start: Some(arguments.delayed),
        ..ConfigChange::default()
    };
    let then = arguments
        .now
        .then_some(|manager: &Manager, name: &ServiceName| {
            let waits = start::Waits::with(Duration::from_secs(30));
            ignore(
                start::start(manager, name, Vec::new(), Some(waits)),
                Win32Error::SERVICE_ALREADY_RUNNING,
            )
        });
    change_and_then(
        &arguments.services,
        &arguments.common,
        command::DONE_ENABLED,
        &change,
        then,
    )
}

/// Never start a service; a pending restart is refused too
#[derive(Debug, Parser)]
pub(crate) struct Disable {
    #[command(flatten)]
    services: Selection,
    /// Also stop it now
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn disable(arguments: Disable) -> CommandResult {
    let change = ConfigChange {
        start_type: Some(StartType::Disabled),
        ..ConfigChange::default()
    };
    let then = arguments
        .now
        .then_some(|manager: &Manager, name: &ServiceName| {
            let patience = Some(Patience::Own(stop::PATIENCE));
            ignore(
                stop::stop(manager, name, patience),
                Win32Error::SERVICE_NOT_ACTIVE,
            )
        });
    change_and_then(
        &arguments.services,
        &arguments.common,
        command::DONE_DISABLED,
        &change,
        then,
    )
}

/// Changes each service, and then does something with it if anything is wanted.
fn change_and_then(
    services: &Selection,
    common: &Common,
    done: Words,
    change: &ConfigChange,
    then: Option<impl Fn(&Manager, &ServiceName) -> CommandResult + Sync>,
) -> CommandResult {
    services.each(common, done, |manager, name| {
        let change = change.clone();
        manager.ask(|scm, caller, reply| scm.change_config(caller, name, change, reply))?;
        then.as_ref().map_or(Ok(()), |then| then(manager, name))
    })
}

/// The service is in the wanted state already.
fn ignore(result: CommandResult, code: Win32Error) -> CommandResult {
    match result {
        Err(CommandFailure::Scm(error)) if error.code() == code => Ok(()),
        other => other,
    }
}
