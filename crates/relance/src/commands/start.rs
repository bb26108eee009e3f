//! `relance start`

use std::time::Duration;

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceName, ServiceState, Win32Error};

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::selection::Selection;
use crate::text::duration;
use crate::waiting::Follow;

/// Start a service, and wait until it runs
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// Start arguments, after --
    #[arg(last = true)]
    arguments: Vec<String>,
    /// Return when the service has connected
    #[arg(long)]
    no_wait: bool,
    /// How long to wait without progress
    #[arg(long, value_name = "TIME", default_value = "30s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let patience = duration(&arguments.timeout)?;
    let patience = (!arguments.no_wait).then_some(patience);
    let words = arguments.arguments;
    arguments
        .services
        .each(&arguments.common, "started", |manager, name| {
            start(manager, name, words.clone(), patience)
        })
}

/// Starts a service; with patience, until it runs.
pub(crate) fn start(
    manager: &Manager,
    name: &ServiceName,
    arguments: Vec<String>,
    patience: Option<Duration>,
) -> CommandResult {
    let mut follow = patience.map(|_| Follow::begin(manager, name)).transpose()?;
    manager.ask(|scm, caller, reply| scm.start_service(caller, name, arguments, reply))?;
    let (Some(follow), Some(patience)) = (&mut follow, patience) else {
        return Ok(());
    };
    let ended = |info: &ServiceInfo| {
        matches!(
            info.status.state,
            ServiceState::Running | ServiceState::Paused | ServiceState::Stopped
        )
    };
    match follow.until(patience, ended)? {
        Some(info) => check_started(name, &info),
        None => Ok(()),
    }
}

/// Whether a service that was started runs, or has done its work.
pub(super) fn check_started(name: &ServiceName, info: &ServiceInfo) -> CommandResult {
    if info.status.state == ServiceState::Stopped && !is_clean_program(info) {
        return Err(not_running(name, info));
    }
    Ok(())
}

/// A program that has done its work already is not a failed start.
fn is_clean_program(info: &ServiceInfo) -> bool {
    info.status.exit_code.is_success()
}

fn not_running(name: &ServiceName, info: &ServiceInfo) -> CommandFailure {
    let code = info.status.exit_code.win32();
    let code = if code == Win32Error::SUCCESS {
        Win32Error::SERVICE_NOT_ACTIVE
    } else {
        code
    };
    ScmError::new(
        code,
        format!(
            "{name} was started and has stopped again: {}; relance why {name} says more",
            code.text()
        ),
    )
    .into()
}
