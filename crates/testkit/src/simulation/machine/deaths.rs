//! The death of the engine, of the guardian and of the machine: what is lost with each, and what the next one is told.

use std::collections::BTreeSet;

use relance_engine::processes::Fact;
use relance_policy::{Notice, RunId};
use relance_scm::ServiceKind;
use relance_scm::status::ProcessExit;

use super::Machine;
use super::process::{SimChannel, StopCommand};

impl Machine {
    /// The engine is gone. Of what it asked last, only the first so many requests were sent.
    pub fn engine_died(&mut self, sent: usize) {
        self.requests.truncate(sent);
        while self.carry_out() {}
        self.drop_orders();
        self.facts.clear();
        for process in self.processes.values_mut() {
            process.end_told = false;
            process.signs.is_told = false;
            process.bad_probes = 0;
            process.channel.read = process.channel.taken;
            process.channel.broken_told = false;
        }
    }

    /// Guardian and engine are killed. Of the last requests, the guardian has begun only the first ones, as many as
    /// are given. A request that it had begun is carried out or not: a process whose id was on record goes on to its
    /// program, others do not exist. `forgets` says for each end that was not told yet whether it is missing from the
    /// journal.
    ///
    /// The next guardian knows what the run journal holds: processes, ends, commands.
    pub fn guardian_died(&mut self, begun: usize, mut forgets: impl FnMut() -> bool) {
        self.engine_died(begun);
        self.is_unattended = true;
        for run in self.processes.keys().copied().collect::<Vec<_>>() {
            let process = self.processes.get_mut(&run).expect("listed above");
            let is_lost = process.end.is_some() && !process.end_recorded && forgets();
            process.orphaned = true;
            process.signs.lose();
            process.command_is_orphaned = process.stop_command == StopCommand::Runs;
            process.channel = SimChannel {
                is_broken: process.channel.is_broken,
                ..SimChannel::default()
            };
            if process.kind == ServiceKind::Service {
                self.silence(run);
            }
            if is_lost {
                self.end_unseen(run);
            }
        }
    }

    /// The run journal is lost, and the new guardian knows only what the database names: the processes of `recorded`.
    /// It kills those of other runs with their control groups. `is_new` says for which runs the database does not
    /// know that they have a process.
    pub fn lose_journal(&mut self, recorded: &BTreeSet<RunId>, is_new: impl Fn(RunId) -> bool) {
        for run in self.processes.keys().copied().collect::<Vec<_>>() {
            let has_ended = self.processes[&run].end.is_some();
            if recorded.contains(&run) {
                // It is not known either whether its stop command was run.
                self.history.stop_commands.remove(&run);
                if let Some(process) = self.processes.get_mut(&run) {
                    process.stop_command = StopCommand::None;
                }
                if has_ended {
                    self.end_unseen(run);
                }
                continue;
            }
            self.exit(run, ProcessExit::Signaled(9));
            self.processes.remove(&run);
            if is_new(run) {
                // It is not on record, so the engine begins it again.
                self.history.runs.remove(&run);
            }
        }
        // It is not known either that a command was run, so it is run again.
        for id in std::mem::take(&mut self.commands).keys() {
            self.history.commands.retain(|known| known != id);
        }
    }

    /// A new guardian has read the journal.
    pub fn guardian_began(&mut self) {
        self.is_unattended = false;
        for process in self.processes.values_mut() {
            // What ended meanwhile is on record before the engine is told.
            process.end_recorded = process.end.is_some();
            // What was said meanwhile is said again once it is attached.
            process.channel.sent.clear();
        }
    }

    /// A new engine is told everything that is there.
    pub fn greet(&mut self) {
        for run in self.processes.keys().copied().collect::<Vec<_>>() {
            let process = &self.processes[&run];
            self.facts.push_back(Fact::Found {
                run,
                pid: process.pid,
                birth: process.birth,
            });
            let signs = &self.processes[&run].signs;
            if signs.are_awaited && signs.are_lost {
                let notices = vec![Notice::Ready];
                self.facts.push_back(Fact::Noticed { run, notices });
            }
            self.look(run);
            if let StopCommand::Ended(is_well) = self.processes[&run].stop_command {
                self.tell_stop_command(run, is_well);
            }
            if self.processes[&run].is_over() {
                self.tell_end(run);
            }
        }
        for (id, result) in &self.commands {
            self.facts.push_back(Fact::CommandDone {
                id: *id,
                result: *result,
            });
        }
        self.facts.push_back(Fact::Caught);
    }

    /// After the guardian's death services come back over the manager's socket.
    pub fn attach_all(&mut self) {
        for process in self.processes.values_mut() {
            process.attach();
        }
    }

    /// The machine goes off and on again.
    pub fn reboot(&mut self) {
        self.requests.clear();
        self.facts.clear();
        self.processes.clear();
        self.commands.clear();
        self.orders.clear();
        self.history.runs.clear();
        self.history.terminated.clear();
        self.history.stop_commands.clear();
        self.history.commands.clear();
        self.is_shutting_down = false;
        self.is_shut_down = false;
    }
}
