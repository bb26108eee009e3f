//! What a record means, in words: what happened last, whether it counted and by which rule, what
//! comes next and when. The text of `relance why`; its sentences stand in `why.ftl` of the catalogue.

use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event_log::Author;
use relance_scm::settings::{READY, RESET_AFTER_RUN, SCHEDULE};
use relance_scm::status::ProcessExit;
use relance_scm::{
    EndCause, EndCauseKind, ExitCode, PolicyName, RecoveryActionKind, ResetPeriod, ServiceKind,
    ServiceState, Win32Error,
};
use relance_texts::{Message, Text, shown, why, word};

use crate::exit::left_processes;
use crate::record::CONNECT_TIMEOUT;
use crate::record::{
    End, EndReason, PendingAction, RecyclePhase, RestartWanted, Run, RunPhase, ServiceRecord,
    StartCause, StopCause,
};
use crate::time::Time;

/// If the state began this much later than the run, the text also says how long the state has
/// lasted.
const LATER: Duration = Duration::from_secs(1);

/// The explanation, one sentence an element, in the order in which they read as a paragraph.
#[must_use]
pub fn explain(record: &ServiceRecord, now: Time) -> Vec<Text> {
    let mut sentences = vec![state(record, now)];
    let asked = record.restart.filter(|restart| restart.recycle.is_none());
    sentences.extend(asked.map(|restart| wanted_restart(record, restart, now)));
    sentences.extend(recycling(record, now));
    sentences.extend(needed_down(record, now));
    if record
        .scheduled
        .is_some_and(|scheduled| scheduled.is_queued)
    {
        sentences.push(why::QUEUED_START.text());
    }
    sentences.extend(schedule(record));
    if let Some(end) = &record.last_end {
        sentences.push(last_end(record, end, now));
        sentences.extend(how_long(end));
        sentences.push(verdict(record, end));
        sentences.extend(decided_by(end));
        sentences.extend(by_policy(record, end));
    }
    sentences.extend(
        record
            .pending_actions
            .iter()
            .map(|pending| next_action(pending, now)),
    );
    sentences.extend(why_nothing_follows(record));
    sentences.extend(counter(record, now));
    sentences
}

fn state(record: &ServiceRecord, now: Time) -> Text {
    let name = &record.config.service_name;
    let Some(run) = &record.run else {
        return match record.exit_code {
            ExitCode::NEVER_STARTED => why::NeverStarted { name }.text(),
            ExitCode::Win32(_) | ExitCode::ServiceSpecific(_) => why::Stopped { name }.text(),
        };
    };
    let cause = match run.cause {
        StartCause::Demand => why::CAUSE_DEMAND,
        StartCause::Auto => why::CAUSE_AUTO,
        StartCause::Dependency => why::CAUSE_DEPENDENCY,
        StartCause::Recovery(..) => why::CAUSE_RECOVERY,
        StartCause::Recycle => why::CAUSE_RECYCLE,
        StartCause::Restart => why::CAUSE_RESTART,
        StartCause::DependencyBack => why::CAUSE_DEPENDENCY_BACK,
        StartCause::Schedule => why::CAUSE_SCHEDULE,
        StartCause::Ceiling(_) => why::CAUSE_CEILING,
    };
    let cause = by(cause.text(), starter(record, run));
    let waits = match run.phase {
        RunPhase::WaitingForDependencies => Some(why::WAITS_DEPENDENCIES.text()),
        RunPhase::WaitingForPrevious => Some(why::WAITS_PREVIOUS.text()),
        RunPhase::Connecting(_) => Some(why::WAITS_CONNECT.text()),
        RunPhase::WaitingForRecycle(at) => Some(why::WaitsRecycle { time: at - now }.text()),
        RunPhase::Spawning => None,
        RunPhase::Active => not_running_yet(record, run, now),
    };
    let state = match record.state_since.map(|since| since - run.started_at) {
        // The state is younger than the run.
        Some(later) if later >= LATER => {
            let time = now - record.state_since.unwrap_or(now);
            let state = record.state;
            why::StateFor { state, time }.text()
        }
        _ => record.state.text(),
    };
    let ago = now - run.started_at;
    let run = shown(run.id);
    match waits {
        Some(waits) => why::RunningWaits {
            name,
            state,
            run,
            ago,
            cause,
            waits,
        }
        .text(),
        None => why::Running {
            name,
            state,
            run,
            ago,
            cause,
        }
        .text(),
    }
}

/// With who asked for it, where that is on record (X67).
fn by(text: Text, author: Option<&Author>) -> Text {
    match author {
        Some(author) => {
            let who = shown(author);
            let by = word::By { who }.text();
            word::WithAuthor { text, by }.text()
        }
        None => text,
    }
}

