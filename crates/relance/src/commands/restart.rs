//! `relance restart`: one request, which the manager carries out even if this command is interrupted (X22).
//! The command waits, says what for, and may be interrupted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_scm::{RunId, ScmError, ServiceName, ServiceState, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::say;
use crate::selection::{Pace, Selection};
use crate::waiting::{Follow, Patience, run_of};

use super::{start, stop};

/// How long a service may take to run again, on a manager that has no such request.
pub(super) const START_PATIENCE: Duration = Duration::from_secs(30);

/// Stop a service and start it again; a service that does not run is started. The restart continues
/// even if this command is interrupted or stops waiting
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// Restart the services that need it too: they stop before it and start after it
    #[arg(long)]
    dependents: bool,
    /// Return when the request is on record
    #[arg(long, conflicts_with = "rolling")]
    no_wait: bool,
    /// How many to restart at a time: the next one follows when one is ready again, and the first
    /// that fails ends the restart
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, default_missing_value = "1",
          require_equals = true, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rolling: Option<u16>,
    /// How long to wait without progress [default: the time that the service asks for and 30s more,
    /// at least 125s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let patience = Patience::of(arguments.timeout.as_deref(), stop::PATIENCE)?;
    let patience = (!arguments.no_wait).then_some(patience);
    let dependents = arguments.dependents;
    end_on_interrupt(&ASKED);
    let done = if arguments.no_wait {
        command::DONE_RESTART_ASKED
    } else {
        command::DONE_RESTARTED
    };
    let pace = arguments
        .rolling
        .map_or(Pace::ALL, |at_once| Pace::rolling(at_once.into()));
    arguments
        .services
        .each_at(pace, &arguments.common, done, |manager, name| {
            restart(manager, name, dependents, patience, &ASKED)
        })
}

/// Ctrl-C ends the waiting and says that the restart goes on.
#[cfg(unix)]
#[allow(clippy::exit, reason = "a thread ends the command for the others")]
fn end_on_interrupt(asked: &'static AtomicBool) {
    // If signals cannot be caught, they end the command without a message.
    let Ok(interrupts) = relance_engine::linux::take_interrupts() else {
        return;
    };
    std::thread::spawn(move || {
        interrupts.wait();
        if asked.load(Ordering::Relaxed) {
            eprintln!("{}", say(command::RESTART_INTERRUPTED));
        }
        std::process::exit(130);
    });
}

#[cfg(windows)]
fn end_on_interrupt(_: &'static AtomicBool) {}

/// Restarts a service, and waits until it runs again as it did.
pub(super) fn restart_and_wait(
    manager: &Manager,
    name: &ServiceName,
    patience: Patience,
) -> CommandResult {
    restart(
        manager,
        name,
        false,
        Some(patience),
        &AtomicBool::new(false),
    )
}

fn restart(
    manager: &Manager,
    name: &ServiceName,
    dependents: bool,
    patience: Option<Patience>,
    asked: &AtomicBool,
) -> CommandResult {
    let mut follow = Follow::begin(manager, name)?;
    let before = run_of(manager, name);
    let answer =
        manager.ask(|scm, caller, reply| scm.restart_service(caller, name, dependents, reply));
    match answer {
        Ok(()) => asked.store(true, Ordering::Relaxed),
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::NOT_SUPPORTED => {
            return stop_and_start(manager, name, patience);
        }
        Err(failure) => return Err(failure),
    }
    let Some(patience) = patience else {
        return Ok(());
    };
    follow.explain(say(command::RestartWaits { name }));
    let over = |info: &ServiceInfo| {
        let status = &info.status;
        let is_new = info.run.as_ref().map(|run| run.id) != before;
        info.restart_wanted.is_none()
            && match status.state {
                ServiceState::Stopped => true,
                ServiceState::Running | ServiceState::Paused => is_new,
                _ => false,
            }
    };
    match follow.until(patience, over) {
        Ok(Some(info)) if before.is_some() && is_taken_back(&info, before) => {
            Err(start::stopped_meanwhile(name))
        }
        Ok(Some(info)) => start::check_restarted(manager, &mut follow, &info),
        Ok(None) => Ok(()),
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::TIMEOUT => {
            Err(goes_on(manager, name).unwrap_or(error).into())
        }
        Err(failure) => Err(failure),
    }
}

/// X22: whether no run has followed the one that was to be restarted.
fn is_taken_back(info: &ServiceInfo, before: Option<RunId>) -> bool {
    let last = info.last_end.as_ref().map(|end| end.run);
    info.status.state == ServiceState::Stopped && last == before
}

/// Why the command gives up, if the restart does not.
fn goes_on(manager: &Manager, name: &ServiceName) -> Option<ScmError> {
    let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply));
    let info = info.ok()?;
    let (since, state) = (info.restart_wanted?, info.status.state);
    let manager = manager.ask(|scm, caller, reply| scm.query_manager(caller, reply));
    let ms = u64::try_from(manager.ok()?.now.0 - since.0).ok()?;
    let sentence = command::RestartGoesOn {
        name,
        state,
        time: Duration::from_millis(ms),
    };
    Some(ScmError::new(Win32Error::TIMEOUT, sentence))
}

/// For a manager that has no such request: that of Windows.
fn stop_and_start(
    manager: &Manager,
    name: &ServiceName,
    patience: Option<Patience>,
) -> CommandResult {
    let to_stop = patience.unwrap_or(Patience::Own(stop::PATIENCE));
    match stop::stop(manager, name, Some(to_stop)) {
        Ok(()) => {}
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::SERVICE_NOT_ACTIVE => {}
        Err(failure) => return Err(failure),
    }
    let waits = patience.map(|_| start::Waits::with(START_PATIENCE));
    start::start(manager, name, Vec::new(), waits)
}
