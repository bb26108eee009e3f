//! What a record means, in words: what happened last, whether it counted and by which rule, what
//! comes next and when. The text of `relance why`.

pub use relance_scm::duration::Human;
use relance_scm::status::ProcessExit;
use relance_scm::{
    EndCause, EndCauseKind, ExitCode, RecoveryActionKind, ResetPeriod, ServiceState,
};

use crate::record::{
    End, EndReason, PendingAction, RunPhase, ServiceRecord, StartCause, StopCause,
};
use crate::time::Time;

/// The explanation, one sentence an element, in the order in which they read as a paragraph.
#[must_use]
pub fn explain(record: &ServiceRecord, now: Time) -> Vec<String> {
    let mut sentences = vec![state(record, now)];
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
    if let Some(sentence) = why_nothing_follows(record) {
        sentences.push(sentence);
    }
    if let Some(sentence) = counter(record, now) {
        sentences.push(sentence);
    }
    sentences
}

fn state(record: &ServiceRecord, now: Time) -> String {
    let name = &record.config.service_name;
    let Some(run) = &record.run else {
        return match record.exit_code {
            ExitCode::NEVER_STARTED => {
                format!("{name} is STOPPED; it was not started since the manager's boot.")
            }
            ExitCode::Win32(_) | ExitCode::ServiceSpecific(_) => format!("{name} is STOPPED."),
        };
    };
    let cause = match run.cause {
        StartCause::Demand => "somebody asked for it",
        StartCause::Auto => "its start type is auto",
        StartCause::Dependency => "another service needs it",
        StartCause::Recovery(..) => "a recovery action restarted it",
        StartCause::Recycle => "its exit status asked for a new start",
    };
    let waits = match run.phase {
        RunPhase::WaitingForDependencies => "; it waits for services that must run first",
        RunPhase::WaitingForPrevious => "; it waits for the process of the run before to end",
        RunPhase::Connecting(_) => "; it has not connected to the manager yet",
        RunPhase::WaitingForRecycle(_) | RunPhase::Spawning | RunPhase::Active => "",
    };
    format!(
        "{name} is {}: run {}, started {} ago because {cause}{waits}.",
        record.state,
        run.id,
        Human(now - run.started_at),
    )
}

fn last_end(end: &End, now: Time) -> String {
    let ago = Human(now - end.at);
    let what = match (end.reason, end.exit) {
        (EndReason::Crashed, Some(ProcessExit::Signaled(_) | ProcessExit::Exited(_))) => {
            let exit = end.exit.map(|exit| exit.to_string()).unwrap_or_default();
            format!(
                "its process ended with {exit} while {}, without reporting STOPPED",
                end.from
            )
        }
        (EndReason::Crashed, _) => {
            format!(
                "its process ended while {}, without reporting STOPPED",
                end.from
            )
        }
        (EndReason::StartFailed(error), _) => {
            format!("the start failed with {} ({error})", error.text())
        }
        (EndReason::Terminated, _) => "it was ended by force because somebody asked".to_owned(),
        (EndReason::Recycled(status), _) => format!("it ended with exit status {status}"),
        (EndReason::Shutdown, _) => "the manager was shut down".to_owned(),
        (
            EndReason::Stopped
            | EndReason::StoppedWithError
            | EndReason::FlagNotSet
            | EndReason::NoActions
            | EndReason::RequestedStopWithError,
            _,
        ) => format!("it stopped with {}{}", code(end.exit_code), asked(end)),
    };
    let cause = match &end.cause {
        Some(cause) if cause.kind == EndCauseKind::OutOfMemory => format!("; {cause}"),
        Some(cause) => format!("; the script says why: {cause}"),
        None => String::new(),
    };
    format!("Run {} ended {ago} ago: {what}{cause}.", end.run)
}

fn asked(end: &End) -> &'static str {
    match end.stop {
        Some(StopCause::Requested) => ", after a stop was requested",
        Some(StopCause::Terminated | StopCause::Shutdown) | None => "",
    }
}

fn code(exit_code: ExitCode) -> String {
    match exit_code {
        ExitCode::SUCCESS => "exit code 0".to_owned(),
        ExitCode::Win32(error) => format!("error {} ({})", error.to_raw(), error.text()),
        ExitCode::ServiceSpecific(code) => format!("its own error code {code} (1066)"),
    }
}

/// Whether the script itself told of an error, rather than the manager of the kernel's deed.
fn script_failed(cause: &EndCause) -> bool {
    cause.is_error() && cause.kind != EndCauseKind::OutOfMemory
}

