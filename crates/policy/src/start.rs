//! Starts: from the request to the connected service, and every way in which a start fails
//! (S14 to S16, S35, S42, S43, R8.8, R8.9, R35).

use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::settings::{RETRY_FAILED_STARTS, WATCHDOG};
use relance_scm::{ExitCode, ServiceKind, ServiceName, ServiceState, Win32Error};

use crate::action::{Action, Answer, DenyReason};
use crate::draft::Draft;
use crate::input::{DependencyFailure, SpawnFailure};
use crate::record::CONNECT_TIMEOUT;
use crate::record::restored::CONTROLS_MISSED;
use crate::record::{EndReason, Run, RunId, RunPhase, StartCause, accepted_at_first};
use crate::time::{Time, millis};
use crate::{ending, failure, held, pending, readiness, rules, stop_command, stopping};

/// The wait hint on record when a start begins (S14).
const START_WAIT_HINT: Duration = Duration::from_secs(2);
/// A start without progress for this long, plus its wait hint, counts as hung (S42).
const START_HANG: Duration = Duration::from_secs(80);

pub(crate) fn requested(draft: &mut Draft, cause: StartCause, arguments: Arc<[String]>) -> Answer {
    if let Some(reason) = refusal(draft) {
        return Answer::Denied(reason);
    }
    pending::superseded(draft);
    Answer::Start(begin(draft, cause, arguments))
}

/// S35, as far as one record knows.
pub(crate) fn refusal(draft: &Draft) -> Option<DenyReason> {
    let record = &draft.record;
    if record.shutting_down {
        Some(DenyReason::ShuttingDown)
    } else if record.marked_for_delete {
        Some(DenyReason::MarkedForDelete)
    } else if record.config.start_type == StartType::Disabled {
        Some(DenyReason::Disabled)
    } else if record.state != ServiceState::Stopped {
        Some(DenyReason::AlreadyRunning)
    } else {
        None
    }
}

/// Begins a start: dependencies first, then the process.
pub(crate) fn begin(draft: &mut Draft, cause: StartCause, arguments: Arc<[String]>) -> RunId {
    let id = new_run(draft, cause, arguments);
    if draft.record.config.dependencies.is_empty() {
        spawn_when_free(draft, id);
    } else {
        draft.act(Action::ResolveDependencies(id));
    }
    id
}

/// S14: what the manager puts on record when a start begins.
fn new_run(draft: &mut Draft, cause: StartCause, arguments: Arc<[String]>) -> RunId {
    let now = draft.now;
    let record = &mut draft.record;
    record.runs += 1;
    // Any start fulfils a wanted restart, unless the service has not been told to stop yet.
    record.restart = record.restart.filter(|restart| restart.behind_dependents);
    // X74: and one by the clock that waited for the end of the run before.
    if let Some(scheduled) = &mut record.scheduled {
        scheduled.is_queued = false;
    }
    record.needed_down = None;
    record.note_start(cause);
    let id = RunId {
        service: record.id,
        number: record.runs,
    };
    record.state = ServiceState::StartPending;
    record.exit_code = ExitCode::SUCCESS;
    record.checkpoint = 0;
    record.wait_hint = START_WAIT_HINT;
    let kind = record.config.kind;
    record.controls_accepted = accepted_at_first(kind, &record.config);
    record.run = Some(Box::new(Run {
        id,
        kind,
        cause,
        arguments,
        phase: RunPhase::WaitingForDependencies,
        pid: 0,
        birth: 0,
        started_at: now,
        spawned_at: None,
        ready_at: None,
        unready: false,
        start_until: None,
        mute_at: None,
        stop: None,
        with_needed: None,
        controls_sent: 0,
        control: None,
        waiting_controls: Vec::new(),
        last_report: 0,
        hang_at: (cause == StartCause::Auto).then(|| now + START_WAIT_HINT + START_HANG),
        kill_at: None,
        stop_command_until: None,
        killed: false,
        watchdog: None,
        recycle: None,
        killed_after: None,
        end_cause: None,
    }));
    id
}

