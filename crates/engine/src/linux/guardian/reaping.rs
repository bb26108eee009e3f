//! Children that have ended: what each was, and what it leaves behind.

use super::super::clock;
use super::super::process::kill_group;
use super::super::protocol::{Exit, GuardianReport, RunKey};
use super::super::signals::reap;
use super::Guardian;
use super::journal::End;

impl Guardian {
    /// Takes notice of all that have ended.
    pub(super) fn reap_all(&mut self) {
        while let Some((pid, exit)) = reap(|pid, exit| self.before_reaping(pid, exit)) {
            self.reaped(pid, exit);
        }
    }

    /// Processes left of a run that has ended would run beside the next run. The process is still a
    /// zombie, so its number cannot belong to anybody else.
    fn before_reaping(&mut self, pid: u32, exit: Exit) {
        if self.stop_commands.contains_key(&pid) || self.probes.contains_key(&pid) {
            return kill_group(pid);
        }
        let Some(key) = self.by_pid.get(&pid).copied() else {
            return;
        };
        if self.runs.get(&key).is_none_or(|run| run.asked.main) {
            return;
        }
        // Not needed after any other end.
        if exit == Exit::Status(0) {
            let left = self.others_in_group(&self.runs[&key]) + self.end_strays(key);
            if let Some(run) = self.runs.get_mut(&key) {
                run.left = left;
            }
        }
        kill_group(pid);
    }

    fn reaped(&mut self, pid: u32, exit: Exit) {
        if self.engine.as_ref().is_some_and(|engine| engine.pid == pid) {
            return self.engine_ended(exit);
        }
        if self.console_ended(pid, exit) || self.notifier_ended(pid, exit) {
            return;
        }
        if let Some(key) = self.by_pid.remove(&pid) {
            self.run_ended(key, exit);
        } else if let Some(process) = self.stop_commands.remove(&pid) {
            self.stop_process_ended(process, exit);
        } else if let Some(probe) = self.probes.remove(&pid) {
            self.probe_ended(probe, exit);
        }
    }

    /// The main process of a run has ended. The end is on record before anybody is told.
    pub(super) fn run_ended(&mut self, key: RunKey, exit: Exit) {
        if !self.hold_back(key, exit) {
            self.run_is_over(key, exit);
        }
    }

    pub(super) fn run_is_over(&mut self, key: RunKey, exit: Exit) {
        let at_ns = clock::boottime_ns();
        let memory_kills = self.memory_kills(&self.runs[&key]);
        let left = self.runs[&key].left;
        let end = End {
            exit,
            at_ns,
            memory_kills,
            left,
        };
        if let Some(run) = self.runs.get_mut(&key) {
            run.end = Some(Box::new(end));
        }
        self.end_probe(key);
        self.write_end(key, end);
        let (next, fds) = self.carry_out_order(key, &end).unzip();
        let next = next.map(Box::new);
        let is_cleared = next.is_some();
        self.tell(
            &GuardianReport::Exited {
                run: key,
                exit,
                at_ns,
                memory_kills,
                left,
                next,
            },
            fds.unwrap_or_default(),
        );
        self.expect_word();
        // The engine is busy meanwhile; it asks for the next run later.
        if !is_cleared {
            self.kill_control_group(&self.runs[&key]);
        }
    }

    pub(super) fn write_end(&mut self, key: RunKey, end: End) {
        if let (Some(journal), Some(run)) = (&mut self.journal, self.runs.get(&key))
            && let Some(slot) = &run.slot
        {
            journal.end(slot, end);
        }
    }
}
