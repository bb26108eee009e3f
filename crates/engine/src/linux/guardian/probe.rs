//! Commands that show whether a run lives (X43). They are not in the control group of the run, where they would
//! be taken for processes that it has left behind. They end with this guardian and are not in the journal: if
//! one is lost, the next one shows the same.

use std::os::fd::AsFd;

use super::super::process::kill_group;
use super::super::protocol::{Exit, GuardianReport, RunKey};
use super::super::spawn::{ChildFds, SpawnError, SpawnSpec};
use super::Guardian;

/// A command that is at work.
#[derive(Clone, Copy)]
pub(super) struct ProbeCommand {
    run: RunKey,
    /// Which of the run's.
    number: u32,
}

impl Guardian {
    /// Runs one. Its end is reported, unless it was killed for the next one.
    pub(super) fn probe(&mut self, run: RunKey, number: u32, mut spec: SpawnSpec) {
        self.end_probe(run);
        if self.runs.get(&run).is_none_or(|known| known.end.is_some()) {
            return;
        }
        spec.dies_with_guardian = true;
        let fds = ChildFds::nowhere(self.null.as_fd());
        match self.spawner.spawn(&spec, &fds, None, None) {
            Ok(pid) => {
                self.probes.insert(pid, ProbeCommand { run, number });
            }
            Err(error) => self.tell_probe(ProbeCommand { run, number }, Err(error)),
        }
    }

    /// Kills the one of a run that is at work, if there is one.
    pub(super) fn end_probe(&mut self, run: RunKey) {
        self.probes.retain(|pid, probe| {
            let is_other = probe.run != run;
            if !is_other {
                kill_group(*pid);
            }
            is_other
        });
    }

    /// One has ended by itself. The processes that it left were killed before its process id was free.
    pub(super) fn probe_ended(&mut self, probe: ProbeCommand, exit: Exit) {
        self.tell_probe(probe, Ok(exit));
    }

    fn tell_probe(&mut self, probe: ProbeCommand, result: Result<Exit, SpawnError>) {
        let ProbeCommand { run, number } = probe;
        self.tell(
            &GuardianReport::ProbeEnded {
                run,
                number,
                result,
            },
            vec![],
        );
    }
}