fn starter<'a>(record: &'a ServiceRecord, run: &Run) -> Option<&'a Author> {
    let asked = matches!(run.cause, StartCause::Demand | StartCause::Restart);
    let author = record.asked.as_ref()?.start.as_deref();
    author.filter(|_| asked)
}

/// Who asked for the stop that the last run ended with, unless a stop of the current one was asked for since.
fn stopper(record: &ServiceRecord) -> Option<&Author> {
    let is_asked = record.run.as_ref().is_some_and(|run| run.stop.is_some());
    let author = record.asked.as_ref()?.stop.as_deref();
    author.filter(|_| !is_asked)
}

/// X72: what will start it, while it does not run.
fn schedule(record: &ServiceRecord) -> Option<Text> {
    let schedule = record.config.extensions.get(SCHEDULE)?;
    let schedule = shown(schedule);
    let is_disabled = record.config.start_type == StartType::Disabled;
    (record.run.is_none() && !is_disabled).then(|| why::Scheduled { schedule }.text())
}

fn wanted_restart(record: &ServiceRecord, restart: RestartWanted, now: Time) -> Text {
    let waits = match &record.run {
        None => why::RESTART_WAITS_NEEDED,
        Some(_) if restart.behind_dependents => why::RESTART_WAITS_DEPENDENTS,
        Some(_) => why::RESTART_WAITS_STOP,
    };
    why::RestartWanted {
        ago: now - restart.since,
        waits,
        name: &record.config.service_name,
    }
    .text()
}

/// X70: what it needs is down.
fn needed_down(record: &ServiceRecord, now: Time) -> Option<Text> {
    let down = record.needed_down.as_ref()?;
    let (name, needed) = (&record.config.service_name, shown(&down.needed));
    let ago = now - down.since;
    Some(match (down.is_held, down.start_at) {
        (false, _) => why::NeededDown { needed, ago }.text(),
        (true, None) => why::Held { name, needed, ago }.text(),
        (true, Some(at)) => {
            let time = at - now;
            why::HeldStarts { needed, time }.text()
        }
    })
}

/// A run that has reached a soft ceiling, and what it waits for.
fn recycling(record: &ServiceRecord, now: Time) -> Option<Text> {
    let recycle = record.run.as_ref()?.recycle?;
    let (ceiling, ago) = (recycle.ceiling, now - recycle.since);
    let waits = match recycle.phase {
        RecyclePhase::Spread(at) => why::RecycleSpread { time: at - now }.text(),
        RecyclePhase::Turn => why::RECYCLE_TURN.text(),
        RecyclePhase::Stopping(_) => why::RECYCLE_STOPPING.text(),
        RecyclePhase::Refused => why::RECYCLE_REFUSED.text(),
    };
    Some(
        why::Recycling {
            ago,
            ceiling,
            waits,
        }
        .text(),
    )
}

/// What an existing process still has to do before the service is RUNNING.
fn not_running_yet(record: &ServiceRecord, run: &Run, now: Time) -> Option<Text> {
    if record.state != ServiceState::StartPending {
        return None;
    }
    if run.unready {
        let sign = record.config.extensions.get(READY);
        let sign = sign.map_or_else(String::new, |sign| sign.to_string());
        let time = run.start_until.map_or(Duration::ZERO, |until| until - now);
        return Some(why::WaitsSign { sign, time }.text());
    }
    Some(match (run.kind, run.ready_at) {
        (ServiceKind::Service, _) => why::WAITS_RUNNING.text(),
        (ServiceKind::Program, Some(at)) => why::WaitsReady { time: at - now }.text(),
        (ServiceKind::Program, None) => return None,
    })
}

/// How long the process had lived, and whether it was killed.
fn how_long(end: &End) -> Option<Text> {
    let lived = end.lived.filter(|lived| !lived.is_zero())?;
    Some(match end.killed_after {
        Some(time) => why::LivedKilled { lived, time }.text(),
        None => why::Lived { lived }.text(),
    })
}

fn last_end(record: &ServiceRecord, end: &End, now: Time) -> Text {
    let (run, ago) = (shown(end.run), now - end.at);
    let what = how(record.config.kind, end, stopper(record));
    if let Some(ceiling) = end.ceiling {
        return why::EndedCeiling {
            run,
            ago,
            what,
            ceiling,
        }
        .text();
    }
    match &end.cause {
        // The cause alone, without "it could not be started".
        Some(cause) if cause.kind == EndCauseKind::CannotStart && !cause.text.is_empty() => {
            let cause = cause.said();
            why::EndedCause {
                run,
                ago,
                what,
                cause,
            }
            .text()
        }
        Some(cause) if cause.kind.is_of_manager() => why::EndedCause {
            run,
            ago,
            what,
            cause: &**cause,
        }
        .text(),
        Some(cause) => why::EndedScript {
            run,
            ago,
            what,
            cause: &**cause,
        }
        .text(),
        None => why::Ended { run, ago, what }.text(),
    }
}

