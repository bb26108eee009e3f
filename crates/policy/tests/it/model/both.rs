//! The production policy beside the model: the same happens to both, and both must tell the same story.

use std::time::Duration;

use relance_policy::Time;
use relance_policy::simulate::{Clock, Happening, Moment, Simulation, When, is_routine};
use relance_scm::event::Event;
use relance_scm::{ServiceConfig, ServiceState};

use super::entry::entry;
use super::{Entry, Model, Periodic};

/// The production policy beside the model.
#[derive(Debug)]
pub(crate) struct Both {
    pub(crate) simulation: Simulation,
    pub(crate) model: Model,
}

impl Both {
    pub(crate) fn new(config: &ServiceConfig) -> Self {
        Self::at(config, 0)
    }

    /// At this second of the day.
    pub(crate) fn at(config: &ServiceConfig, clock: u32) -> Self {
        Self {
            simulation: Simulation::at(config.clone().into(), clock),
            model: Model::new(config, clock),
        }
    }

    /// The same with a schedule; the service is stopped at first.
    pub(crate) fn by_the_clock(config: &ServiceConfig, schedule: Periodic) -> Self {
        let clock = Clock::new(schedule.begin, move |after| Some(schedule.next(after)));
        Self {
            simulation: Simulation::new(config.clone().into()).with(clock),
            model: Model::new(config, 0).with(schedule),
        }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        let moment = Moment {
            when: When::After(time),
            what: Happening::Quiet,
        };
        self.simulation.play(&moment);
        self.model.pass(time);
    }

    pub(crate) fn happen(&mut self, what: Happening) {
        self.simulation.happen(what.clone());
        self.model.happen(what);
    }

    pub(crate) fn restart(&mut self) {
        self.simulation.restart();
        self.model.restart();
    }

    /// Both tell the same story.
    pub(crate) fn check(&self) {
        self.simulation
            .record()
            .check_laws()
            .expect("the laws hold");
        let told: Vec<(Time, Entry)> = self
            .simulation
            .timeline()
            .logged()
            .filter(|(_, event)| !is_routine(event) && **event != Event::RestartAsked)
            .map(|(at, event)| (at, entry(event)))
            .collect();
        assert_eq!(told, self.model.log);
        let running = self.simulation.record().state == ServiceState::Running;
        assert_eq!(running, self.model.running);
        assert_eq!(self.simulation.record().failure_count, self.model.count());
    }
}
