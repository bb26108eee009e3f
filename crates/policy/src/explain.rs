//! What a record means, in words: what happened last, whether it counted and by which rule, what
//! comes next and when. The text of `relance why`; its sentences stand in `why.ftl` of the catalogue.

mod last_end;

use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event_log::Author;
use relance_scm::settings::{READY, SCHEDULE};
use relance_scm::{
    ExitCode, RecoveryActionKind, ResetPeriod, ServiceKind, ServiceState, Win32Error,
};
use relance_texts::{Message, Text, Words, shown, why, word};

use crate::record::{
    EndReason, PendingAction, RecyclePhase, RestartWanted, Run, RunPhase, ServiceRecord, StartCause,
};
use crate::time::Time;
pub use last_end::cause_of;
use last_end::{by_policy, decided_by, how_long, last_end, verdict};

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
    let cause = match needed_back(record, run) {
        Some(needed) => why::CauseNeededBack { needed }.text(),
        None => by(cause_of_start(run.cause).text(), starter(record, run)),
    };
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

fn cause_of_start(cause: StartCause) -> Words {
    match cause {
        StartCause::Demand => why::CAUSE_DEMAND,
        StartCause::Auto => why::CAUSE_AUTO,
        StartCause::Dependency => why::CAUSE_DEPENDENCY,
        StartCause::Recovery(..) => why::CAUSE_RECOVERY,
        StartCause::Recycle => why::CAUSE_RECYCLE,
        StartCause::Restart => why::CAUSE_RESTART,
        StartCause::DependencyBack => why::CAUSE_DEPENDENCY_BACK,
        StartCause::Schedule => why::CAUSE_SCHEDULE,
        StartCause::Ceiling(_) => why::CAUSE_CEILING,
    }
}

/// What is back, for which the run was started (X70, X71): its last end names it.
fn needed_back<'a>(record: &'a ServiceRecord, run: &Run) -> Option<&'a str> {
    let end = record.last_end.as_ref()?;
    let with = end.with_needed.as_deref();
    match run.cause {
        // It was back before this one had stopped.
        StartCause::Restart => with,
        StartCause::DependencyBack => with.or(end.needed.as_deref()),
        StartCause::Demand
        | StartCause::Auto
        | StartCause::Dependency
        | StartCause::Recovery(..)
        | StartCause::Recycle
        | StartCause::Schedule
        | StartCause::Ceiling(_) => None,
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
    let needed = record
        .run
        .as_ref()
        .and_then(|run| run.with_needed.as_deref());
    if let Some(needed) = needed.filter(|_| restart.with_needed) {
        let ago = now - restart.since;
        return why::RestartedWithNeeded { needed, ago, waits }.text();
    }
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

/// X114: what is the matter with a service that another one needs, unless it is up. For `why` of that other one,
/// while it waits for this one, or if its start has failed.
#[must_use]
pub fn not_up(needed: &ServiceRecord, now: Time) -> Option<Text> {
    let name = &needed.config.service_name;
    let since = needed.run.as_ref().map(|run| run.started_at);
    match (needed.state, since) {
        (ServiceState::Stopped, _) => Some(why::NeedsStopped { name }.text()),
        (ServiceState::StartPending, Some(since)) => {
            let time = now - since;
            Some(why::NeedsStarting { name, time }.text())
        }
        _ => None,
    }
}

/// Whether a service waits for what it needs, or its last start failed because of that.
#[must_use]
pub fn lacks_needed(record: &ServiceRecord) -> bool {
    match (&record.run, &record.last_end) {
        (Some(run), _) => run.phase == RunPhase::WaitingForDependencies,
        (None, Some(end)) => {
            end.reason == EndReason::StartFailed(Win32Error::SERVICE_DEPENDENCY_FAIL)
        }
        (None, None) => false,
    }
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
    if let Some(time) = record.config.reset_after_run()
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