/// Begins a start whose process is created later (planned recycling, slowed down).
pub(crate) fn begin_later(draft: &mut Draft, at: Time) {
    let id = new_run(draft, StartCause::Recycle, [].into());
    if let Some(run) = draft.run(id) {
        run.phase = RunPhase::WaitingForRecycle(at);
    }
}

/// Creates the process, unless the one before has not ended yet.
fn spawn_when_free(draft: &mut Draft, id: RunId) {
    let busy = draft.record.previous.is_some();
    let Some(run) = draft.run(id) else { return };
    if busy {
        run.phase = RunPhase::WaitingForPrevious;
        return;
    }
    enter_spawning(draft, id);
    draft.act(Action::Spawn(id));
}

/// Kind and watchdog may have been changed while the run waited; from here on they are fixed.
fn enter_spawning(draft: &mut Draft, id: RunId) {
    let kind = draft.record.config.kind;
    let watchdog = draft.record.config.extensions.get(WATCHDOG);
    // A time of zero is none, as for systemd.
    let watchdog = watchdog.filter(|time| !time.is_zero());
    let Some(run) = draft.run(id) else { return };
    run.phase = RunPhase::Spawning;
    run.kind = kind;
    run.watchdog = watchdog;
    draft.record.controls_accepted = accepted_at_first(kind, &draft.record.config);
}

/// The process before has ended: a start that waited for it goes on.
pub(crate) fn previous_ended(draft: &mut Draft) {
    if let Some(run) = &draft.record.run
        && run.phase == RunPhase::WaitingForPrevious
    {
        let id = run.id;
        spawn_when_free(draft, id);
    }
}

pub(crate) fn dependencies_resolved(
    draft: &mut Draft,
    id: RunId,
    result: Result<(), DependencyFailure>,
) -> Answer {
    if draft
        .run(id)
        .is_none_or(|run| run.phase != RunPhase::WaitingForDependencies)
    {
        return Answer::Stale;
    }
    match result {
        Ok(()) => spawn_when_free(draft, id),
        Err(failure) => {
            let cause = draft.record.run.as_ref().map(|run| run.cause);
            let needed = down_by(&failure);
            let hangs = hanging(&failure).cloned();
            let told = hangs.as_ref().and_then(|name| hangs_event(draft, name));
            let (event, error) = dependency_event(failure);
            fail(draft, id, error, |draft| {
                draft.log(event);
                if let Some(told) = told {
                    draft.log(told);
                }
            });
            if let Some(end) = draft.record.last_end.as_mut().filter(|end| end.run == id) {
                end.waited_for = hangs.map(|name| name.as_str().into());
            }
            if let (Some(cause), Some(needed)) = (cause, needed) {
                held::hold_start(draft, id, cause, needed);
            }
        }
    }
    Answer::Accepted
}

/// X114: the dependency that starts and never says that it runs.
fn hanging(failure: &DependencyFailure) -> Option<&ServiceName> {
    match failure {
        DependencyFailure::Failed(name, Win32Error::SERVICE_START_HANG) => Some(name),
        DependencyFailure::Failed(..)
        | DependencyFailure::Missing(_)
        | DependencyFailure::Group(_)
        | DependencyFailure::Loop => None,
    }
}

/// What is told of it, unless the start before has failed for the same reason.
fn hangs_event(draft: &Draft, needed: &ServiceName) -> Option<Event> {
    let record = &draft.record;
    let before = record.last_end.as_ref();
    let before = before.and_then(|end| end.waited_for.as_deref());
    let waited = draft.now - record.run.as_ref()?.started_at;
    let needed = needed.as_str();
    (before != Some(needed)).then(|| Event::NeededHangs(needed.into(), millis(waited)))
}

/// The dependency that did not start and may still start later.
fn down_by(failure: &DependencyFailure) -> Option<Box<str>> {
    match failure {
        DependencyFailure::Failed(name, _) => Some(name.as_str().into()),
        DependencyFailure::Group(group) => Some(group.clone()),
        DependencyFailure::Missing(_) | DependencyFailure::Loop => None,
    }
}

