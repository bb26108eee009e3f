//! The engine with simulated processes, in virtual time.

use std::time::Duration;

use relance_policy::RunId;
use relance_policy::Time;
use relance_policy::simulate::{Moment, StartOutcome, When};
use relance_scm::config::StartType;
use relance_scm::event::EventSource;
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, Control, EndCause, EndCauseKind, ExitCode, ServiceConfig, ServiceKind,
    ServiceName, ServiceState,
};

use super::{Actor, Begin, LoggedEvent, Subject};
use crate::simulation::machine::{pending, stopped};
use crate::simulation::world::World;

/// How long `OnceRunning` waits at most.
const HORIZON: Duration = Duration::from_secs(30 * 86_400);

/// See the module.
pub struct EngineSubject {
    world: World,
    name: ServiceName,
    installed_at: Time,
}

impl Default for EngineSubject {
    fn default() -> Self {
        let world = World::new();
        let installed_at = world.now().time;
        Self {
            world,
            name: ServiceName::new("none").expect("a legal name"),
            installed_at,
        }
    }
}

impl EngineSubject {
    /// The world, to do more with it than a scenario says.
    pub fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn run(&self) -> RunId {
        let record = self.world.record(&self.name).expect("installed");
        record.run.as_ref().expect("the scenario runs it").id
    }

    fn wait_for(&mut self, moment: &Moment) {
        let now = self.world.now().time;
        match moment.when {
            When::At(at) => self.world.advance((self.installed_at + at) - now),
            When::After(delay) => self.world.advance(delay),
            When::OnceRunning if moment.what.needs_running() => {
                let until = now + HORIZON;
                while self.state() != ServiceState::Running && self.world.advance_to_next(until) {}
            }
            When::OnceRunning => {}
        }
    }

    fn kind(&self) -> ServiceKind {
        self.world.record(&self.name).expect("installed").kind()
    }
}

impl Actor for EngineSubject {
    fn exit(&mut self, exit: ProcessExit) {
        let run = self.run();
        self.world.machine().exit(run, exit);
    }

    fn stopped(&mut self, exit_code: ExitCode) {
        let run = self.run();
        let exit = match self.kind() {
            ServiceKind::Service => {
                self.world.machine().report(run, stopped(exit_code));
                ProcessExit::Exited(0)
            }
            ServiceKind::Program => {
                let status = exit_code.specific().max(exit_code.win32().to_raw().min(1));
                ProcessExit::Exited(i32::try_from(status).unwrap_or(1))
            }
        };
        self.world.machine().exit(run, exit);
    }

    fn stop(&mut self) {
        let answer = self.world.control(&self.name, Control::Stop);
        self.world.behave();
        answer.take().expect("answered").expect("it takes STOP");
    }

    /// STOP is sent and taken; what the service makes of it is up to the scenario.
    fn stop_begins(&mut self) {
        let run = self.run();
        self.world.machine().set_ignores_stop(run, true);
        self.stop();
        if self.kind() == ServiceKind::Service {
            let report = pending(ServiceState::StopPending, 0);
            self.world.machine().report(run, report);
            self.world.settle();
        }
    }

    fn stop_now(&mut self) {
        // One that does not run refuses it, which shows in what follows.
        let _answer = self.world.control(&self.name, Control::Stop);
        self.world.behave();
    }

    fn cancel_recovery(&mut self) {
        let answer = self.world.cancel_recovery(&self.name);
        self.world.behave();
        answer.take().expect("answered").expect("something waits");
    }

    fn end_of(&mut self, cause: &EndCause) {
        let run = self.run();
        if cause.kind == EndCauseKind::OutOfMemory {
            return self.world.machine().run_out_of_memory(run);
        }
        self.world.machine().tell_cause(run, cause);
        self.exit(ProcessExit::Exited(255));
    }

    fn start(&mut self) {
        let answer = self.world.start(&self.name);
        self.world.behave();
        // How it went is in the log.
        drop(answer);
    }

    fn restart(&mut self) {
        let answer = self.world.restart(&self.name, false);
        self.world.behave();
        answer.take().expect("answered").expect("it is restarted");
    }

    fn reload(&mut self) {
        let answer = self.world.control(&self.name, Control::ParamChange);
        self.world.behave();
        answer
            .take()
            .expect("answered")
            .expect("it takes PARAMCHANGE");
    }

    fn hang(&mut self) {
        let record = self.world.record(&self.name).expect("installed");
        let (run, time) = record.watched().expect("a scenario with a watchdog");
        self.world.machine().hang(run);
        self.world.advance(time);
    }

    fn probe_fails(&mut self) {
        let run = self.run();
        self.world.machine().probe(run, false, 1);
    }

    fn next_start(&mut self, outcome: StartOutcome) {
        self.world.machine().next_start = outcome;
    }

    fn set_start_type(&mut self, start_type: StartType) {
        let change = ConfigChange {
            start_type: Some(start_type),
            ..ConfigChange::default()
        };
        let answer = self.world.change(&self.name, change);
        self.world.behave();
        answer.take().expect("answered").expect("a legal change");
    }
}

impl Subject for EngineSubject {
    fn begin_at(&mut self, begin: &Begin) {
        let now = i64::try_from(self.world.now().time.as_nanos() / 1_000_000);
        self.world
            .set_wall(begin.seconds() * 1000 - now.expect("a short life"));
    }

    fn install(&mut self, config: &ServiceConfig) {
        self.name = config.service_name.clone();
        let created = self.world.create(config.clone());
        self.world.behave();
        created.take().expect("answered").expect("a legal service");
        self.installed_at = self.world.now().time;
    }

    fn happen(&mut self, moment: &Moment) {
        self.wait_for(moment);
        self.act(&moment.what);
        self.world.behave();
    }

    fn log(&mut self) -> Vec<LoggedEvent> {
        let log = self.world.log();
        log.iter()
            .filter(|entry| entry.source != EventSource::Application)
            .map(|entry| LoggedEvent {
                id: entry.event_id,
                parameters: entry.parameters.iter().map(ToString::to_string).collect(),
            })
            .collect()
    }

    fn state(&mut self) -> ServiceState {
        self.world.state(&self.name)
    }

    fn failure_count(&mut self) -> u32 {
        let record = self.world.record(&self.name).expect("installed");
        record.failure_count
    }
}
