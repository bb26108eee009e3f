//! What clients ask in turmoil.

use std::time::Duration;

use relance_engine::command::ConfigRequest;
use relance_scm::config::{Dependency, Probe, Readiness, Secret, StartType};
use relance_scm::failure_actions::{FailureActionsChange, ResetPeriod};
use relance_scm::manager::NewService;
use relance_scm::settings::{
    CONTROL_SIGNALS, END_MANAGER_WITH, FAIL_ON_EXIT, NO_RESTART_ON_EXIT, PROBE, QUIET_HOURS, READY,
    READY_AFTER, RECYCLE_ABOVE, RECYCLE_AFTER, RECYCLE_AFTER_JOBS, RECYCLE_JITTER, RESTART_GROUP,
    RESTART_ON_EXIT, RESTART_ON_EXIT_LIMIT, RETRY_FAILED_STARTS, SCHEDULE, START_DEADLINE,
    STOP_COMMAND, STOP_DEADLINE, WATCHDOG, WHEN_DEPENDENCY_FAILS, WHEN_START_MISSED,
    WHEN_STILL_RUNNING,
};
use relance_scm::{
    ConfigChange, Control, RecoveryAction, RecoveryActionKind, ServiceConfig, ServiceKind,
    ServiceName, UserControl,
};

use super::{SERVICES, Turmoil, name};
use crate::simulation::truth::PLANNED;

/// The soft ceiling of memory, in bytes.
pub(super) const LINE: u64 = 1000;
/// That of jobs.
pub(super) const JOBS: u64 = 20;

impl Turmoil {
    pub(super) fn client_asks(&mut self) {
        if !self.world.is_ready() {
            return;
        }
        let index = self.random.usize(..SERVICES);
        let name = name(index);
        match self.random.u32(..22) {
            0..8 => {
                self.note(format_args!("start {name}"));
                let answer = self.world.start(&name);
                self.expect_answer(answer);
            }
            8..13 => self.sends_control(&name),
            13 => {
                self.note(format_args!("terminate {name}"));
                let answer = self.world.terminate(&name);
                self.expect_answer(answer);
            }
            14 => {
                self.note(format_args!("cancel the recovery of {name}"));
                let answer = self.world.cancel_recovery(&name);
                self.expect_answer(answer);
            }
            15 => {
                self.note(format_args!("delete {name}"));
                let answer = self.world.delete(&name);
                self.expect_answer(answer);
            }
            16 | 17 => {
                let dependents = self.random.bool();
                self.note(format_args!("restart {name}, dependents too: {dependents}"));
                let answer = self.world.restart(&name, dependents);
                self.expect_answer(answer);
            }
            _ => self.configures(index),
        }
    }

    fn sends_control(&mut self, name: &ServiceName) {
        let control = match self.random.u32(..8) {
            0..4 => Control::Stop,
            4 => Control::Pause,
            5 => Control::Continue,
            6 => Control::Interrogate,
            _ => Control::User(UserControl::new(200).expect("a legal code")),
        };
        self.note(format_args!("send {control:?} to {name}"));
        let answer = self.world.control(name, control);
        self.expect_answer(answer);
    }

    fn configures(&mut self, index: usize) {
        let answer = match self.random.u32(..4) {
            0 => {
                let config = self.config(index);
                self.note(format_args!("create {}", config.service_name));
                self.world.create(config)
            }
            1 => {
                let apply = (0..SERVICES).map(|index| NewService {
                    config: self.config(index),
                    password: Secret::new(""),
                });
                let changes = apply
                    .map(|service| ConfigRequest::Apply(Box::new(service)))
                    .collect();
                self.note("apply all");
                self.world.configure(changes)
            }
            _ => {
                let change = self.config_change();
                self.note(format_args!("change {index}: {change:?}"));
                self.world.change(&name(index), change)
            }
        };
        self.expect_answer(answer);
    }

    fn config_change(&mut self) -> ConfigChange {
        let mut change = ConfigChange::default();
        match self.random.u32(..3) {
            0 => {
                let types = [StartType::Demand, StartType::Disabled, StartType::Auto];
                change.start_type = self.random.choice(types);
            }
            1 => change.failure_actions_on_non_crash_failures = Some(self.random.bool()),
            _ => {
                change.failure_actions = Some(FailureActionsChange {
                    actions: Some(self.actions()),
                    reset_period: Some(self.reset_period()),
                    ..FailureActionsChange::default()
                });
            }
        }
        change
    }

    pub(super) fn actions(&mut self) -> Vec<RecoveryAction> {
        use RecoveryActionKind as Kind;
        let kinds = [
            Kind::None,
            Kind::Restart,
            Kind::Restart,
            Kind::Restart,
            Kind::RunCommand,
            Kind::Reboot,
        ];
        let count = self.random.usize(..4);
        let action = |_| {
            let kind = *self.random.choice(&kinds).expect("some kinds");
            let delay = *self
                .random
                .choice(&[0, 0, 100, 1000, 60_000])
                .expect("some");
            RecoveryAction::new(kind, delay)
        };
        (0..count).map(action).collect()
    }

    fn reset_period(&mut self) -> ResetPeriod {
        match self.random.u32(..4) {
            0 => ResetPeriod::Seconds(0),
            1 => ResetPeriod::Seconds(30),
            2 => ResetPeriod::Seconds(86_400),
            _ => ResetPeriod::Infinite,
        }
    }

