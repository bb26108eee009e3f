//! Commands that stop a program (X25), as the engine asks for them and hears of them.

use std::sync::Arc;

use relance_policy::RunId;
use relance_scm::ServiceConfig;

use super::LinuxProcesses;
use super::ask::TOO_LONG;
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
        let spec = plan::for_stop(run, main, config, &self.around, self.controllers())
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
        let problem = match result {
            Ok(Exit::Status(0)) => None,
            Ok(Exit::Status(status)) => Some(format!("it ended with status {status}")),
            Ok(Exit::Signal(signal)) => Some(format!("it was ended by signal {signal}")),
            Ok(Exit::Unknown) => Some("nobody saw how it ended".to_owned()),
            Err(error) => Some(match asked {
                Some((config, program)) => plan::advice(&config, &program, error).to_string(),
                None => std::io::Error::from_raw_os_error(error.errno).to_string(),
            }),
        };
        let problem = problem.map(Into::into);
        self.facts
            .push_back(Fact::StopCommandEnded { run, problem });
    }
}
