//! How the last run ended, and whether that counts.

use std::time::Duration;

use relance_scm::event_log::Author;
use relance_scm::settings::READY;
use relance_scm::status::ProcessExit;
use relance_scm::{
    EndCause, EndCauseKind, ExitCode, PolicyName, Sentence, ServiceKind, Win32Error,
};
use relance_texts::{Message, Text, shown, why, word};

use super::{by, stopper};
use crate::exit::left_processes;
use crate::record::{CONNECT_TIMEOUT, End, EndReason, ServiceRecord, StopCause};
use crate::time::Time;

/// Why it ended, where the manager knows more than what the kernel saw: what it was killed for. What a script has
/// said is only for those who may read its output.
#[must_use]
pub fn cause_of(end: &End) -> Option<Sentence> {
    match (&end.cause, end.reason) {
        // It stands apart.
        (Some(cause), _) if cause.kind == EndCauseKind::CannotStart => None,
        (Some(cause), _) if !cause.kind.is_of_manager() => None,
        (Some(cause), _) => Some((&**cause).text().into()),
        (None, EndReason::StartOverdue) => Some(why::END_START_OVERDUE.into()),
        (None, EndReason::StopOverdue) => Some(why::END_STOP_OVERDUE.into()),
        (None, _) => None,
    }
}

/// How long the process had lived, and whether it was killed.
pub(super) fn how_long(end: &End) -> Option<Text> {
    // Texts travel in milliseconds.
    let lived = end.lived.filter(|lived| !lived.is_zero())?;
    let lived = lived.max(Duration::from_millis(1));
    Some(match end.killed_after {
        Some(time) => why::LivedKilled { lived, time }.text(),
        None => why::Lived { lived }.text(),
    })
}

pub(super) fn last_end(record: &ServiceRecord, end: &End, now: Time) -> Text {
    let (run, ago) = (shown(end.run), now - end.at);
    let what = match (end.reason, needed_sign(record)) {
        (EndReason::StartOverdue, Some(sign)) => why::EndStartOverdueSign { sign }.text(),
        _ => how(record.config.kind, end, stopper(record)),
    };
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

/// How the program says that it is ready, if it has to.
fn needed_sign(record: &ServiceRecord) -> Option<String> {
    let sign = record.config.extensions.get(READY);
    let sign = sign.filter(|_| record.config.kind == ServiceKind::Program);
    sign.map(|sign| sign.to_string())
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
                Some(StopCause::Requested) => stopped_asked(end, code, stopper),
                Some(StopCause::Terminated | StopCause::Shutdown) | None => {
                    why::EndStopped { code }.text()
                }
            }
        }
    }
}

/// It was told to stop: by somebody, or with what it needs (X71).
fn stopped_asked(end: &End, code: Text, stopper: Option<&Author>) -> Text {
    let Some(needed) = &end.with_needed else {
        return by(why::EndStoppedAsked { code }.text(), stopper);
    };
    let needed = shown(needed);
    why::EndStoppedWithNeeded { code, needed }.text()
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
pub(super) fn verdict(record: &ServiceRecord, end: &End) -> Text {
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
pub(super) fn decided_by(end: &End) -> Option<Text> {
    let (rule, number) = end.rule.as_ref()?;
    let rule = &**rule;
    let number = word::Ordinal { number: *number };
    Some(why::DecidedBy { rule, number }.text())
}

/// X101: the policy that says what follows a failure.
pub(super) fn by_policy(record: &ServiceRecord, end: &End) -> Option<Text> {
    let policy = PolicyName::of(&record.config).filter(|_| end.failure.is_some())?;
    let policy = policy.as_str();
    Some(why::ByPolicy { policy }.text())
}
