//! Commands of probes (X43): the thread of probes wants them, the guardian runs them.

use relance_policy::RunId;
use relance_scm::command_line;

use super::LinuxProcesses;
use super::ask::{TOO_LONG, outcome};
use crate::linux::plan;
use crate::linux::protocol::{Exit, GuardianRequest, VERSION_PROBE_COMMAND};
use crate::linux::spawn::SpawnError;
use crate::processes::Processes;

impl LinuxProcesses {
    pub(super) fn run_probe(&mut self, run: RunId, number: u32) {
        if let Err(problem) = self.ask_for_probe(run, number) {
            self.prober.answer(run, number, Err(problem));
        }
    }

    /// # Errors
    /// Why it cannot even be asked for.
    fn ask_for_probe(&mut self, run: RunId, number: u32) -> Result<(), String> {
        let Some((line, config)) = self.prober.command_of(run) else {
            return Ok(()); // It is not probed any more.
        };
        if self.version < VERSION_PROBE_COMMAND {
            let text = "the guardian is of an older version; relance upgrade replaces it";
            return Err(text.to_owned());
        }
        let main = self.runs.get(&run).map_or(0, |known| known.pid);
        let (around, controllers) = (&self.around, self.controllers());
        let spec = plan::beside_run(&line, run, main, &config, around, controllers)
            .map_err(|problem| problem.sentence.to_string())?;
        let program = spec.program.clone();
        let key = run.into();
        if !self.ask_if_it_fits(&GuardianRequest::Probe {
            run: key,
            number,
            spec,
        }) {
            return Err(plan::advice(&config, &program, TOO_LONG).to_string());
        }
        Ok(())
    }

    pub(super) fn end_probe(&mut self, run: RunId) {
        if self.version >= VERSION_PROBE_COMMAND {
            self.ask(&GuardianRequest::EndProbe { run: run.into() });
        }
    }

    pub(super) fn probe_ended(
        &mut self,
        run: RunId,
        number: u32,
        result: Result<Exit, SpawnError>,
    ) {
        let asked = self.prober.command_of(run);
        let words = asked.as_ref().map(|(line, _)| command_line::split(line));
        let program = words.iter().flatten().next();
        let asked = asked.as_ref().zip(program);
        let asked = asked.map(|((_, config), program)| (&**config, program.as_str()));
        self.prober.answer(run, number, outcome(result, asked));
    }
}
