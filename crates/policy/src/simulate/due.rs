//! What happens in a simulation without the script: deadlines, the ends of runs that last for a time, starts by
//! the clock, and how a sleep of the machine changes their times.

use std::time::Duration;

use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, ServiceKind};

use super::{Occurrence, Simulation};
use crate::input::Input;
use crate::record::{RunId, Timer};
use crate::schedule::is_missed;
use crate::time::Time;

/// How many of the starts after the end of a time line are named.
const NEXT_STARTS: usize = 3;

/// What comes by itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    Timer(Timer),
    /// Its work is done.
    End(RunId),
    /// A start by the clock, planned for this time of it.
    Start(i64),
}

impl Simulation {
    /// From now on each run ends by itself, without a failure, when it has run for so long.
    pub(super) fn last(&mut self, time: Duration) {
        self.lasts = Some(time);
        let run = self.record.run.as_ref().filter(|run| run.pid != 0);
        self.ends = run.map(|run| (run.id, self.now + time));
    }

    /// The machine sleeps: runs stand still, and what was due meanwhile is due when it wakes up
    /// (ADR 136).
    pub(super) fn sleep(&mut self, time: Duration) {
        self.now = self.now + time;
        if let Some((_, at)) = &mut self.ends {
            *at = *at + time;
        }
        self.fire_what_is_due();
        self.advance_to(self.now);
    }

    /// The last heartbeat of a run was just now. What else is due until its time is over happens first;
    /// without a watchdog nobody ever notices.
    pub(super) fn hang(&mut self, run: RunId) {
        if let Some((watched, time)) = self.record.watched()
            && watched == run
        {
            self.advance_to(self.now + time);
            self.input(Input::Hung { run });
        }
    }

    /// The next thing that happens without the script. At the same time deadlines come first, as in
    /// the engine.
    pub(super) fn next_due(&self) -> Option<(Time, Due)> {
        let timer = self.record.next_deadline();
        let timer = timer.map(|(at, timer)| (at, Due::Timer(timer)));
        let end = self.ends.map(|(run, at)| (at, Due::End(run)));
        let start = self.clock.as_ref().and_then(|clock| {
            let at = self.record.scheduled?.next?;
            Some((clock.time(at), Due::Start(at)))
        });
        let all = [timer, end, start].into_iter().flatten();
        all.min_by_key(|(at, _)| *at)
    }

    pub(super) fn come(&mut self, due: Due) {
        match due {
            Due::Timer(timer) => self.fire(timer),
            Due::End(run) => {
                self.ends = None;
                self.note(Occurrence::Finished);
                match self.record.config.kind {
                    ServiceKind::Service => self.report_stopped(run, ExitCode::SUCCESS),
                    ServiceKind::Program => {
                        let exit = ProcessExit::Exited(0);
                        self.input(Input::ProcessExited { run, exit });
                    }
                }
            }
            Due::Start(at) => self.start_by_clock(at),
        }
    }

    /// What the engine does at a time of the schedule.
    fn start_by_clock(&mut self, at: i64) {
        let Some(clock) = &self.clock else { return };
        let wall = clock.wall(self.now);
        let next = clock.next(wall);
        let missed = is_missed(at, wall);
        self.note(Occurrence::ScheduledStart);
        self.input(Input::ScheduleDue { at, next, missed });
    }

    pub(super) fn next_starts(&self) -> Vec<i64> {
        let Some(clock) = &self.clock else {
            return Vec::new();
        };
        let first = self.record.scheduled.and_then(|scheduled| scheduled.next);
        std::iter::successors(first, |at| clock.next(*at))
            .take(NEXT_STARTS)
            .collect()
    }
}