fn how(kind: ServiceKind, end: &End, stopper: Option<&Author>) -> Text {
    let state = end.from;
    match (end.reason, end.exit) {
        (EndReason::Crashed, Some(exit @ (ProcessExit::Signaled(_) | ProcessExit::Exited(_)))) => {
            why::EndCrashed { exit, state }.text()
        }
        (EndReason::Crashed, _) => why::EndUnseen { state }.text(),
        (EndReason::StartFailed(Win32Error::SERVICE_REQUEST_TIMEOUT), Some(exit))
            if end.lived.is_some_and(|lived| lived < CONNECT_TIMEOUT) =>
        {
            why::EndNotConnected { exit }.text()
        }
        (EndReason::StartFailed(error), _) => why::EndStartFailed {
            text: error,
            error: shown(error),
        }
        .text(),
        (EndReason::StartOverdue, _) => why::END_START_OVERDUE.text(),
        (EndReason::StopOverdue, _) => why::END_STOP_OVERDUE.text(),
        (EndReason::Terminated, _) => by(why::END_TERMINATED.text(), stopper),
        (
            EndReason::Recycled(status)
            | EndReason::RecycledTooOften(status)
            | EndReason::Final(status),
            _,
        ) => why::EndRecycled { status }.text(),
        (EndReason::Shutdown, _) => why::END_SHUTDOWN.text(),
        (
            EndReason::Stopped
            | EndReason::StoppedWithError
            | EndReason::FlagNotSet
            | EndReason::NoActions
            | EndReason::NotListed
            | EndReason::RequestedStopWithError,
            _,
        ) => {
            let code = match (kind, end.exit) {
                // A program reports nothing but its exit status.
                (ServiceKind::Program, Some(ProcessExit::Exited(code))) => {
                    why::CodeStatus { code }.text()
                }
                (ServiceKind::Program, Some(exit @ ProcessExit::Signaled(_))) => {
                    why::CodeSignal { exit }.text()
                }
                _ => code(end.exit_code),
            };
            match end.stop {
                Some(StopCause::Requested) => by(why::EndStoppedAsked { code }.text(), stopper),
                Some(StopCause::Terminated | StopCause::Shutdown) | None => {
                    why::EndStopped { code }.text()
                }
            }
        }
    }
}

fn code(exit_code: ExitCode) -> Text {
    match exit_code {
        ExitCode::SUCCESS => why::CODE_SUCCESS.text(),
        ExitCode::Win32(error) => why::CodeError {
            code: error.to_raw(),
            text: error,
        }
        .text(),
        ExitCode::ServiceSpecific(code) => why::CodeOwn { code }.text(),
    }
}

/// Whether the script itself told of an error. Otherwise the manager tells what the kernel did.
fn script_failed(cause: &EndCause) -> bool {
    cause.is_error() && !cause.kind.is_of_manager()
}

/// Whether the end counted, by which rule, and which setting would make it count.
fn verdict(record: &ServiceRecord, end: &End) -> Text {
    let name = &record.config.service_name;
    if let Some(needed) = &end.needed {
        let needed = shown(needed);
        return why::NoFailureHeld { needed }.text();
    }
    let number = word::Ordinal {
        number: end.failure.unwrap_or_default(),
    };
    match end.reason {
        EndReason::Crashed if end.stop.is_some() => why::FailureCrashedStopping { number }.text(),
        EndReason::Crashed => why::FailureCrashed { number }.text(),
        EndReason::StoppedWithError => why::FailureErrorStop { number }.text(),
        EndReason::Stopped if end.cause.as_deref().is_some_and(script_failed) => {
            why::NO_FAILURE_SCRIPT.text()
        }
        EndReason::Stopped if end.stop.is_some() && record.config.kind == ServiceKind::Program => {
            why::NO_FAILURE_REQUESTED.text()
        }
        EndReason::Stopped if left_processes(end.cause.as_deref()) => {
            why::NO_FAILURE_BACKGROUND.text()
        }
        EndReason::Stopped if record.config.kind == ServiceKind::Program => {
            why::NO_FAILURE_STATUS.text()
        }
        EndReason::Stopped => match end.exit {
            Some(ProcessExit::Exited(status)) if status != 0 && end.stop.is_none() => {
                why::NoFailureCleanStatus { status }.text()
            }
            _ => why::NO_FAILURE_CLEAN.text(),
        },
        EndReason::FlagNotSet => why::NoFailureFlag { name }.text(),
        EndReason::NoActions => why::NoFailureActions { name }.text(),
        EndReason::RequestedStopWithError => why::NO_FAILURE_REQUESTED.text(),
        EndReason::StartFailed(Win32Error::SERVICE_REQUEST_TIMEOUT)
            if record.config.kind == ServiceKind::Service && end.failure.is_none() =>
        {
            why::NoFailureConnect { name }.text()
        }
        EndReason::StartOverdue => why::FailureStartOverdue { number }.text(),
        EndReason::StopOverdue => why::NO_FAILURE_STOP_OVERDUE.text(),
        EndReason::StartFailed(_) if end.failure.is_some() => why::FailureStart { number }.text(),
        EndReason::StartFailed(_) => why::NoFailureStart { name }.text(),
        EndReason::Terminated => why::NO_FAILURE_TERMINATED.text(),
        EndReason::Recycled(_) => why::NO_FAILURE_RECYCLED.text(),
        EndReason::RecycledTooOften(_) => why::FailureRecycled { number }.text(),
        EndReason::Final(_) => why::NO_FAILURE_FINAL.text(),
        EndReason::NotListed => why::NO_FAILURE_NOT_LISTED.text(),
        EndReason::Shutdown => why::NO_FAILURE_SHUTDOWN.text(),
    }
}

