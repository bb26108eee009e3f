//! Soft ceilings (X55 to X57): a run that has reached one is recycled, that is, stopped gracefully and started
//! again.
//!
//! Three things set this stop apart from one that somebody asks for. It waits for its turn, which the engine
//! gives to one instance of a template at a time. A run that is slow to stop is not killed, because it may be
//! working on a job. And a run that cannot be stopped is asked once only. The start that follows is that of a
//! restart (`restart`), on record in the same way.

use std::time::Duration;

use relance_scm::Control;
use relance_scm::ceiling::Ceiling;
use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::settings::{RECYCLE_AFTER, RECYCLE_JITTER};

use crate::action::{Answer, DenyReason};
use crate::control;
use crate::draft::Draft;
use crate::record::{Recycle, RecyclePhase, RestartWanted, RunId, ServiceRecord};
use crate::stopping;
use crate::time::{Time, millis};

/// A younger run is not recycled, because that would be a restart loop.
const AGE_MIN: Duration = Duration::from_secs(1);
/// How long the stop of a service without a stop deadline may take before the log says so.
const PATIENCE: Duration = Duration::from_secs(30);

impl ServiceRecord {
    /// The run whose ceilings count now: one that is RUNNING, that nobody has begun to stop, and that has
    /// reached none yet.
    #[must_use]
    pub fn below_ceilings(&self) -> Option<RunId> {
        let run = self.run.as_ref()?;
        let counts = self.is_well(run.id)
            && run.recycle.is_none()
            && self.restart.is_none()
            && !self.shutting_down
            && !self.marked_for_delete
            && self.config.start_type != StartType::Disabled;
        counts.then_some(run.id)
    }

    /// Whether its run only waits for its turn to be recycled. One that hangs is ended in any case.
    #[must_use]
    pub fn waits_for_recycling(&self) -> bool {
        let run = self.run.as_ref();
        run.is_some_and(|run| {
            let phase = run.recycle.map(|recycle| recycle.phase);
            phase == Some(RecyclePhase::Turn) && run.stop.is_none() && run.kill_at.is_none()
        })
    }

    /// Whether its run was asked to stop in order to be recycled, and may take as long as it likes (X57).
    #[must_use]
    pub fn is_being_recycled(&self) -> bool {
        let recycle = self.run.as_ref().and_then(|run| run.recycle);
        recycle.is_some_and(|recycle| matches!(recycle.phase, RecyclePhase::Stopping(_)))
    }

    /// When its run is too old, if that is a ceiling.
    pub(crate) fn too_old_at(&self) -> Option<Time> {
        let age = self.config.extensions.get(RECYCLE_AFTER);
        let age = age.filter(|age| !age.is_zero())?.max(AGE_MIN);
        self.below_ceilings()?;
        Some(self.run.as_ref()?.spawned_at? + age)
    }

    /// How long this run waits before it is recycled: a part of what is set, the same however often it is
    /// asked.
    fn jitter(&self, run: RunId) -> Duration {
        let most = self.config.extensions.get(RECYCLE_JITTER);
        let seed = u64::from(run.service.0) << 32 | u64::from(run.number);
        // Numbers that follow each other are far apart in the result.
        let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let part = (most.as_millis() * u128::from(mixed)) >> 32;
        Duration::from_millis(u64::try_from(part).unwrap_or(u64::MAX))
    }
}

/// X55: it has reached a ceiling.
pub(crate) fn reached(draft: &mut Draft, id: RunId, ceiling: Ceiling) -> Answer {
    if draft.record.below_ceilings() != Some(id) {
        return Answer::Stale;
    }
    let (now, jitter) = (draft.now, draft.record.jitter(id));
    let phase = if jitter.is_zero() {
        RecyclePhase::Turn
    } else {
        RecyclePhase::Spread(now + jitter)
    };
    draft.log(Event::CeilingReached(ceiling));
    if let Some(run) = draft.run(id) {
        run.recycle = Some(Recycle {
            ceiling,
            since: now,
            phase,
        });
    }
    Answer::Accepted
}

/// The age needs no measuring: when it is reached is known.
pub(crate) fn too_old(draft: &mut Draft, id: RunId) -> Answer {
    let lived = draft.record.run.as_ref().and_then(|run| run.spawned_at);
    let lived = draft.now - lived.unwrap_or(draft.now);
    reached(draft, id, Ceiling::age(lived))
}

/// Its jitter is over.
pub(crate) fn spread(draft: &mut Draft, id: RunId) -> Answer {
    match draft.run(id).and_then(|run| run.recycle.as_mut()) {
        Some(recycle) if matches!(recycle.phase, RecyclePhase::Spread(_)) => {
            recycle.phase = RecyclePhase::Turn;
            Answer::Accepted
        }
        _ => Answer::Stale,
    }
}

/// X56: it is its turn.
pub(crate) fn turn(draft: &mut Draft, id: RunId, in_use: bool) -> Answer {
    let refusal = control::refusal(draft, Control::Stop, in_use);
    let patience = patience(&draft.record);
    let until = draft.now + patience;
    if !draft.record.waits_for_recycling() {
        return Answer::Stale;
    }
    let Some(recycle) = draft.run(id).and_then(|run| run.recycle.as_mut()) else {
        return Answer::Stale;
    };
    if let Some(reason) = refusal {
        refused(draft, reason);
        return Answer::Accepted;
    }
    recycle.phase = RecyclePhase::Stopping(Some(until));
    let ceiling = recycle.ceiling;
    draft.record.restart = Some(RestartWanted {
        since: draft.now,
        behind_dependents: false,
        after: None,
        with_needed: false,
        recycle: Some(ceiling),
    });
    // No caller waits for the answer.
    control::pass_on(draft, Control::Stop);
    Answer::Accepted
}

/// It cannot be stopped. The log says so once a run.
pub(crate) fn refused(draft: &mut Draft, reason: DenyReason) {
    let run = draft.record.run.as_mut();
    if let Some(recycle) = run.and_then(|run| run.recycle.as_mut()) {
        recycle.phase = RecyclePhase::Refused;
    }
    draft.log(Event::RecycleDropped(reason.code()));
}

/// X57: its time to stop is over. The log says so, and it is not killed.
pub(crate) fn slow(draft: &mut Draft, id: RunId) -> Answer {
    let patience = patience(&draft.record);
    match draft.run(id).and_then(|run| run.recycle.as_mut()) {
        Some(recycle) if matches!(recycle.phase, RecyclePhase::Stopping(Some(_))) => {
            recycle.phase = RecyclePhase::Stopping(None);
            draft.log(Event::RecycleWaits(millis(patience)));
            Answer::Accepted
        }
        _ => Answer::Stale,
    }
}

/// How long a stop may take before the log says so: any other stop would then end in a kill.
fn patience(record: &ServiceRecord) -> Duration {
    stopping::stop_time(record).unwrap_or(PATIENCE)
}