/// D3: the entry and the code of each way a dependency can fail.
fn dependency_event(failure: DependencyFailure) -> (Event, Win32Error) {
    match failure {
        DependencyFailure::Missing(name) => (
            Event::DependencyMissing(name),
            Win32Error::SERVICE_DEPENDENCY_DELETED,
        ),
        DependencyFailure::Failed(name, error) => (
            Event::DependencyFailed(name, error),
            Win32Error::SERVICE_DEPENDENCY_FAIL,
        ),
        DependencyFailure::Group(group) => (
            Event::GroupFailed(group),
            Win32Error::SERVICE_DEPENDENCY_FAIL,
        ),
        DependencyFailure::Loop => (Event::DependencyLoop, Win32Error::CIRCULAR_DEPENDENCY),
    }
}

pub(crate) fn spawned(draft: &mut Draft, id: RunId, pid: u32, birth: u64) -> Answer {
    let kind = draft.record.kind();
    let now = draft.now;
    let connect_until = now + CONNECT_TIMEOUT;
    let Some(run) = draft.run(id).filter(|run| run.phase == RunPhase::Spawning) else {
        return Answer::Stale;
    };
    run.pid = pid;
    run.birth = birth;
    run.spawned_at = Some(now);
    match kind {
        ServiceKind::Service => run.phase = RunPhase::Connecting(connect_until),
        ServiceKind::Program => {
            run.phase = RunPhase::Active;
            run.hang_at = None;
            // A stop that came while the process was created keeps its state.
            if run.stop.is_some() {
                stopping::signal_stop(draft, id);
            } else {
                readiness::begin(draft, id);
                if draft.run(id).is_some_and(|run| readiness::is_complete(run)) {
                    draft.enter(ServiceState::Running);
                }
            }
            draft.act(Action::CompleteStart {
                run: id,
                result: Ok(()),
            });
        }
    }
    Answer::Accepted
}

pub(crate) fn spawn_failed(draft: &mut Draft, id: RunId, failure: SpawnFailure) -> Answer {
    if draft
        .run(id)
        .is_none_or(|run| run.phase != RunPhase::Spawning)
    {
        return Answer::Stale;
    }
    let account_name = draft.record.config.account_name.as_str().into();
    fail(draft, id, failure.error, |draft| {
        if failure.logon {
            draft.log(Event::LogonFailed {
                account_name,
                error: failure.error,
            });
        }
        draft.log(Event::StartFailed(failure.error));
    });
    Answer::Accepted
}

pub(crate) fn connected(draft: &mut Draft, id: RunId, pid: u32) -> Answer {
    let Some(run) = draft
        .run(id)
        .filter(|run| matches!(run.phase, RunPhase::Connecting(_)))
    else {
        return Answer::Stale;
    };
    run.phase = RunPhase::Active;
    let launched = run.pid;
    readiness::begin(draft, id);
    if launched != pid {
        draft.log(Event::OtherProcessConnected {
            launched,
            connected: pid,
        });
    }
    draft.act(Action::CompleteStart {
        run: id,
        result: Ok(()),
    });
    Answer::Accepted
}

/// R8.8: nobody connected in time. The process is ended, or the next start would be a second one.
pub(crate) fn connect_timed_out(draft: &mut Draft, id: RunId) -> Answer {
    if draft
        .run(id)
        .is_none_or(|run| !matches!(run.phase, RunPhase::Connecting(_)))
    {
        return Answer::Stale;
    }
    not_connected(draft, id, true);
    Answer::Accepted
}

/// R8.8: 7009 has the full time-out even if the process ended at once (S43), followed by our own
/// parameter.
pub(crate) fn not_connected(draft: &mut Draft, id: RunId, process_remains: bool) {
    let limit_ms = millis(CONNECT_TIMEOUT);
    let spawned_at = draft.run(id).and_then(|run| run.spawned_at);
    let lived = spawned_at.filter(|_| !process_remains);
    let lived_ms = lived.map(|at| millis(draft.now - at));
    let error = Win32Error::SERVICE_REQUEST_TIMEOUT;
    fail_start(draft, id, error, process_remains, |draft| {
        draft.log(Event::ConnectTimedOut { limit_ms, lived_ms });
        draft.log(Event::StartFailed(error));
    });
}

