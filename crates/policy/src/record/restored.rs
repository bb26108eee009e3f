//! A record that was brought back from a backup: it is older than what happens now, and what happened
//! since is known from the host alone.

use std::time::Duration;

use relance_scm::{ControlsAccepted, ExitCode, RecoveryActionKind, ServiceState};

use super::{CONNECT_TIMEOUT, Run, RunId, RunPhase, ServiceRecord};
use crate::time::Time;

/// More controls than were sent to a run since the backup: a service takes no number twice.
pub(crate) const CONTROLS_MISSED: u32 = 1 << 20;

impl ServiceRecord {
    /// What the record is worth now. `last` is the number of the service's last run, as far as anybody
    /// knows; `has` tells the runs that the host has.
    ///
    /// A run that the host does not have is over since the backup. It counts as no failure: what is known of it
    /// was lost. What the host has goes on, and its end counts. Recovery actions of the backup are due or
    /// done long ago: only restarts are kept, and only while nothing runs. A restart that somebody had asked for
    /// is over, too.
    #[must_use]
    pub fn restored(&self, now: Time, last: u32, has: impl Fn(RunId) -> bool) -> Self {
        let mut record = self.clone();
        let is_there = has(RunId {
            service: self.id,
            number: last,
        });
        record.previous = record.previous.filter(|previous| has(previous.run));
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
    /// It may have been sent controls since, and its times are long past.
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
