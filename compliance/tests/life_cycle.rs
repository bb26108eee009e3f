//! The life cycle of services under the real service control manager, or Wine's.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use relance_client::{Target, connect};
use relance_scm::config::{EnvironmentVariable, PriorityClass, Secret, StartType};
use relance_scm::manager::{NewService, ServiceInfo, next_change_until, wait};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    Caller, ConfigChange, Control, ControlsAccepted, ExitCode, Reply, ScmError, ServiceConfig,
    ServiceManager, ServiceName, ServiceState, Win32Error, command_line,
};

/// How long a state is waited for; only a failure takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service whose process is the puppet; gone when the test is.
struct Service {
    manager: Box<dyn ServiceManager>,
    name: ServiceName,
    orders: PathBuf,
}

impl Service {
    /// Not created yet: a name, and a file of orders.
    fn new(test: &str) -> Self {
        let name = format!("relance-test-{test}-{}", std::process::id());
        let orders = std::env::temp_dir().join(format!("{name}.orders"));
        let service = Self {
            manager: Box::new(connect(&Target::Local).unwrap()),
            name: ServiceName::new(name).unwrap(),
            orders,
        };
        service.order("runs", "stopped 0 0", "exit 1");
        service
    }

    fn created(test: &str) -> Self {
        let service = Self::new(test);
        service.create(service.config()).unwrap();
        service
    }

    fn started(test: &str) -> Self {
        let service = Self::created(test);
        service.start().unwrap();
        service.wait_for(|status| status.state == ServiceState::Running);
        service
    }

    fn config(&self) -> ServiceConfig {
        let words = [
            env!("CARGO_BIN_EXE_relance-compliance").to_owned(),
            "puppet".to_owned(),
            self.orders.to_str().unwrap().to_owned(),
        ];
        ServiceConfig::new(self.name.clone(), command_line::join(&words))
    }

    fn order(&self, start: &str, in_stop: &str, now: &str) {
        std::fs::write(&self.orders, format!("{start}\n{in_stop}\n{now}\n")).unwrap();
    }

    fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<T>),
    ) -> Result<T, ScmError> {
        wait(|reply| request(&*self.manager, &Caller::system(), reply))
    }

    fn create(&self, config: ServiceConfig) -> Result<(), ScmError> {
        let new = NewService {
            config,
            password: Secret::default(),
        };
        self.ask(|scm, caller, reply| scm.create_service(caller, new, reply))
    }

    fn change(&self, change: ConfigChange) -> Result<(), ScmError> {
        self.ask(|scm, caller, reply| scm.change_config(caller, &self.name, change, reply))
    }

    fn start(&self) -> Result<(), ScmError> {
        self.ask(|scm, caller, reply| scm.start_service(caller, &self.name, Vec::new(), reply))
    }

    fn control(&self, code: u32) -> Result<ServiceStatus, ScmError> {
        let control = Control::from_raw(code).unwrap();
        self.ask(|scm, caller, reply| scm.control_service(caller, &self.name, control, reply))
    }

    fn delete(&self) -> Result<(), ScmError> {
        self.ask(|scm, caller, reply| scm.delete_service(caller, &self.name, reply))
    }

    fn query(&self) -> Result<ServiceInfo, ScmError> {
        self.ask(|scm, caller, reply| scm.query_service(caller, &self.name, reply))
    }

    fn status(&self) -> ServiceStatus {
        self.ask(|scm, caller, reply| scm.query_status(caller, &self.name, reply))
            .unwrap()
    }

    /// Waits, change by change, until something holds of its status.
    fn wait_for(&self, holds: impl Fn(&ServiceStatus) -> bool) -> ServiceStatus {
        let until = Instant::now() + PATIENCE;
        let mut watch = self.manager.watch(&Caller::system(), None).unwrap();
        loop {
            let status = self.status();
            if holds(&status) {
                return status;
            }
            let change = next_change_until(&mut *watch, until);
            assert!(change.is_some(), "still {status:?}");
        }
    }

    fn wait_until_stopped(&self) -> ServiceStatus {
        self.wait_for(|status| status.state == ServiceState::Stopped)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.control(1);
        let _ = self.delete();
        let _ = std::fs::remove_file(&self.orders);
    }
}

/// The code of a refusal.
fn code<T: std::fmt::Debug>(result: Result<T, ScmError>) -> u32 {
    result.unwrap_err().code().to_raw()
}

#[test]
fn s8_starts_pauses_continues_and_stops() {
    let service = Service::created("controls");
    let status = service.status();
    assert_eq!(status.state, ServiceState::Stopped);
    assert_eq!(status.exit_code, ExitCode::NEVER_STARTED, "S1");
    service.start().unwrap();
    let running = service.wait_for(|status| status.state == ServiceState::Running);
    assert_ne!(running.process_id, 0);
    assert!(running.controls_accepted.contains(ControlsAccepted::STOP));
    service.control(2).unwrap();
    service.wait_for(|status| status.state == ServiceState::Paused);
    service.control(3).unwrap();
    service.wait_for(|status| status.state == ServiceState::Running);
    // S21: custom controls need no accept bit.
    service.control(201).unwrap();
    service.control(4).unwrap();
    service.control(1).unwrap();
    let stopped = service.wait_until_stopped();
    assert_eq!(
        (stopped.exit_code, stopped.process_id),
        (ExitCode::SUCCESS, 0)
    );
}

