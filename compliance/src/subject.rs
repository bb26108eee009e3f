//! The real service control manager, in real time, as a subject of scenarios.

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs, mem};

use relance_client::{Target, connect};
use relance_policy::simulate::{Moment, StartOutcome, When};
use relance_scm::config::{Secret, StartType};
use relance_scm::event_log::{EventFilter, Timestamp};
use relance_scm::manager::{NewService, ServiceInfo, Watch, next_change_until, wait};
use relance_scm::status::{ProcessExit, ServiceStatus};
use relance_scm::{
    Caller, ConfigChange, Control, EndCause, ExitCode, Reply, ScmError, ServiceConfig,
    ServiceManager, ServiceName, ServiceState, Win32Error, command_line,
};
use relance_testkit::compliance::{Actor, Begin, LoggedEvent, Subject};

use crate::orders::{DO_IT, End, Orders, Start};

/// How long the manager and its log are given to show what follows at once.
const SETTLE: Duration = Duration::from_millis(1500);
/// How long a state is waited for; only a failure takes so long.
const PATIENCE: Duration = Duration::from_secs(60);
/// Entries that no scenario names.
const ROUTINE: [u32; 4] = [7035, 7036, 7040, 7045];

/// See the module. The service is deleted when it goes.
pub(crate) struct RealScm {
    manager: Box<dyn ServiceManager>,
    service: ServiceName,
    orders_path: PathBuf,
    orders: Orders,
    image: String,
    stop_asked: bool,
    began: Instant,
    began_at: Timestamp,
    last: Instant,
}

impl RealScm {
    /// A subject for one scenario.
    ///
    /// # Errors
    /// When the manager cannot be reached.
    pub(crate) fn new(id: &str) -> Result<Self, ScmError> {
        let service = ServiceName::new(format!("relance-compliance-{id}"))?;
        let program = env::current_exe().map_err(|_| Win32Error::FILE_NOT_FOUND)?;
        let orders_path = env::temp_dir().join(format!("{service}-{}.orders", std::process::id()));
        let words = [
            program.to_string_lossy().into_owned(),
            "puppet".to_owned(),
            orders_path.to_string_lossy().into_owned(),
        ];
        Ok(Self {
            manager: Box::new(connect(&Target::Local)?),
            service,
            orders_path,
            orders: Orders::default(),
            image: command_line::join(&words),
            stop_asked: false,
            began: Instant::now(),
            began_at: Timestamp::default(),
            last: Instant::now(),
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<T>),
    ) -> Result<T, ScmError> {
        wait(|reply| request(&*self.manager, &Caller::system(), reply))
    }

    fn info(&self) -> ServiceInfo {
        self.ask(|scm, caller, reply| scm.query_service(caller, &self.service, reply))
            .expect("the service of the scenario is there")
    }

    fn control(&self, control: Control) {
        // A service that is not there to take it shows in what the scenario expects next.
        let _ = self.ask(|scm, caller, reply| {
            scm.control_service(caller, &self.service, control, reply);
        });
    }

    fn change(&self, change: ConfigChange) {
        self.ask(|scm, caller, reply| scm.change_config(caller, &self.service, change, reply))
            .expect("an administrator changes what he made");
    }

    /// Waits, change by change, until something holds of the service.
    fn wait_for(&self, what: &str, holds: impl Fn(&ServiceStatus) -> bool) {
        let until = Instant::now() + PATIENCE;
        let mut watch = self.watch();
        while !holds(&self.info().status) {
            let change = next_change_until(&mut *watch, until);
            assert!(change.is_some(), "not {what} within a minute");
        }
    }

    fn watch(&self) -> Box<dyn Watch> {
        let watch = self.manager.watch(&Caller::system(), None);
        watch.expect("an administrator may watch")
    }

    /// Lets real time pass, which is what the scenario is about.
    fn let_pass(&self, until: Instant) {
        let mut watch = self.watch();
        while next_change_until(&mut *watch, until).is_some() {}
    }

    fn order(&mut self, orders: Orders) {
        self.orders = orders;
        orders
            .write(&self.orders_path)
            .expect("a writable folder for temporary files");
    }

    /// The service ends so: in the stop that has begun, or when it is told to.
    fn end(&mut self, end: End) {
        let process_id = self.info().status.process_id;
        let (by, orders) = if mem::take(&mut self.stop_asked) {
            let orders = Orders {
                in_stop: end,
                ..Orders::default()
            };
            (Control::Stop, orders)
        } else {
            let orders = Orders {
                now: end,
                ..Orders::default()
            };
            (do_it(), orders)
        };
        self.order(orders);
        self.control(by);
        self.wait_for("ended", |status| status.process_id != process_id);
    }

    fn wait_until(&self, moment: &Moment) {
        let at = match moment.when {
            When::At(time) => self.began + time,
            When::After(time) => self.last + time,
            When::OnceRunning if moment.what.needs_running() => {
                self.wait_for("running", |status| status.state == ServiceState::Running);
                return;
            }
            When::OnceRunning => return,
        };
        self.let_pass(at);
    }
}

fn exited(exit: ProcessExit) -> End {
    match exit {
        ProcessExit::Exited(code) => End::Exit(code),
        // Windows has no signals: any other end without a report is the same to its manager (R2).
        ProcessExit::Signaled(_) | ProcessExit::Unknown => End::Exit(1),
    }
}

fn do_it() -> Control {
    Control::from_raw(DO_IT).expect("a custom control")
}

fn stopped(code: ExitCode) -> End {
    End::Stopped(code.win32().to_raw(), code.specific())
}

impl Actor for RealScm {
    fn exit(&mut self, exit: ProcessExit) {
        self.end(exited(exit));
    }