/// Whether the end counted, by which rule, and what would have made it count.
fn verdict(record: &ServiceRecord, end: &End) -> String {
    let name = &record.config.service_name;
    let number = end.failure.map(ordinal).unwrap_or_default();
    match end.reason {
        EndReason::Crashed if end.stop.is_some() => format!(
            "That is the {number} failure, although a stop was requested: STOPPED was never reported (R8.2)."
        ),
        EndReason::Crashed => format!(
            "That is the {number} failure: a process that ends without reporting STOPPED has failed, whatever its exit status (R1, R2)."
        ),
        EndReason::StoppedWithError => format!(
            "That is the {number} failure: stops with an error count, because failure actions on non-crash failures are on (R3)."
        ),
        EndReason::Stopped if end.cause.as_deref().is_some_and(script_failed) => {
            "That is not a failure, although the script ended with an error: it reported STOPPED without an error (R8.4); to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini."
                .to_owned()
        }
        EndReason::Stopped => {
            "That is not a failure: it reported STOPPED without an error (R8.4).".to_owned()
        }
        EndReason::FlagNotSet => format!(
            "That is not a failure, because failure actions on non-crash failures are off (R8.5); \
             to have such stops recovered: relance failure {name} --on-error-stop \
             (in PHP: 'recovery_enabled' => true)."
        ),
        EndReason::NoActions => format!(
            "That is not a failure, because no recovery actions are configured (R5); \
             to configure them: relance failure {name} --actions restart/60000 --reset 86400."
        ),
        EndReason::RequestedStopWithError => {
            "That is not a failure: a program that was asked to stop may end as it likes.".to_owned()
        }
        EndReason::StartFailed(_) => {
            "A start that fails is not a failure and is not tried again (R8.8, R8.9, R35).".to_owned()
        }
        EndReason::Terminated => "That is not a failure.".to_owned(),
        EndReason::Recycled(_) => {
            "That is not a failure: this exit status asks for a new start (restart on exit)."
                .to_owned()
        }
        EndReason::Shutdown => "Nothing that ends in a shutdown is a failure (R8.12).".to_owned(),
    }
}

fn next_action(pending: &PendingAction, now: Time) -> String {
    let label = pending.action.kind.label();
    let kind = match (pending.action.kind, &*pending.text) {
        (RecoveryActionKind::RunCommand, "") => " (none is configured, so nothing will run: R43)",
        (RecoveryActionKind::RunCommand, _) => {
            " (the service stays stopped unless the command starts it: R41)"
        }
        (
            RecoveryActionKind::None
            | RecoveryActionKind::Restart
            | RecoveryActionKind::OwnRestart
            | RecoveryActionKind::Reboot,
            _,
        ) => "",
    };
    let failure = ordinal(pending.failure_count);
    if pending.due <= now {
        return format!("Next, now: {label}{kind}, for the {failure} failure.");
    }
    format!(
        "Next, in {}: {label}{kind}, for the {failure} failure.",
        Human(pending.due - now)
    )
}

/// After a failure without a pending action: why nothing comes.
fn why_nothing_follows(record: &ServiceRecord) -> Option<String> {
    let end = record.last_end.as_ref()?;
    let failure = end.failure?;
    if record.state != ServiceState::Stopped || !record.pending_actions.is_empty() {
        return None;
    }
    Some(match end.action {
        None => "No action follows, because none are configured (R16).".to_owned(),
        Some(action) if action.kind == RecoveryActionKind::None => format!(
            "No action follows: for the {} failure the list says none, and it stays down (R22, R25).",
            ordinal(failure)
        ),
        // A restart that was carried out would have made another run.
        Some(action) if action.kind.restarts() => format!(
            "The action for it ({}) was refused or cancelled; the event log says which and why (7032, 1009).",
            action.kind.label()
        ),
        Some(action) => format!(
            "The action for it ({}) is over; if it failed or was cancelled, the event log says so (7032, 1009).",
            action.kind.label()
        ),
    })
}

fn counter(record: &ServiceRecord, now: Time) -> Option<String> {
    if record.failure_count == 0 {
        return None;
    }
    let count = record.failure_count;
    let period = record.config.failure_actions.reset_period;
    Some(match record.resets_at() {
        None if record.config.failure_actions.actions.is_empty() => {
            format!(
                "Failures since boot: {count}; without actions the counter never starts again (R16)."
            )
        }
        None => format!("Failures since boot: {count}; the reset period is INFINITE (R15)."),
        Some(_) if period == ResetPeriod::Seconds(0) => {
            "The reset period is 0, so every failure counts as the first (R14).".to_owned()
        }
        Some(at) if at <= now => {
            format!(
                "The counter was at {count}; the reset period is over, the next failure is the first again (R13)."
            )
        }
        Some(at) => format!(
            "Failures so far: {count}; without another one the counter starts again in {} (R12).",
            Human(at - now)
        ),
    })
}

/// `1st`, `2nd`, `3rd`, `11th`.
#[must_use]
pub fn ordinal(number: u32) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}