/// Whether this is Wine, which leaves its mark on the environment.
fn is_wine() -> bool {
    std::env::var_os("WINELOADER").is_some()
}

#[test]
fn r9_a_crash_is_on_record_as_1067() {
    let service = Service::started("crash");
    let crashed = service.status().process_id;
    service.order("runs", "stopped 0 0", "exit 3");
    service.control(200).unwrap();
    if is_wine() {
        // Wine 8 keeps RUNNING on record; a start finds out that the process is gone.
        let until = Instant::now() + PATIENCE;
        while let Err(refused) = service.start() {
            assert_eq!(refused.code().to_raw(), 1056);
            assert!(Instant::now() < until, "the process has not ended");
        }
        let again = service.wait_for(|status| status.state == ServiceState::Running);
        assert_ne!(again.process_id, crashed);
        return;
    }
    let status = service.wait_until_stopped();
    assert_eq!(status.exit_code, ExitCode::PROCESS_ABORTED);
}

#[test]
fn r8_5_a_stop_with_an_error_keeps_its_codes() {
    let service = Service::started("error-stop");
    service.order("runs", "stopped 1066 5", "exit 1");
    service.control(1).unwrap();
    assert_eq!(
        service.wait_until_stopped().exit_code,
        ExitCode::ServiceSpecific(5)
    );
}

#[test]
fn errors_are_windows_own() {
    let service = Service::new("errors");
    assert_eq!(code(service.query()), 1060);
    assert_eq!(code(service.start()), 1060);
    assert_eq!(code(service.delete()), 1060);
    service.create(service.config()).unwrap();
    assert_eq!(code(service.create(service.config())), 1073);
    assert_eq!(code(service.control(1)), 1062, "S30: it does not run");
    service
        .change(ConfigChange {
            start_type: Some(StartType::Disabled),
            ..ConfigChange::default()
        })
        .unwrap();
    assert_eq!(code(service.start()), 1058);
}

#[test]
fn s35_a_running_service_is_not_started_again() {
    let service = Service::started("twice");
    assert_eq!(code(service.start()), 1056);
    assert_eq!(service.status().state, ServiceState::Running);
}

#[test]
fn r8_8_a_process_that_ends_before_it_connects_is_a_failed_start() {
    let service = Service::created("early");
    service.order("exits-early", "stopped 0 0", "exit 1");
    assert_eq!(code(service.start()), 1053);
    assert_eq!(service.status().state, ServiceState::Stopped);
}

#[test]
fn r8_9_a_program_that_is_not_there_is_a_failed_start() {
    let service = Service::new("missing");
    let mut config = service.config();
    config.command_line = r"C:\relance\no-such-program.exe".into();
    service.create(config).unwrap();
    assert_eq!(code(service.start()), Win32Error::FILE_NOT_FOUND.to_raw());
}

#[test]
fn c31_a_deleted_service_is_gone_when_it_has_stopped() {
    let service = Service::started("delete");
    service.delete().unwrap();
    assert_eq!(code(service.delete()), 1072, "C30");
    service.control(1).unwrap();
    let until = Instant::now() + PATIENCE;
    let mut watch = service.manager.watch(&Caller::system(), None).unwrap();
    while service.query().is_ok() {
        assert!(
            next_change_until(&mut *watch, until).is_some(),
            "it is still there"
        );
    }
    assert_eq!(code(service.query()), 1060);
}

#[test]
fn c12_environment_and_priority_read_back() {
    let service = Service::new("environment");
    let mut config = service.config();
    let variable = |name, value| EnvironmentVariable::new(name, value).unwrap();
    config.environment = [
        variable("A", "1"),
        variable("É", "漢 = x"),
        variable("C", ""),
    ]
    .into();
    config.priority = Some(PriorityClass::BelowNormal);
    config.description = "é 漢".into();
    service.create(config.clone()).unwrap();
    let stored = service.query().unwrap().config;
    assert_eq!(
        stored.environment, config.environment,
        "B50: three and more"
    );
    assert_eq!(stored.priority, config.priority);
    assert_eq!(stored.description, config.description);
    let none = ConfigChange {
        environment: Some(Vec::new()),
        priority: Some(None),
        ..ConfigChange::default()
    };
    service.change(none).unwrap();
    let stored = service.query().unwrap().config;
    assert!(stored.environment.is_empty() && stored.priority.is_none());
}

#[test]
fn c19_a_change_keeps_what_it_does_not_name() {
    let service = Service::created("change");
    service
        .change(ConfigChange {
            display_name: Some("Relance's é".into()),
            ..ConfigChange::default()
        })
        .unwrap();
    let stored = service.query().unwrap().config;
    assert_eq!(&*stored.display_name, "Relance's é");
    assert_eq!(stored.command_line, service.config().command_line);
    assert_eq!(stored.start_type, StartType::Demand);
}

#[test]
fn services_are_listed_with_their_states() {
    let service = Service::started("list");
    let all = service
        .ask(|scm, caller, reply| scm.enumerate(caller, reply))
        .unwrap();
    let info = all
        .services
        .iter()
        .find(|info| info.config.service_name == service.name);
    assert_eq!(info.unwrap().status.state, ServiceState::Running);
}