/// X84: the rule that said what follows.
fn decided_by(end: &End) -> Option<Text> {
    let (rule, number) = end.rule.as_ref()?;
    let rule = &**rule;
    let number = word::Ordinal { number: *number };
    Some(why::DecidedBy { rule, number }.text())
}

/// X101: the policy that says what follows a failure.
fn by_policy(record: &ServiceRecord, end: &End) -> Option<Text> {
    let policy = PolicyName::of(&record.config).filter(|_| end.failure.is_some())?;
    let policy = policy.as_str();
    Some(why::ByPolicy { policy }.text())
}

fn next_action(pending: &PendingAction, now: Time) -> Text {
    let action = pending.action.kind;
    let action = match (action, &*pending.text) {
        (RecoveryActionKind::RunCommand, "") => why::NextNoCommand { action }.text(),
        (RecoveryActionKind::RunCommand, _) => why::NextCommand { action }.text(),
        (
            RecoveryActionKind::None
            | RecoveryActionKind::Restart
            | RecoveryActionKind::OwnRestart
            | RecoveryActionKind::Reboot,
            _,
        ) => action.text(),
    };
    let number = word::Ordinal {
        number: pending.failure_count,
    };
    if pending.due <= now {
        return why::NextNow { action, number }.text();
    }
    let time = pending.due - now;
    if let Some(delayed) = pending.delayed {
        let budget = delayed.by;
        return why::NextDelayed {
            time,
            action,
            number,
            budget,
        }
        .text();
    }
    why::Next {
        time,
        action,
        number,
    }
    .text()
}

/// After a failure without a pending action: why nothing comes.
fn why_nothing_follows(record: &ServiceRecord) -> Option<Text> {
    let end = record.last_end.as_ref()?;
    let number = word::Ordinal {
        number: end.failure?,
    };
    if record.state != ServiceState::Stopped || !record.pending_actions.is_empty() {
        return None;
    }
    if let Some((limit, period_ms)) = record.gave_up() {
        let name = &record.config.service_name;
        let time = Duration::from_millis(period_ms.into());
        return Some(why::GaveUp { limit, time, name }.text());
    }
    Some(match end.action.map(|action| action.kind) {
        None => why::NOTHING_CONFIGURED.text(),
        Some(RecoveryActionKind::None) => why::NothingListed { number }.text(),
        // If the action had been a restart, there would be another run.
        Some(action) if action.restarts() => why::NothingRefused { action }.text(),
        Some(action) => why::NothingOver { action }.text(),
    })
}

fn counter(record: &ServiceRecord, now: Time) -> Option<Text> {
    if record.failure_count == 0 {
        return None;
    }
    let count = record.failure_count;
    let period = record.config.failure_actions.reset_period;
    let has_actions = record.config.has_actions();
    if let Some(time) = record.config.extensions.get(RESET_AFTER_RUN)
        && has_actions
    {
        let is_over = record.resets_at().is_some_and(|at| at <= now);
        return Some(if is_over {
            why::CounterRunOver { count, time }.text()
        } else {
            why::CounterRun { count, time }.text()
        });
    }
    Some(match record.resets_at() {
        None if !has_actions => why::CounterNoActions { count }.text(),
        None => why::CounterInfinite { count }.text(),
        Some(_) if period == ResetPeriod::Seconds(0) => why::COUNTER_ZERO.text(),
        Some(at) if at <= now => why::CounterOver { count }.text(),
        Some(at) => why::Counter {
            count,
            time: at - now,
        }
        .text(),
    })
}
