//! `relance start`

use std::time::{Duration, Instant};

use clap::Parser;
use relance_scm::manager::{EndInfo, ServiceInfo};
use relance_scm::settings::READY_AFTER;
use relance_scm::{
    ScmError, ServiceKind, ServiceName, ServiceState, WENT_INTO_BACKGROUND, Win32Error,
};
use relance_texts::{Sentence, Value, command, start};

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::last_lines;
use crate::selection::Selection;
use crate::text::duration;
use crate::waiting::Follow;

/// How long a program is watched after it runs, if nothing else is said.
const WATCHED: Duration = Duration::from_millis(500);

/// Start a service, and wait until it runs
///
/// A program must also stay up for a moment: one that ends at once with an error has not started.
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
    /// Do nothing, without an error, if the service already runs
    #[arg(long)]
    if_needed: bool,
    /// How long a program must stay up; its own setting applies if that is longer
    #[arg(long, value_name = "TIME", default_value = "500ms")]
    ready_after: String,
    /// How long to wait without progress
    #[arg(long, value_name = "TIME", default_value = "30s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    /// For progress.
    patience: Duration,
    /// For a program to stay up.
    watched: Duration,
}

impl Waits {
    /// This long for progress, and the usual time for a program to stay up.
    pub(crate) const fn with(patience: Duration) -> Self {
        let watched = WATCHED;
        Self { patience, watched }
    }
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let waits = Waits {
        patience: duration(&arguments.timeout)?,
        watched: duration(&arguments.ready_after)?,
    };
    let waits = (!arguments.no_wait).then_some(waits);
    let words = arguments.arguments;
    let if_needed = arguments.if_needed;
    arguments
        .services
        .each(&arguments.common, command::DONE_STARTED, |manager, name| {
            let started = start(manager, name, words.clone(), waits);
            match started {
                Err(CommandFailure::Scm(error))
                    if if_needed && error.code() == Win32Error::SERVICE_ALREADY_RUNNING =>
                {
                    Ok(())
                }
                other => other,
            }
        })
}

/// Starts a service; with waits, until it runs and has stayed up for a moment.
pub(crate) fn start(
    manager: &Manager,
    name: &ServiceName,
    arguments: Vec<String>,
    waits: Option<Waits>,
) -> CommandResult {
    let Some(waits) = waits else {
        return manager.ask(|scm, caller, reply| scm.start_service(caller, name, arguments, reply));
    };
    let mut follow = Follow::begin(manager, name)?;
    let before = ended_runs(follow.query()?.as_ref());
    manager.ask(|scm, caller, reply| scm.start_service(caller, name, arguments, reply))?;
    let is_over = |info: &ServiceInfo| {
        let state = info.status.state;
        let is_up = matches!(state, ServiceState::Running | ServiceState::Paused);
        let is_stopping = state == ServiceState::StopPending;
        is_up || is_stopping || state == ServiceState::Stopped || ended_runs(Some(info)) > before
    };
    let Some(info) = follow.until(waits.patience, is_over)? else {
        return Ok(());
    };
    if info.status.state == ServiceState::StopPending {
        return Err(stopped_meanwhile(name));
    }
    stays_up(manager, &mut follow, &info, before, waits.watched)
}

/// Somebody did not want it to run, and it did not.
pub(super) fn stopped_meanwhile(name: &ServiceName) -> CommandFailure {
    let sentence = command::StoppedMeanwhile { name };
    ScmError::new(Win32Error::SERVICE_NOT_ACTIVE, sentence).into()
}

/// Whether what was restarted runs and stays up, or has done its work.
pub(super) fn check_restarted(
    manager: &Manager,
    follow: &mut Follow<'_>,
    info: &ServiceInfo,
) -> CommandResult {
    let run = info.run.as_ref().map(|run| run.id.number);
    let last = run.unwrap_or_else(|| ended_runs(Some(info)));
    stays_up(manager, follow, info, last.saturating_sub(1), WATCHED)
}

