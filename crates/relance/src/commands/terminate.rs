//! `relance terminate`

use std::time::Duration;

use clap::Parser;
use relance_scm::{ServiceName, ServiceState};

use crate::cli::{CommandResult, Common, Manager};
use crate::selection::Selection;
use crate::text::duration;
use crate::waiting::Follow;

/// End a service by force: its whole process tree is killed. Logged, and not counted as a failure
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// How long to wait
    #[arg(long, value_name = "TIME", default_value = "30s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let patience = duration(&arguments.timeout)?;
    arguments
        .services
        .each(&arguments.common, "ended", |manager, name| {
            terminate(manager, name, patience)
        })
}

/// Ends a service by force and waits until it is over.
pub(crate) fn terminate(
    manager: &Manager,
    name: &ServiceName,
    patience: Duration,
) -> CommandResult {
    let mut follow = Follow::begin(manager, name)?;
    manager.ask(|scm, caller, reply| scm.terminate_service(caller, name, reply))?;
    follow.until(patience, |info| info.status.state == ServiceState::Stopped)?;
    Ok(())
}
