//! `relance wait`

use std::time::Duration;

use clap::Parser;
use relance_scm::{ScmError, ServiceName, ServiceState, Win32Error};
use relance_texts::command;

use crate::cli::{CommandResult, Common, Manager, state};
use crate::selection::{Selection, must_exist};
use crate::text::duration;
use crate::waiting::Follow;

/// Wait until services are in some state
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// running, stopped, paused, or a pending state like start_pending
    #[arg(long, default_value = "running")]
    state: String,
    /// How long to wait without any change of a service
    #[arg(long, value_name = "TIME", default_value = "1h")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let state = state(&arguments.state)?;
    let patience = duration(&arguments.timeout)?;
    arguments
        .services
        .each(&arguments.common, command::DONE_WAITED, |manager, name| {
            wait(manager, name, state, patience)
        })
}

fn wait(
    manager: &Manager,
    name: &ServiceName,
    state: ServiceState,
    patience: Duration,
) -> CommandResult {
    must_exist(manager, name)?;
    let mut follow = Follow::begin(manager, name)?;
    follow
        .until(patience, |info| info.status.state == state)?
        .ok_or_else(|| {
            let code = Win32Error::SERVICE_DOES_NOT_EXIST;
            ScmError::new(code, command::Gone { name })
        })?;
    Ok(())
}
