//! Commands that stop a program (X25), as the engine asks for them and hears of them.

use std::sync::Arc;

use relance_policy::RunId;
use relance_scm::ServiceConfig;
use relance_scm::settings::STOP_COMMAND;

use super::LinuxProcesses;
use super::ask::{TOO_LONG, outcome};
use crate::linux::plan;
use crate::linux::protocol::{Exit, GuardianRequest, VERSION_STOP_COMMAND};
use crate::linux::spawn::SpawnError;
use crate::processes::{Fact, Processes};

impl LinuxProcesses {
    /// # Errors
    /// Why it cannot even be asked for.
    pub(super) fn ask_for_stop_command(
        &mut self,
        run: RunId,
        config: &ServiceConfig,
    ) -> Result<(), String> {
        if self.version < VERSION_STOP_COMMAND {
            let text =
                "the guardian is of an older version and runs none; relance upgrade replaces it";
            return Err(text.to_owned());
        }
        let main = self.runs.get(&run).map_or(0, |known| known.pid);
        let line = config.extensions.get(STOP_COMMAND).unwrap_or_default();
        let (around, controllers) = (&self.around, self.controllers());
        let spec = plan::beside_run(&line, run, main, config, around, controllers)
            .map_err(|problem| problem.sentence.to_string())?;
        let program: Box<str> = spec.program.as_str().into();
        let run_key = run.into();
        if !self.ask_if_it_fits(&GuardianRequest::StopCommand { run: run_key, spec }) {
            return Err(plan::advice(config, &program, TOO_LONG).to_string());
        }
        self.stop_commands
            .insert(run, (Arc::new(config.clone()), program));
        Ok(())
    }

    pub(super) fn stop_command_failed(&mut self, run: RunId, problem: &str) {
        let problem = Some(problem.into());
        self.facts
            .push_back(Fact::StopCommandEnded { run, problem });
    }

    pub(super) fn stop_command_ended(&mut self, run: RunId, result: Result<Exit, SpawnError>) {
        let asked = self.stop_commands.remove(&run);
        let asked = asked
            .as_ref()
            .map(|(config, program)| (&**config, &**program));
        let problem = outcome(result, asked).err().map(Into::into);
        self.facts
            .push_back(Fact::StopCommandEnded { run, problem });
    }
}
