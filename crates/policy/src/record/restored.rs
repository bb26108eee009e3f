//! A record that was restored from a backup. It is older than the present run; only the host knows what
//! happened since then.

use std::time::Duration;

use relance_scm::{ControlsAccepted, ExitCode, RecoveryActionKind, ServiceState};

use super::{CONNECT_TIMEOUT, Run, RunId, RunPhase, ServiceRecord};
use crate::time::Time;

/// More than the number of controls that can have been sent to a run since the backup: a service ignores a
/// number that it has seen.
pub(crate) const CONTROLS_MISSED: u32 = 1 << 20;

impl ServiceRecord {
    /// The record as it is to go on from. `last` is the number of the service's last run, as far as it is
    /// known; `has` says which runs the host still has.
    ///
    /// A run that the host does not have has ended since the backup. That is not counted as a failure, because
    /// nothing is known of its end. A run that the host has goes on, and its end counts. Recovery actions of
    /// the backup are due or done long ago: only restarts are kept, and only while nothing runs. A restart that
    /// somebody had asked for is over, too.
    #[must_use]
    pub fn restored(&self, now: Time, last: u32, has: impl Fn(RunId) -> bool) -> Self {
        let mut record = self.clone();
        let is_there = has(RunId {
            service: self.id,
            number: last,
        });
        // A run that began after it proves that it has ended, although its end may not have been told.
        record.previous = record
            .previous
            .filter(|previous| has(previous.run) && !(is_there && previous.run.number < last));
        record.run = record.run.filter(|run| has(run.id));
        record.restart = None;
        record.needed_down = record.needed_down.filter(|_| !is_there);
        match &mut record.run {
            Some(run) => run.catch_up(now),
            None => record.forget_run(),
        }
        record.pending_actions.retain(|pending| {
            let kind = pending.action.kind;
            let starts = matches!(
                kind,
                RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart
            );
            starts && !pending.executing && !is_there
        });
        if !is_there {
            record.runs = record.runs.max(last);
        }
        record
    }

    fn forget_run(&mut self) {
        if self.state != ServiceState::Stopped {
            self.state = ServiceState::Stopped;
            self.exit_code = ExitCode::SUCCESS;
        }
        self.controls_accepted = ControlsAccepted::NONE;
        self.checkpoint = 0;
        self.wait_hint = Duration::ZERO;
        self.shutdown = None;
    }
}

impl Run {
    /// Controls may have been sent to it since, and its times are long past.
    fn catch_up(&mut self, now: Time) {
        self.controls_sent = self.controls_sent.saturating_add(CONTROLS_MISSED);
        self.control = None;
        self.waiting_controls.clear();
        self.hang_at = None;
        self.recycle = None;
        if matches!(self.phase, RunPhase::Connecting(_)) {
            self.phase = RunPhase::Connecting(now + CONNECT_TIMEOUT);
        }
    }
}
