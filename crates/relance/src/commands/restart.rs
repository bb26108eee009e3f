//! `relance restart`

use std::time::Duration;

use clap::Parser;
use relance_scm::{ServiceName, Win32Error};

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::selection::Selection;
use crate::text::duration;

use super::{start, stop};

/// Stop a service and start it again; one that does not run is started
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// How long to wait for each without progress
    #[arg(long, value_name = "TIME", default_value = "125s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let patience = duration(&arguments.timeout)?;
    arguments
        .services
        .each(&arguments.common, "restarted", |manager, name| {
            restart(manager, name, patience)
        })
}

fn restart(manager: &Manager, name: &ServiceName, patience: Duration) -> CommandResult {
    match stop::stop(manager, name, Some(patience)) {
        Ok(()) => {}
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::SERVICE_NOT_ACTIVE => {}
        Err(failure) => return Err(failure),
    }
    start::start(manager, name, Vec::new(), Some(patience))
}