fn fail(draft: &mut Draft, id: RunId, error: Win32Error, log: impl FnOnce(&mut Draft)) {
    fail_start(draft, id, error, false, log);
}

/// A failed start does not count as a failure (R8.8, R8.9, R35): STOPPED with the code, the entries, nothing else;
/// 7032 as well when a recovery action had asked for it. Where the service wants it so, it counts and
/// is followed by the action for it (X14).
fn fail_start(
    draft: &mut Draft,
    id: RunId,
    error: Win32Error,
    process_remains: bool,
    log: impl FnOnce(&mut Draft),
) {
    let from = draft.record.state;
    // The kill is due at once: a process without a connection must be gone before the next start.
    let lingers = process_remains.then_some(draft.now);
    let Some(run) = ending::end_run(draft, ExitCode::Win32(error), lingers) else {
        return;
    };
    draft.record.state = ServiceState::Stopped;
    draft.record.checkpoint = 0;
    draft.record.wait_hint = Duration::ZERO;
    log(draft);
    if let StartCause::Recovery(_, action) = run.cause {
        draft.log(Event::RecoveryActionFailed(action, error));
    }
    ending::note_end(draft, &run, from, EndReason::StartFailed(error));
    let is_retried = draft.record.config.extensions.get(RETRY_FAILED_STARTS);
    // The recovery of what must run first brings it back, unless a rule says what follows here (X84).
    let waited = run.phase == RunPhase::WaitingForDependencies
        && (draft.record.minds_dependencies() || !rules::counts_dependencies(&draft.record.config));
    if is_retried && !waited && run.stop.is_none() && !draft.record.shutting_down {
        failure::count_start(draft, id);
    }
    draft.act(Action::CompleteStart {
        run: id,
        result: Err(error),
    });
    draft.remove_if_over();
}

/// S42: logged once, for automatic starts only; the process is left alone.
pub(crate) fn hung(draft: &mut Draft, id: RunId) -> Answer {
    let Some(run) = draft.run(id) else {
        return Answer::Stale;
    };
    run.hang_at = None;
    draft.log(Event::StartHung);
    Answer::Accepted
}

/// A report of START_PENDING is progress (S40, S42).
pub(crate) fn progressed(draft: &mut Draft, id: RunId) {
    readiness::progressed(draft, id);
    let next = draft.now + START_HANG + draft.record.wait_hint;
    let pending = draft.record.state == ServiceState::StartPending;
    if let Some(run) = draft.run(id)
        && run.hang_at.is_some()
    {
        run.hang_at = pending.then_some(next);
    }
}

pub(crate) fn recycle_due(draft: &mut Draft, id: RunId) -> Answer {
    if draft
        .run(id)
        .is_none_or(|run| !matches!(run.phase, RunPhase::WaitingForRecycle(_)))
    {
        return Answer::Stale;
    }
    let now = draft.now;
    if let Some(run) = draft.run(id) {
        run.started_at = now;
    }
    spawn_when_free(draft, id);
    Answer::Accepted
}

/// A process that was there when the manager began. It may have ended between the creation of the
/// process and the commit: then the run is put on record now, or as far as it has come.
pub(crate) fn found(draft: &mut Draft, id: RunId, pid: u32, birth: u64) -> Answer {
    if let Some(run) = draft.run(id) {
        match run.phase {
            RunPhase::WaitingForDependencies
            | RunPhase::WaitingForPrevious
            | RunPhase::WaitingForRecycle(_) => enter_spawning(draft, id),
            RunPhase::Spawning => {}
            RunPhase::Connecting(_) | RunPhase::Active => {
                stop_command::repeat(draft, id);
                return Answer::Accepted;
            }
        }
        return spawned(draft, id, pid, birth);
    }
    if draft.record.state != ServiceState::Stopped || id.number <= draft.record.runs {
        return Answer::Stale;
    }
    draft.record.runs = id.number - 1;
    new_run(draft, StartCause::Demand, [].into());
    enter_spawning(draft, id);
    if let Some(run) = draft.run(id) {
        run.controls_sent = CONTROLS_MISSED;
    }
    draft.log(Event::Adopted(pid));
    spawned(draft, id, pid, birth)
}
