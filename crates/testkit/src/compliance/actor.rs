//! What the service of a scenario can be made to do. What happens in a scenario is one of these.

use relance_policy::simulate::{Happening, StartOutcome};
use relance_scm::config::StartType;
use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, ExitCode};

/// A service that plays a scenario, and the one who controls it.
pub trait Actor {
    /// Its process ends.
    fn exit(&mut self, exit: ProcessExit);
    /// It reports STOPPED.
    fn stopped(&mut self, exit_code: ExitCode);
    /// It is stopped, and does as it is told.
    fn stop(&mut self);
    /// STOP is sent and taken; what the service does then follows.
    fn stop_begins(&mut self);
    /// Somebody asks for a stop, whether it runs or not; it obeys if it does.
    fn stop_now(&mut self);
    /// Somebody cancels the actions that wait.
    fn cancel_recovery(&mut self);
    /// It, or the kernel, tells why it ends, and it ends of that.
    fn end_of(&mut self, cause: &EndCause);
    /// Somebody starts it.
    fn start(&mut self);
    /// Somebody restarts it, and it does as it is told.
    fn restart(&mut self);
    /// PARAMCHANGE is sent to it.
    fn reload(&mut self);
    /// It gives no more heartbeats, until the manager ends it.
    fn hang(&mut self);
    /// Its probes have failed as often as they may.
    fn probe_fails(&mut self);
    /// How its next start goes.
    fn next_start(&mut self, outcome: StartOutcome);
    /// Its start type is changed.
    fn set_start_type(&mut self, start_type: StartType);

    /// Does what happens.
    fn act(&mut self, what: &Happening) {
        match *what {
            Happening::Caused(ref cause) => self.end_of(cause),
            Happening::StopNow => self.stop_now(),
            Happening::CancelRecovery => self.cancel_recovery(),
            Happening::Exit(exit) => self.exit(exit),
            Happening::Stopped(exit_code) => self.stopped(exit_code),
            Happening::Stop => self.stop(),
            Happening::ExitInStop(exit) => {
                self.stop_begins();
                self.exit(exit);
            }
            Happening::StoppedInStop(exit_code) => {
                self.stop_begins();
                self.stopped(exit_code);
            }
            Happening::Start => self.start(),
            Happening::NextStart(outcome) => self.next_start(outcome),
            Happening::Disable => self.set_start_type(StartType::Disabled),
            Happening::Enable => self.set_start_type(StartType::Demand),
            Happening::Restart => self.restart(),
            Happening::Reload => self.reload(),
            Happening::Hang => self.hang(),
            Happening::ProbeFails => self.probe_fails(),
            Happening::Quiet => {}
            // These exist in the simulation only.
            Happening::Lasts(_) | Happening::Asleep(_) => {
                panic!("no scenario can ask for {what}")
            }
        }
    }
}
