//! `relance stop`

use std::time::Duration;

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_scm::{Control, ServiceName, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::say;
use crate::plain::plain;
use crate::selection::Selection;
use crate::text::duration;
use crate::waiting::{Patience, control_and_wait};

/// The least time without progress after which a command gives up; services.msc waits as long (S46).
pub(super) const PATIENCE: Duration = Duration::from_secs(125);

/// Stop a service, and wait until it has stopped
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// Return when the service has accepted the request
    #[arg(long)]
    no_wait: bool,
    /// How long to wait without progress [default: the time that the service asks for and 30s more,
    /// at least 125s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
    /// End the service by force if it has not stopped by then
    #[arg(long, value_name = "TIME")]
    terminate_after: Option<String>,
    /// Do nothing, without an error, if the service does not run
    #[arg(long)]
    if_needed: bool,
    /// Cancel pending recovery actions too. A stop of a program always cancels its restarts
    #[arg(long)]
    cancel: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let patience = Patience::of(arguments.timeout.as_deref(), PATIENCE)?;
    let terminate_after = arguments.terminate_after.as_deref().map(duration);
    let terminate_after = terminate_after.transpose()?;
    let no_wait = arguments.no_wait;
    arguments
        .services
        .each(&arguments.common, command::DONE_STOPPED, |manager, name| {
            let cancelled = arguments.cancel && cancel_recovery(manager, name)?;
            let stopped = match terminate_after {
                Some(after) => stop_or_terminate(manager, name, after, patience),
                None => stop(manager, name, (!no_wait).then_some(patience)),
            };
            match stopped {
                Err(CommandFailure::Scm(error))
                    if (cancelled || arguments.if_needed)
                        && error.code() == Win32Error::SERVICE_NOT_ACTIVE =>
                {
                    Ok(())
                }
                other => other,
            }
        })
}

/// Whether there was anything to cancel.
fn cancel_recovery(manager: &Manager, name: &ServiceName) -> Result<bool, CommandFailure> {
    match manager.ask(|scm, caller, reply| scm.cancel_recovery(caller, name, reply)) {
        Ok(()) => Ok(true),
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::NOT_FOUND => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Stops a service; with patience, until it has stopped.
pub(crate) fn stop(
    manager: &Manager,
    name: &ServiceName,
    patience: Option<Patience>,
) -> CommandResult {
    let stopped = control_and_wait(manager, name, Control::Stop, patience)?;
    if let Some(info) = stopped {
        warn_of_restart(&info);
    }
    Ok(())
}

/// R31: a stop does not cancel a restart that follows from a failure before.
fn warn_of_restart(info: &ServiceInfo) {
    let mut pending = info.recovery.pending.iter();
    if pending.any(|pending| pending.action.kind.restarts()) {
        let name = plain(info.config.service_name.as_str());
        eprintln!("{}", say(command::RestartPending { name }));
    }
}

/// A slow service is killed only if the option asks for it.
fn stop_or_terminate(
    manager: &Manager,
    name: &ServiceName,
    after: Duration,
    patience: Patience,
) -> CommandResult {
    match stop(manager, name, Some(after.into())) {
        Ok(()) => return Ok(()),
        Err(CommandFailure::Scm(error))
            if matches!(
                error.code(),
                Win32Error::TIMEOUT
                    | Win32Error::SERVICE_REQUEST_TIMEOUT
                    | Win32Error::SERVICE_CANNOT_ACCEPT_CTRL
                    | Win32Error::INVALID_SERVICE_CONTROL
            ) => {}
        Err(failure) => return Err(failure),
    }
    super::terminate::terminate(manager, name, patience)
}
