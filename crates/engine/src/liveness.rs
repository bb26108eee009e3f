//! Who must give heartbeats, and until when (X40): in memory only.
//!
//! Signs of life come often and say nothing new, so they are not facts: a beat moves a deadline here, and does
//! not reach the records, the database or watchers. Only a deadline that passes is an input of policy, which
//! decides what follows (`Input::Hung`). A new engine begins with full times, because it cannot know what was
//! sent while there was none.
//!
//! The records say which runs are watched ([`ServiceRecord::watched`](relance_policy::ServiceRecord)).

use std::collections::BTreeMap;
use std::time::Duration;

use relance_policy::{RunId, ServiceId, Time};

/// If the engine sees a deadline this late, the run may not have missed it: the machine was suspended, or this
/// engine stood still, and beats may wait to be read.
const LATE: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Liveness {
    watched: BTreeMap<ServiceId, Watched>,
    /// When to look next: at the earliest deadline, or before it. A beat does not change it, so that beats set
    /// no timers.
    look_at: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Watched {
    run: RunId,
    time: Duration,
    until: Time,
}

impl Liveness {
    /// Takes note of what the record of a service now says: that this run must give a heartbeat each `time`, or
    /// that none must.
    pub(crate) fn watch(
        &mut self,
        service: ServiceId,
        watched: Option<(RunId, Duration)>,
        now: Time,
    ) {
        let Some((run, time)) = watched else {
            return self.forget(service);
        };
        let is_known = |old: &Watched| (old.run, old.time) == (run, time);
        if self.watched.get(&service).is_some_and(is_known) {
            return;
        }
        let until = now + time;
        self.watched.insert(service, Watched { run, time, until });
        self.look_at = Some(self.look_at.map_or(until, |at| at.min(until)));
    }

    /// The service is gone.
    pub(crate) fn forget(&mut self, service: ServiceId) {
        self.watched.remove(&service);
    }

    /// A run lives.
    pub(crate) fn beat(&mut self, run: RunId, now: Time) {
        if let Some(watched) = self.watched.get_mut(&run.service)
            && watched.run == run
        {
            watched.until = now + watched.time;
        }
    }

    /// When to look for silent runs. Beats do not wake the engine.
    pub(crate) fn deadline(&self) -> Option<Time> {
        self.look_at
    }

    /// Runs whose time is over. They are not watched any more.
    pub(crate) fn take_silent(&mut self, now: Time) -> Vec<RunId> {
        if self.look_at.is_none_or(|at| now < at) {
            return Vec::new();
        }
        let mut silent = Vec::new();
        self.watched.retain(|_, watched| {
            if now < watched.until {
                return true;
            }
            if now - watched.until >= LATE {
                watched.until = now + watched.time;
                return true;
            }
            silent.push(watched.run);
            false
        });
        self.look_at = self.watched.values().map(|watched| watched.until).min();
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn run(service: u32, number: u32) -> RunId {
        RunId {
            service: ServiceId(service),
            number,
        }
    }

    fn at(seconds: u64) -> Time {
        Time::from_millis(seconds * 1000)
    }

    fn watching(service: u32, number: u32) -> Liveness {
        let mut liveness = Liveness::default();
        let watched = Some((run(service, number), 10 * SECOND));
        liveness.watch(ServiceId(service), watched, at(0));
        liveness
    }

    #[test]
    fn x40_a_run_that_beats_in_time_lives_and_one_that_does_not_is_told_once() {
        let mut liveness = watching(1, 1);
        liveness.beat(run(1, 1), at(9));
        assert_eq!(liveness.take_silent(at(10)), []);
        assert_eq!(liveness.take_silent(at(18)), []);
        assert_eq!(liveness.take_silent(at(19)), [run(1, 1)]);
        assert_eq!(
            (liveness.take_silent(at(60)), liveness.deadline()),
            (vec![], None)
        );
    }

    #[test]
    fn x40_a_beat_sets_no_timer() {
        let mut liveness = watching(1, 1);
        let before = liveness.deadline();
        for second in 1..10 {
            liveness.beat(run(1, 1), at(second));
            assert_eq!(liveness.deadline(), before);
        }
        // The engine looks once without effect, and again at the moved deadline.
        assert_eq!(liveness.take_silent(at(10)), []);
        assert_eq!(liveness.deadline(), Some(at(19)));
    }

    #[test]
    fn x40_beats_of_another_run_do_not_count() {
        let mut liveness = watching(1, 2);
        liveness.beat(run(1, 1), at(9));
        liveness.beat(run(2, 2), at(9));
        assert_eq!(liveness.take_silent(at(10)), [run(1, 2)]);
    }

    #[test]
    fn x40_what_the_record_says_again_does_not_prolong() {
        let mut liveness = watching(1, 1);
        liveness.watch(ServiceId(1), Some((run(1, 1), 10 * SECOND)), at(9));
        assert_eq!(liveness.take_silent(at(10)), [run(1, 1)]);
    }

    #[test]
    fn x40_paused_stopping_and_ended_runs_need_no_heartbeat() {
        let mut liveness = watching(1, 1);
        liveness.watch(ServiceId(1), None, at(5));
        assert_eq!(liveness.take_silent(at(10)), []);
    }

    #[test]
    fn x40_after_a_suspension_everybody_has_a_whole_time_again() {
        let mut liveness = watching(1, 1);
        assert_eq!(liveness.take_silent(at(3600)), []);
        assert_eq!(liveness.take_silent(at(3610)), [run(1, 1)]);
    }
}
