//! What the service of a scenario can be made to do. What happens in a scenario is one of these.

use relance_policy::simulate::{Happening, StartOutcome};
use relance_scm::ExitCode;
use relance_scm::config::StartType;
use relance_scm::status::ProcessExit;

/// A service that plays a scenario, and the one who controls it.
pub trait Actor {
    /// Its process ends.
    fn exit(&mut self, exit: ProcessExit);
    /// It reports STOPPED.
    fn stopped(&mut self, exit_code: ExitCode);
    /// It is stopped, and does as it is told.
    fn stop(&mut self);
    /// It is stopped, and its process ends.
    fn exit_in_stop(&mut self, exit: ProcessExit);
    /// It is stopped, and reports STOPPED with this code.
    fn stopped_in_stop(&mut self, exit_code: ExitCode);
    /// Somebody starts it.
    fn start(&mut self);
    /// How its next start goes.
    fn next_start(&mut self, outcome: StartOutcome);
    /// Its start type is changed.
    fn set_start_type(&mut self, start_type: StartType);

    /// Does what happens.
    fn act(&mut self, what: &Happening) {
        match *what {
            Happening::Exit(exit) => self.exit(exit),
            Happening::Stopped(exit_code) => self.stopped(exit_code),
            Happening::Stop => self.stop(),
            Happening::ExitInStop(exit) => self.exit_in_stop(exit),
            Happening::StoppedInStop(exit_code) => self.stopped_in_stop(exit_code),
            Happening::Start => self.start(),
            Happening::NextStart(outcome) => self.next_start(outcome),
            Happening::Disable => self.set_start_type(StartType::Disabled),
            Happening::Enable => self.set_start_type(StartType::Demand),
            // Windows takes no heartbeats, makes no probes and is told no causes: no scenario has any.
            Happening::Quiet
            | Happening::Lasts(_)
            | Happening::Asleep(_)
            | Happening::Hang
            | Happening::ProbeFails
            | Happening::Caused(_) => {}
        }
    }
}
