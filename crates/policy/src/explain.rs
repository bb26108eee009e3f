//! What a record means, in words: what happened last, whether it counted and by which rule, what
//! comes next and when. The text of `relance why`; its sentences stand in `why.ftl` of the catalogue.

use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, ExitCode, RecoveryActionKind, ResetPeriod, ServiceState};
use relance_texts::{Message, Text, shown, why, word};

use crate::record::{
    End, EndReason, PendingAction, RestartWanted, RunPhase, ServiceRecord, StartCause, StopCause,
};
use crate::time::Time;

/// The explanation, one sentence an element, in the order in which they read as a paragraph.
#[must_use]
pub fn explain(record: &ServiceRecord, now: Time) -> Vec<Text> {
    let mut sentences = vec![state(record, now)];
    sentences.extend(
        record
            .restart
            .map(|restart| wanted_restart(record, restart, now)),
    );
    if let Some(end) = &record.last_end {
        sentences.push(last_end(end, now));
        sentences.push(verdict(record, end));
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
    };
    let waits = match run.phase {
        RunPhase::WaitingForDependencies => Some(why::WAITS_DEPENDENCIES),
        RunPhase::WaitingForPrevious => Some(why::WAITS_PREVIOUS),
        RunPhase::Connecting(_) => Some(why::WAITS_CONNECT),
        RunPhase::WaitingForRecycle(_) | RunPhase::Spawning | RunPhase::Active => None,
    };
    let (state, ago) = (record.state, now - run.started_at);
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

fn last_end(end: &End, now: Time) -> Text {
    let (run, ago) = (shown(end.run), now - end.at);
    let what = how(end);
    match &end.cause {
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

fn how(end: &End) -> Text {
    let state = end.from;
    match (end.reason, end.exit) {
        (EndReason::Crashed, Some(exit @ (ProcessExit::Signaled(_) | ProcessExit::Exited(_)))) => {
            why::EndCrashed { exit, state }.text()
        }
        (EndReason::Crashed, _) => why::EndUnseen { state }.text(),
        (EndReason::StartFailed(error), _) => why::EndStartFailed {
            text: error,
            error: shown(error),
        }
        .text(),
        (EndReason::Terminated, _) => why::END_TERMINATED.text(),
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
            let code = code(end.exit_code);
            match end.stop {
                Some(StopCause::Requested) => why::EndStoppedAsked { code }.text(),
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

/// Whether the script itself told of an error, rather than the manager of the kernel's deed.
fn script_failed(cause: &EndCause) -> bool {
    cause.is_error() && !cause.kind.is_of_manager()
}

/// Whether the end counted, by which rule, and what would have made it count.
fn verdict(record: &ServiceRecord, end: &End) -> Text {
    let name = &record.config.service_name;
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
        EndReason::Stopped => why::NO_FAILURE_CLEAN.text(),
        EndReason::FlagNotSet => why::NoFailureFlag { name }.text(),
        EndReason::NoActions => why::NoFailureActions { name }.text(),
        EndReason::RequestedStopWithError => why::NO_FAILURE_REQUESTED.text(),
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
    Some(match end.action.map(|action| action.kind) {
        None => why::NOTHING_CONFIGURED.text(),
        Some(RecoveryActionKind::None) => why::NothingListed { number }.text(),
        // A restart that was carried out would have made another run.
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
    Some(match record.resets_at() {
        None if record.config.failure_actions.actions.is_empty() => {
            why::CounterNoActions { count }.text()
        }
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
