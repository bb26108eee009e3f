//! Scaling in turmoil: in some worlds somebody sets again and again how many instances of a template there are, as
//! `relance scale` does, while they crash and engines are killed. A command whose engine dies is typed again.
//!
//! What must hold: only instances that are too many are told to stop, and in the end there are as many as were asked
//! for last, each with its process unless something says why not.

use std::collections::BTreeSet;
use std::time::Duration;

use relance_engine::command::ConfigRequest;
use relance_policy::{RunId, ServiceId, ServiceRecord};
use relance_scm::config::{Probe, Secret, StartType};
use relance_scm::manager::NewService;
use relance_scm::settings::{FAIL_ON_EXIT, PROBE, RETRY_FAILED_STARTS, WATCHDOG};
use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};

use super::{INSTANCES, Turmoil, name};

/// The most turns that an orderly scaling may take in peace.
const TURNS_MAX: usize = 100;

/// Who scales.
#[derive(Debug, Default)]
pub(super) struct Scaling {
    /// How many instances there are to be, as long as there are not.
    goal: Option<usize>,
    /// What was asked for last.
    last: usize,
    /// Instances that were too many.
    surplus: BTreeSet<ServiceId>,
    /// How often it was done.
    pub(super) done: usize,
}

impl Turmoil {
    /// One of the requests that a scaling makes.
    pub(super) fn scales(&mut self) {
        if !self.world.is_ready() || self.shut_down {
            return;
        }
        let Some(goal) = self.scaling.goal else {
            let goal = self.random.usize(1..=INSTANCES);
            self.note(format_args!("scale w@ {goal}"));
            self.scaling.goal = Some(goal);
            self.scaling.last = goal;
            return;
        };
        let instances = self.instances();
        let number = |record: &ServiceRecord| record.config.service_name.instance()?.1.parse().ok();
        let numbers: Vec<usize> = instances.iter().filter_map(number).collect();
        let missing: Vec<usize> = (1..=goal).filter(|n| !numbers.contains(n)).collect();
        if !missing.is_empty() {
            return self.adds(&missing);
        }
        if let Some(new) = instances.iter().find(|record| was_never_started(record)) {
            let name = &new.config.service_name;
            self.note(format_args!("start {name}, which is new"));
            let answer = self.world.start(name);
            return self.expect_answer(answer);
        }
        let surplus = instances
            .iter()
            .filter(|record| number(record) > Some(goal));
        match surplus.collect::<Vec<_>>().as_slice() {
            [] => {
                self.scaling.goal = None;
                self.scaling.done += 1;
            }
            [.., last] => self.removes(last),
        }
    }

    /// The instances that there are, those without a deletion on record.
    fn instances(&self) -> Vec<ServiceRecord> {
        let records = self.world.records();
        let instances = records.filter(|record| record.config.service_name.instance().is_some());
        instances
            .filter(|record| !record.marked_for_delete)
            .map(|record| (**record).clone())
            .collect()
    }

    fn adds(&mut self, numbers: &[usize]) {
        let names: Vec<_> = numbers.iter().map(|number| name(number - 1)).collect();
        let new = names.iter().map(|name| {
            let mut config = self.scaled();
            config.service_name = name.clone();
            config.display_name = name.as_str().into();
            ConfigRequest::Apply(Box::new(NewService {
                config,
                password: Secret::new(""),
            }))
        });
        let new = new.collect();
        self.note(format_args!("add {names:?}"));
        let answer = self.world.configure(new);
        self.expect_answer(answer);
    }

    fn removes(&mut self, record: &ServiceRecord) {
        let name = &record.config.service_name;
        self.scaling.surplus.insert(record.id);
        if record.state == ServiceState::Stopped {
            self.note(format_args!("delete {name}, which is too many"));
            let answer = self.world.delete(name);
            self.expect_answer(answer);
        } else if self.is_mute(record) {
            // A STOP is refused, or never obeyed: somebody ends it by force, as the refusal says.
            self.note(format_args!("terminate {name}, which is too many"));
            let answer = self.world.terminate(name);
            self.expect_answer(answer);
        } else if record.state != ServiceState::StopPending {
            self.note(format_args!("stop {name}, which is too many"));
            let answer = self.world.control(name, Control::Stop);
            self.expect_answer(answer);
        }
    }

    /// Whether its channel is broken: it can neither be told anything nor say anything more.
    fn is_mute(&self, record: &ServiceRecord) -> bool {
        let machine = self.world.machine();
        let run = record.run.as_ref().map(|run| run.id);
        let history = run.and_then(|run| machine.history.runs.get(&run));
        history.is_some_and(|history| history.silenced)
    }

    /// The definition of every instance: the same in a world.
    fn scaled(&self) -> ServiceConfig {
        let mut chosen = fastrand::Rng::with_seed(self.seed);
        let mut config = ServiceConfig::new(name(0), "/bin/worker %i");
        if chosen.bool() {
            config.kind = ServiceKind::Program;
            config.extensions.set(FAIL_ON_EXIT, self.common.failing());
        }
        let retries = self.common.retries_starts;
        config.extensions.set(RETRY_FAILED_STARTS, retries);
        config.start_type = StartType::Auto;
        let delay = *chosen.choice(&[0, 100, 60_000]).expect("some");
        let kind = relance_scm::RecoveryActionKind::Restart;
        config.failure_actions.actions = [relance_scm::RecoveryAction::new(kind, delay)].into();
        config.failure_actions_on_non_crash_failures = chosen.bool();
        if chosen.bool() {
            config.extensions.set(PROBE, Some(Probe::Output));
        }
        if chosen.bool() {
            let time = Duration::from_secs(20);
            config.extensions.set(WATCHDOG, Some(time));
        }
        config
    }

    /// In peace: what was begun is finished, and holds.
    pub(super) fn scales_to_the_end(&mut self) -> Result<(), String> {
        if !self.faults.scales {
            return Ok(());
        }
        self.only_surplus_was_stopped()?;
        if self.shut_down || self.scaling.last == 0 {
            return Ok(());
        }
        self.scaling.goal = Some(self.scaling.last);
        for _ in 0..TURNS_MAX {
            self.scales();
            self.world.behave();
            if self.scaling.goal.is_none() {
                self.only_surplus_was_stopped()?;
                return self.are_as_many_as_asked();
            }
        }
        Err(format!("the scaling never ends: {:?}", self.scaling))
    }

    fn are_as_many_as_asked(&self) -> Result<(), String> {
        let instances = self.instances();
        if instances.len() != self.scaling.last {
            let names = instances.iter().map(|record| &record.config.service_name);
            let names: Vec<_> = names.collect();
            return Err(format!("{} instances: {names:?}", self.scaling.last));
        }
        match instances.iter().find(|record| was_never_started(record)) {
            Some(idle) => Err(format!("an instance was never started: {idle:#?}")),
            None => Ok(()),
        }
    }

    /// Nobody else stops in such a world.
    fn only_surplus_was_stopped(&self) -> Result<(), String> {
        let machine = self.world.machine();
        let kept = |run: &RunId| !self.scaling.surplus.contains(&run.service);
        let stopped = machine
            .history
            .runs
            .iter()
            .find(|(run, history)| kept(run) && history.stop_delivered && !history.in_shutdown);
        match stopped {
            Some((run, history)) => Err(format!(
                "{run} was stopped although it was not too many: {history:?}"
            )),
            None => Ok(()),
        }
    }
}

fn was_never_started(record: &ServiceRecord) -> bool {
    record.run.is_none() && record.last_end.is_none() && record.pending_actions.is_empty()
}