    /// X55: with a soft ceiling, or several.
    fn recycles(&mut self, config: &mut ServiceConfig) {
        let set = &mut config.extensions;
        if self.random.bool() {
            set.set(RECYCLE_ABOVE, Some(LINE));
        }
        if self.random.bool() {
            set.set(RECYCLE_AFTER_JOBS, Some(JOBS));
        }
        if self.random.bool() {
            let age = Duration::from_secs(self.random.u64(180..900));
            set.set(RECYCLE_AFTER, Some(age));
        }
        if self.random.bool() {
            set.set(RECYCLE_JITTER, Duration::from_secs(self.random.u64(1..40)));
        }
    }

    /// A program that is always restarted at once, so that it gets standing orders (X111).
    fn worker(&mut self, index: usize) -> ServiceConfig {
        let mut config = ServiceConfig::new(name(index), "/bin/worker");
        config.kind = ServiceKind::Program;
        config.start_type = StartType::Auto;
        config.failure_actions.actions =
            [RecoveryAction::new(RecoveryActionKind::Restart, 0)].into();
        config.failure_actions.reset_period = self.reset_period();
        config.failure_actions_on_non_crash_failures = self.random.bool();
        let set = &mut config.extensions;
        set.set(RETRY_FAILED_STARTS, self.common.retries_starts);
        set.set(FAIL_ON_EXIT, self.common.failing());
        if self.random.u32(..4) == 0 {
            set.set(WATCHDOG, Some(Duration::from_secs(20)));
        }
        if self.random.u32(..6) == 0 {
            set.set(RESTART_ON_EXIT, [PLANNED].into());
        }
        if self.random.u32(..4) == 0 {
            self.recycles(&mut config);
        }
        config
    }

    /// What only programs have.
    fn is_a_program(&mut self, config: &mut ServiceConfig) {
        let set = &mut config.extensions;
        set.set(FAIL_ON_EXIT, self.common.failing());
        if self.random.u32(..3) == 0 {
            set.set(READY, Some(Readiness::Notify));
        }
        if self.random.u32(..3) == 0 {
            set.set(STOP_COMMAND, Some("stop".into()));
        }
        if self.random.u32(..3) == 0 {
            let signals = "200=USR1".parse().expect("a signal for a control");
            set.set(CONTROL_SIGNALS, Some(signals));
        }
    }

    pub(super) fn config(&mut self, index: usize) -> ServiceConfig {
        // A run keeps its kind, and a list of statuses is for programs: where it decides, no service becomes another one.
        let may_be_a_program = !self.common.listed || index.is_multiple_of(2);
        if self.faults.orders && may_be_a_program && !self.chance(4) {
            return self.worker(index);
        }
        let mut config = ServiceConfig::new(name(index), "/bin/service");
        let is_program = may_be_a_program && (self.common.listed || self.random.u32(..3) == 0);
        if is_program {
            config.kind = ServiceKind::Program;
            if self.random.bool() {
                config.extensions.set(RESTART_ON_EXIT, [PLANNED].into());
                let limit = self.common.statuses.then_some(2);
                config.extensions.set(RESTART_ON_EXIT_LIMIT, limit);
            }
        }
        if self.random.u32(..4) == 0 {
            let schedule = self.random.choice(["*:0/20 UTC", "*:*:0/30 UTC"]);
            let schedule = schedule.map(Into::into);
            config.extensions.set(SCHEDULE, schedule);
            let overlap = if self.random.bool() { "queue" } else { "skip" };
            config.extensions.set(WHEN_STILL_RUNNING, overlap);
            let missed = if self.random.bool() { "run" } else { "skip" };
            config.extensions.set(WHEN_START_MISSED, missed);
        }
        if self.random.u32(..4) == 0 {
            let time = Duration::from_secs(self.random.u64(1..30));
            config.extensions.set(WATCHDOG, Some(time));
        }
        if self.random.u32(..4) == 0 {
            config.extensions.set(PROBE, Some(Probe::Output));
        }
        if self.random.u32(..3) == 0 {
            self.recycles(&mut config);
        }
        if config.kind == ServiceKind::Program {
            self.is_a_program(&mut config);
        }
        if self.random.u32(..3) == 0 {
            config.start_type = StartType::Auto;
            config.delayed_auto_start = self.random.bool();
        }
        if self.faults.shutdown && self.random.u32(..6) == 0 {
            config.extensions.set(END_MANAGER_WITH, Some(70));
        }
        if self.common.statuses {
            config.extensions.set(NO_RESTART_ON_EXIT, [3].into());
        }
        let retries = self.common.retries_starts;
        config.extensions.set(RETRY_FAILED_STARTS, retries);
        if self.common.deadlines {
            let ready_after = Duration::from_millis(150);
            config.extensions.set(READY_AFTER, ready_after);
            let deadline = Some(Duration::from_secs(20));
            config.extensions.set(START_DEADLINE, deadline);
            config.extensions.set(STOP_DEADLINE, deadline);
        }
        if self.common.groups {
            config.extensions.set(RESTART_GROUP, Some("all".into()));
            // A world begins in them.
            let hours = (index == 3).then(|| "00:10-00:40".into());
            config.extensions.set(QUIET_HOURS, hours);
        }
        config.failure_actions.actions = self.actions().into();
        config.failure_actions.reset_period = self.reset_period();
        config.failure_actions.command = "notify %1%".into();
        config.failure_actions_on_non_crash_failures = self.random.bool();
        // Mostly upwards, so that circles are rare, but tried.
        if self.random.u32(..3) == 0 {
            let other = match self.random.u32(..8) {
                0 => self.random.usize(..=SERVICES),
                _ => (index + 1).min(SERVICES - 1),
            };
            config.dependencies = [Dependency::Service(name(other))].into();
            if self.common.minds {
                let modes = ["alone", "held", "restart"];
                let mode = self.random.choice(modes).expect("some modes");
                config.extensions.set(WHEN_DEPENDENCY_FAILS, mode);
            }
        }
        config
    }
}