/// X113: watches a program for a moment; `before` is the number of the run before. When another run follows, that one
/// is watched for the rest of the time.
fn stays_up(
    manager: &Manager,
    follow: &mut Follow<'_>,
    info: &ServiceInfo,
    before: u32,
    watched: Duration,
) -> CommandResult {
    check(manager, info, before)?;
    if info.config.kind != ServiceKind::Program {
        return Ok(());
    }
    // The time of its own setting is over when it is RUNNING.
    let own = info.config.extensions.get(READY_AFTER);
    let until = Instant::now() + watched.saturating_sub(own);
    let (mut before, mut now) = (before, info.clone());
    loop {
        let is_down = now.status.state == ServiceState::Stopped;
        if is_down && ended_runs(Some(&now)) > before {
            return Ok(());
        }
        before = before.max(ended_runs(Some(&now)));
        let died = |info: &ServiceInfo| ended_runs(Some(info)) > before;
        let left = until.saturating_duration_since(Instant::now());
        let Some(next) = follow.within(left, died)? else {
            return Ok(());
        };
        check(manager, &next, before)?;
        now = next;
    }
}

/// How many runs of it have ended.
fn ended_runs(info: Option<&ServiceInfo>) -> u32 {
    let end = info.and_then(|info| info.last_end.as_ref());
    end.map_or(0, |end| end.run.number)
}

/// X113: refuses what has started and ended since, unless it has done its work already: it ended well, asks to be
/// started again, or has a status that is none of its failures.
fn check(manager: &Manager, info: &ServiceInfo, before: u32) -> CommandResult {
    let end = info.last_end.as_ref().filter(|end| end.run.number > before);
    let stopped = info.status.state == ServiceState::Stopped;
    match end {
        Some(end) if end.failure.is_some() || end.went_wrong => {
            let lines = last_lines::of_last_run(manager, info);
            Err(has_ended(info, end, lines.as_deref()))
        }
        Some(end) if end.summary == WENT_INTO_BACKGROUND => Err(in_background(info)),
        None if stopped && !info.status.exit_code.is_success() => Err(not_running(info)),
        _ => Ok(()),
    }
}

fn has_ended(info: &ServiceInfo, end: &EndInfo, lines: Option<&str>) -> CommandFailure {
    if let Some(problem) = &end.problem {
        // After a restart, for instance, whose answer does not wait for the start.
        let (name, problem) = (&info.config.service_name, problem.clone());
        return ScmError::new(code(info), start::Impossible { name, problem }).into();
    }
    let what = match (&end.cause, end.exit) {
        (Some(cause), _) => cause.clone().into(),
        (None, Some(exit)) => command::ProcessEnded { exit }.into(),
        (None, None) => code(info).into(),
    };
    let mut pending = info.recovery.pending.iter();
    let restarts = pending.any(|pending| pending.action.kind.restarts());
    stopped_again(info, what, restarts, lines)
}

/// X63.
fn in_background(info: &ServiceInfo) -> CommandFailure {
    let name = &info.config.service_name;
    ScmError::new(
        Win32Error::SERVICE_NOT_ACTIVE,
        command::InBackground { name },
    )
    .into()
}

fn not_running(info: &ServiceInfo) -> CommandFailure {
    stopped_again(info, code(info).into(), false, None)
}

/// Below the sentence stands what it printed last.
fn stopped_again(
    info: &ServiceInfo,
    what: Value,
    restarts: bool,
    lines: Option<&str>,
) -> CommandFailure {
    let name = &info.config.service_name;
    let ended: Sentence = if restarts {
        command::EndedPending { name, what }.into()
    } else {
        command::Ended { name, what }.into()
    };
    let sentence = match lines.map(last_lines::indented) {
        Some(lines) => command::EndedLines {
            ended,
            lines: format!("\n{lines}"),
        }
        .into(),
        None => ended,
    };
    ScmError::new(code(info), sentence).into()
}

/// The error that its last end stands for.
fn code(info: &ServiceInfo) -> Win32Error {
    let end = info.last_end.as_ref().map(|end| end.exit_code);
    match end.unwrap_or(info.status.exit_code).win32() {
        Win32Error::SUCCESS => Win32Error::SERVICE_NOT_ACTIVE,
        code => code,
    }
}
