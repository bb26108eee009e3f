//! Deadlines. Each is a field of the record.

use std::time::Duration;

use relance_scm::ServiceState;

use super::{ActionId, RecyclePhase, RunId, RunPhase, ServiceRecord, ShutdownPhase};
use crate::time::Time;

/// A deadline of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// The process had to connect (S43).
    Connect(RunId),
    /// A program has stayed up long enough to count as running (X15).
    Ready(RunId),
    /// A start had to come to RUNNING (X16).
    StartDeadline(RunId),
    /// A service has not said RUNNING (X17).
    Mute(RunId),
    /// A start made no progress for too long (S42).
    StartHang(RunId),
    /// A control had to be answered (S44).
    Control(RunId),
    /// A stop command had to end (X25).
    StopCommand(RunId),
    /// A stopping process is killed.
    Kill(RunId),
    /// A process that outlives its STOPPED report is killed (S50).
    Linger(RunId),
    /// The time after PRESHUTDOWN is over (S47).
    Preshutdown(RunId),
    /// A program that keeps asking for new starts is started again.
    Recycle(RunId),
    /// A run is older than its ceiling (X55).
    TooOld(RunId),
    /// The jitter of a run that is to be recycled is over (X55).
    Spread(RunId),
    /// A run that is being recycled takes long to stop (X57).
    SlowRecycle(RunId),
    /// A recovery action is due.
    Recovery(ActionId),
    /// What the service was held for is back, and its turn has come (X70).
    DependencyBack,
}

impl ServiceRecord {
    /// The run that must give heartbeats now, and how long it may go without one (X40): one that is
    /// RUNNING, and that nobody has begun to stop.
    #[must_use]
    pub fn watched(&self) -> Option<(RunId, Duration)> {
        let run = self.run.as_ref()?;
        Some((run.id, run.watchdog?)).filter(|_| self.is_well(run.id))
    }

    /// The run that has to show that it is ready, and has not (X41).
    #[must_use]
    pub fn awaits_sign(&self) -> Option<RunId> {
        let run = self.run.as_ref()?;
        let awaits = self.state == ServiceState::StartPending && run.unready && run.stop.is_none();
        awaits.then_some(run.id)
    }

    /// Whether this run is RUNNING, and nobody has begun to end it.
    #[must_use]
    pub fn is_well(&self, id: RunId) -> bool {
        self.state == ServiceState::Running
            && self.run.as_ref().is_some_and(|run| {
                run.id == id
                    && run.phase == RunPhase::Active
                    && run.stop.is_none()
                    && run.kill_at.is_none()
            })
    }

    /// The earliest thing that happens by itself, and when.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Time, Timer)> {
        let mut next: Option<(Time, Timer)> = None;
        let mut offer = |at: Option<Time>, timer: Timer| {
            if let Some(at) = at
                && next.is_none_or(|(earliest, _)| at < earliest)
            {
                next = Some((at, timer));
            }
        };
        // In this order at the same instant: ends before starts.
        if let Some(previous) = &self.previous {
            offer(previous.kill_at, Timer::Linger(previous.run));
        }
        if let Some(run) = &self.run {
            offer(run.kill_at, Timer::Kill(run.id));
            offer(run.stop_command_until, Timer::StopCommand(run.id));
            match run.phase {
                RunPhase::Connecting(until) => offer(Some(until), Timer::Connect(run.id)),
                RunPhase::WaitingForRecycle(until) => offer(Some(until), Timer::Recycle(run.id)),
                RunPhase::WaitingForDependencies
                | RunPhase::WaitingForPrevious
                | RunPhase::Spawning
                | RunPhase::Active => {}
            }
            match run.recycle.map(|recycle| recycle.phase) {
                None => offer(self.too_old_at(), Timer::TooOld(run.id)),
                Some(RecyclePhase::Spread(at)) => offer(Some(at), Timer::Spread(run.id)),
                Some(RecyclePhase::Stopping(until)) => offer(until, Timer::SlowRecycle(run.id)),
                Some(RecyclePhase::Turn | RecyclePhase::Refused) => {}
            }
            offer(run.hang_at, Timer::StartHang(run.id));
            if self.state == ServiceState::StartPending && run.stop.is_none() {
                offer(run.ready_at, Timer::Ready(run.id));
                offer(run.start_until, Timer::StartDeadline(run.id));
                offer(run.mute_at, Timer::Mute(run.id));
            }
            offer(
                run.control.map(|control| control.until),
                Timer::Control(run.id),
            );
            if let Some(ShutdownPhase::Preshutdown(until)) = self.shutdown {
                offer(Some(until), Timer::Preshutdown(run.id));
            }
        }
        for pending in self
            .pending_actions
            .iter()
            .filter(|pending| !pending.executing)
        {
            offer(Some(pending.due), Timer::Recovery(pending.id));
        }
        offer(
            self.held().and_then(|down| down.start_at),
            Timer::DependencyBack,
        );
        next
    }
}
