//! The laws that every record keeps.

use relance_scm::{ControlsAccepted, ServiceState};

use super::{PENDING_ACTIONS_MAX, RunPhase, ServiceRecord};

impl ServiceRecord {
    /// Checks every law of [`super`] that one record can show.
    ///
    /// # Errors The broken law, in words.
    pub fn check_laws(&self) -> Result<(), String> {
        let law = |holds: bool, text: &str| {
            if holds {
                Ok(())
            } else {
                Err(format!("{text}: {self:#?}"))
            }
        };
        let stopped = self.state == ServiceState::Stopped;
        law(
            stopped == self.run.is_none(),
            "stopped if and only if there is no run",
        )?;
        law(
            self.state.is_pending() || (self.checkpoint == 0 && self.wait_hint.is_zero()),
            "S13: no checkpoint and no wait hint outside the pending states",
        )?;
        law(
            !stopped || self.controls_accepted == ControlsAccepted::NONE,
            "a stopped service accepts nothing",
        )?;
        if let (Some(run), Some(previous)) = (&self.run, &self.previous) {
            law(
                run.id.number > previous.run.number,
                "runs are numbered in their order",
            )?;
            law(
                matches!(
                    run.phase,
                    RunPhase::WaitingForPrevious | RunPhase::WaitingForDependencies
                ),
                "no process is started while the one before runs",
            )?;
        }
        law(
            self.run
                .as_ref()
                .is_none_or(|run| run.id.number == self.runs),
            "the current run is the last one",
        )?;
        law(
            !stopped || self.restart.is_none_or(|restart| restart.after.is_some()),
            "X22: a stopped service that is to be restarted waits for another one",
        )?;
        law(
            self.is_recycled_well(),
            "X57: a run that is recycled starts again, and is not killed",
        )?;
        law(
            self.pending_actions.len() <= PENDING_ACTIONS_MAX,
            "pending actions are bounded",
        )
    }

    fn is_recycled_well(&self) -> bool {
        let recycled = self.run.as_ref().filter(|_| self.is_being_recycled());
        recycled.is_none_or(|run| {
            let restart = self.restart.as_ref();
            let wanted = restart.is_some_and(|restart| restart.recycle.is_some());
            let is_forced = run.stop == Some(super::StopCause::Terminated);
            wanted && (run.kill_at.is_none() || is_forced)
        })
    }
}