    fn stopped(&mut self, exit_code: ExitCode) {
        self.end(stopped(exit_code));
    }

    fn stop(&mut self) {
        self.stop_begins();
        self.stopped(ExitCode::SUCCESS);
    }

    /// The service must know how to end before STOP reaches it, so STOP is sent with its end.
    fn stop_begins(&mut self) {
        self.stop_asked = true;
    }

    fn stop_now(&mut self) {
        if self.info().status.state == ServiceState::Running {
            return self.stop();
        }
        self.control(Control::Stop);
    }

    fn cancel_recovery(&mut self) {
        unreachable!("Windows cannot do this, and such scenarios are left out");
    }

    fn end_of(&mut self, _: &EndCause) {
        unreachable!("scenarios with causes have rules for them, and are left out");
    }

    fn start(&mut self) {
        // A start that fails shows in what the scenario expects next.
        let started = self.ask(|scm, caller, reply| {
            scm.start_service(caller, &self.service, Vec::new(), reply);
        });
        if started.is_ok() {
            self.wait_for("running", |status| status.state == ServiceState::Running);
        }
    }

    /// Windows has no such request (X22): services.msc does the same.
    fn restart(&mut self) {
        if self.info().status.state != ServiceState::Stopped {
            self.stop();
        }
        self.start();
    }

    fn reload(&mut self) {
        self.control(Control::ParamChange);
    }

    fn hang(&mut self) {
        unreachable!("scenarios with a watchdog are left out");
    }

    fn probe_fails(&mut self) {
        unreachable!("scenarios with probes are left out");
    }

    fn next_start(&mut self, outcome: StartOutcome) {
        let start = match outcome {
            StartOutcome::Runs => Start::Runs,
            StartOutcome::NeverConnects => Start::NeverConnects,
            StartOutcome::ExitsBeforeConnecting => Start::ExitsEarly,
            StartOutcome::FailsWith(_) => {
                // A file that is not there is the one failure that can be made at will.
                self.change(ConfigChange {
                    command_line: Some(r"C:\relance-no-such-program.exe".into()),
                    ..ConfigChange::default()
                });
                return;
            }
        };
        self.order(Orders {
            start,
            ..self.orders
        });
    }

    fn set_start_type(&mut self, start_type: StartType) {
        self.change(ConfigChange {
            start_type: Some(start_type),
            ..ConfigChange::default()
        });
    }
}

impl Subject for RealScm {
    fn begin_at(&mut self, _: &Begin) {
        unreachable!(
            "scenarios that begin at a time have schedules or quiet hours, and are left out"
        );
    }

    fn install(&mut self, config: &ServiceConfig) {
        self.order(Orders::default());
        let mut config = config.clone();
        config.service_name = self.service.clone();
        config.display_name = self.service.as_str().into();
        config.command_line = self.image.as_str().into();
        let service = NewService {
            config,
            password: Secret::default(),
        };
        self.ask(|scm, caller, reply| scm.create_service(caller, service, reply))
            .expect("an administrator creates services");
        let about = self.ask(|scm, caller, reply| scm.query_manager(caller, reply));
        self.began_at = about.expect("a manager knows the time").now;
        self.began = Instant::now();
        self.last = self.began;
    }

    fn happen(&mut self, moment: &Moment) {
        self.wait_until(moment);
        let happened = Instant::now();
        self.act(&moment.what);
        self.last = happened;
        self.let_pass(Instant::now() + SETTLE);
    }

    fn log(&mut self) -> Vec<LoggedEvent> {
        let filter = EventFilter {
            service: Some(self.info().id),
            since: Some(self.began_at),
            limit: u32::MAX,
            ..EventFilter::default()
        };
        let page = self.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
        let entries = page
            .expect("an administrator reads the log")
            .entries
            .into_iter();
        entries
            .filter(|entry| !ROUTINE.contains(&entry.event_id))
            .map(|entry| LoggedEvent {
                id: entry.event_id,
                parameters: entry.parameters,
            })
            .collect()
    }

    fn state(&mut self) -> ServiceState {
        self.info().status.state
    }

    fn failure_count(&mut self) -> u32 {
        self.info().recovery.failure_count
    }
}

impl Drop for RealScm {
    fn drop(&mut self) {
        // R31, R33: what is pending is defeated, then nothing of the scenario stays.
        let change = ConfigChange {
            start_type: Some(StartType::Disabled),
            ..ConfigChange::default()
        };
        let _ = self.ask(|scm, caller, reply| {
            scm.change_config(caller, &self.service, change, reply);
        });
        self.control(Control::Stop);
        let _ = self.ask(|scm, caller, reply| scm.delete_service(caller, &self.service, reply));
        let _ = fs::remove_file(&self.orders_path);
    }
}
