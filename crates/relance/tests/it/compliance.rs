//! The scenarios of `compliance/` against the daemon, with real processes, on a clock that the test
//! moves.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use relance_policy::RunId;
use relance_policy::simulate::{Happening, Moment, StartOutcome, When};
use relance_scm::config::{Address, Probe, StartType};
use relance_scm::event::EventSource;
use relance_scm::manager::ServiceInfo;
use relance_scm::settings::{
    PROBE, PROBE_FAILURES, PROBE_INTERVAL, READY, READY_AFTER, STOP_SIGNAL, WATCHDOG,
};
use relance_scm::status::ProcessExit;
use relance_scm::{
    ConfigChange, Control, EndCause, EndCauseKind, ExitCode, ServiceConfig, ServiceKind,
    ServiceName, ServiceState,
};
use relance_testkit::compliance::{Actor, Begin, LoggedEvent, Scenario, Step, Subject};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{self, Puppet, Stage};
use relance_texts::Lang;
use rustix::process::Signal;

use crate::support::{name, relance};

/// Steps of the clock in which a service must have come to run.
const STEPS_MAX: usize = 100;

struct DaemonSubject {
    daemon: Daemon,
    stage: Stage,
    /// A link to the puppet, which is taken away for a start that must fail.
    program: PathBuf,
    name: ServiceName,
    kind: ServiceKind,
    elapsed: Duration,
    next_start: StartOutcome,
    /// The newest run that the subject knows, and its process.
    run: Option<RunId>,
    puppet: Option<Puppet>,
    /// How often it must give a heartbeat, if it must.
    watchdog: Option<Duration>,
    is_hanging: bool,
    /// It has to say that it is ready.
    says_ready: bool,
    /// What its probes connect to.
    probed: Option<(PathBuf, UnixListener)>,
    /// The scenario says what it makes of a stop.
    is_stopping: bool,
}

/// A signal that ends no process: programs are asked to stop with it, and do what the scenario says.
const STOP_SIGNAL_OF_PUPPETS: u8 = 18;

impl DaemonSubject {
    fn new() -> Self {
        Self::with(Daemon::with_manual_clock(relance()))
    }

    fn with(daemon: Daemon) -> Self {
        let stage = Stage::new(daemon.folder(), "scenario");
        let program = daemon.folder().join("puppet");
        symlink(puppet::program(), &program).expect("a link");
        Self {
            daemon,
            stage,
            program,
            name: name("none"),
            kind: ServiceKind::Service,
            elapsed: Duration::ZERO,
            next_start: StartOutcome::Runs,
            run: None,
            puppet: None,
            watchdog: None,
            is_hanging: false,
            says_ready: false,
            probed: None,
            is_stopping: false,
        }
    }

    fn puppet(&mut self) -> &mut Puppet {
        self.puppet.as_mut().expect("the scenario runs it")
    }

    fn advance(&mut self, by: Duration) {
        self.elapsed += by;
        let mut left = by;
        while !left.is_zero() {
            let step = match self.watchdog {
                Some(time) if !self.is_hanging => left.min(time / 2),
                _ => left,
            };
            left -= self.daemon.advance(step);
            self.behave();
            self.beats();
        }
    }

    fn beats(&mut self) {
        let is_beating = self.watchdog.is_some() && !self.is_hanging;
        if is_beating && self.state() == ServiceState::Running {
            self.puppet().order("beat").expect("it is sent");
        }
    }

    fn wait_for(&mut self, moment: &Moment) {
        match moment.when {
            When::At(at) => self.advance(at.saturating_sub(self.elapsed)),
            When::After(delay) => self.advance(delay),
            When::OnceRunning if moment.what.needs_running() => {
                for _ in 0..STEPS_MAX {
                    if self.state() == ServiceState::Running {
                        return;
                    }
                    self.elapsed += self.daemon.advance_to_next();
                    self.behave();
                }
            }
            When::OnceRunning => {}
        }
    }

    /// Lets everything follow that follows at once: what is due is done, every process that was
    /// started does what the scenario wants of it.
    fn behave(&mut self) {
        loop {
            self.daemon.advance(Duration::ZERO);
            let info = self.daemon.wait_until(&self.name, |info| {
                !info.recovery.pending.iter().any(|action| action.executing)
            });
            if info.status.state == ServiceState::StopPending && !self.is_stopping {
                self.obeys();
                continue;
            }
            // One that could not be started is over already.
            let run = info.run.map(|run| run.id);
            let run = run.or_else(|| info.last_end.map(|end| end.run));
            match run.filter(|run| self.is_new(*run)) {
                Some(run) if !self.waits_to_be_created() => self.start_goes(run),
                Some(_) | None => return,
            }
        }
    }

    /// X2: whether its next process is only created when time has passed.
    fn waits_to_be_created(&self) -> bool {
        let said = self
            .daemon
            .ask(|scm, caller, reply| scm.explain(caller, &self.name, reply))
            .expect("the service is there");
        let mut said = said.iter().map(|sentence| sentence.of(Lang::En));
        said.any(|sentence| sentence.contains("its process is created in"))
    }

    /// It was asked to stop, and does.
    fn obeys(&mut self) {
        if self.kind == ServiceKind::Service {
            assert_eq!(self.puppet().next_control(), Control::Stop.to_raw());
        }
        self.stopped(ExitCode::SUCCESS);
    }

    fn is_new(&self, run: RunId) -> bool {
        self.run.is_none_or(|known| run.number > known.number)
    }

    /// Lets probes succeed. Before a run begins: they are made in real time, and would fail while this test is late.
    fn can_be_probed(&mut self, path: PathBuf) {
        let listener = UnixListener::bind(&path).expect("a socket");
        self.probed = Some((path, listener));
    }

    fn start_goes(&mut self, run: RunId) {
        self.run = Some(run);
        self.is_hanging = false;
        self.is_stopping = false;
        let is_over = |info: &ServiceInfo| info.run.as_ref().is_none_or(|now| now.id != run);
        match std::mem::replace(&mut self.next_start, StartOutcome::Runs) {
            StartOutcome::Runs => {
                let mut puppet = self.stage.next_run();
                if self.kind == ServiceKind::Service {
                    puppet.run();
                } else if self.says_ready {
                    puppet.order("say READY=1").expect("it is sent");
                }
                self.daemon.wait_until(&self.name, |info| {
                    let is_said = info.status.state != ServiceState::StartPending;
                    is_said || is_over(info) || !info.config.extensions.get(READY_AFTER).is_zero()
                });
                self.puppet = Some(puppet);
            }
            StartOutcome::NeverConnects => self.puppet = Some(self.stage.next_run()),
            StartOutcome::ExitsBeforeConnecting => {
                self.stage.next_run().tell("exit 1");
                self.daemon.wait_until(&self.name, is_over);
            }
            StartOutcome::FailsWith(_) => {
                self.daemon.wait_until(&self.name, is_over);
                symlink(puppet::program(), &self.program).expect("a link");
            }
        }
    }

    fn wait_for_end(&mut self) {
        let run = self.run;
        self.daemon.wait_until(&self.name, |info| {
            info.run.as_ref().map(|now| now.id) != run
        });
    }
}

impl Actor for DaemonSubject {
    fn exit(&mut self, exit: ProcessExit) {
        match exit {
            ProcessExit::Exited(status) => self.puppet().tell(&format!("exit {status}")),
            ProcessExit::Signaled(signal) => {
                let signal = Signal::from_named_raw(signal).expect("a signal");
                self.puppet().kill(signal);
            }
            ProcessExit::Unknown => unreachable!("no scenario can ask for this"),
        }
        self.wait_for_end();
    }

    fn stopped(&mut self, exit_code: ExitCode) {
        let (win32, specific) = (exit_code.win32().to_raw(), exit_code.specific());
        match self.kind {
            ServiceKind::Service => self.puppet().stopped(win32, specific),
            ServiceKind::Program => {
                let status = specific.max(win32.min(1));
                self.puppet().tell(&format!("exit {status}"));
            }
        }
        self.wait_for_end();
    }

    fn stop(&mut self) {
        self.stop_begins();
        self.stopped(ExitCode::SUCCESS);
    }

    fn stop_now(&mut self) {
        // One that does not run refuses it, which shows in what follows.
        let _ = self.daemon.control(&self.name, Control::Stop);
    }

    fn cancel_recovery(&mut self) {
        self.daemon
            .ask(|scm, caller, reply| scm.cancel_recovery(caller, &self.name, reply))
            .expect("something waits");
    }

    fn end_of(&mut self, cause: &EndCause) {
        let (kind, text) = (cause.kind.name(), &cause.text);
        let order = format!("cause {kind} {text}");
        self.puppet().order(&order).expect("it is sent");
        self.exit(ProcessExit::Exited(255));
    }

    /// STOP is sent and taken.
    fn stop_begins(&mut self) {
        self.daemon
            .control(&self.name, Control::Stop)
            .expect("it takes STOP");
        self.is_stopping = true;
        if self.kind == ServiceKind::Service {
            assert_eq!(self.puppet().next_control(), Control::Stop.to_raw());
            self.puppet().report(ServiceState::StopPending);
        }
    }

    /// Somebody starts it. The answer comes when it has connected, so somebody else waits for it; how
    /// it went is in the log.
    fn start(&mut self) {
        let (manager, name) = (self.daemon.manager(), self.name.clone());
        let known = self.run.map_or(0, |run| run.number);
        let starter = thread::spawn(move || {
            let caller = relance_scm::Caller::system();
            let _ = relance_scm::manager::wait(|reply| {
                relance_scm::ServiceManager::start_service(
                    &manager,
                    &caller,
                    &name,
                    Vec::new(),
                    reply,
                );
            });
        });
        self.daemon.wait_until(&self.name, |info| {
            let run = info.run.as_ref().map(|run| run.id);
            let ended = info.last_end.as_ref().map(|end| end.run);
            run.or(ended).is_some_and(|run| run.number > known)
        });
        self.behave();
        // One that never connects is not answered before its time-out.
        if self.state() != ServiceState::StartPending {
            starter.join().expect("it does not panic");
        }
    }

    fn restart(&mut self) {
        let runs = self.state() != ServiceState::Stopped;
        self.daemon
            .ask(|scm, caller, reply| scm.restart_service(caller, &self.name, false, reply))
            .expect("it is restarted");
        if runs {
            self.obeys();
        }
    }

    fn reload(&mut self) {
        self.daemon
            .control(&self.name, Control::ParamChange)
            .expect("it takes PARAMCHANGE");
    }

    fn hang(&mut self) {
        self.is_hanging = true;
        let time = self.watchdog.expect("a scenario with a watchdog");
        self.advance(time);
        self.wait_for_end();
    }

    fn probe_fails(&mut self) {
        let (path, listener) = self.probed.take().expect("a scenario with a probe");
        fs::remove_file(&path).expect("the socket");
        drop(listener);
        self.wait_for_end();
        self.can_be_probed(path);
    }

    fn set_start_type(&mut self, start_type: StartType) {
        let change = ConfigChange {
            start_type: Some(start_type),
            ..ConfigChange::default()
        };
        self.daemon
            .ask(|scm, caller, reply| scm.change_config(caller, &self.name, change, reply))
            .expect("a legal change");
    }

    fn next_start(&mut self, outcome: StartOutcome) {
        self.next_start = outcome;
        if let StartOutcome::FailsWith(error) = outcome {
            assert_eq!(error, relance_scm::Win32Error::FILE_NOT_FOUND);
            fs::remove_file(&self.program).expect("the link");
        }
    }
}

impl Subject for DaemonSubject {
    fn begin_at(&mut self, begin: &Begin) {
        let options = ["--clock-begins", begin.as_str()];
        *self = Self::with(Daemon::with(relance(), &options));
    }

    fn install(&mut self, config: &ServiceConfig) {
        self.name = config.service_name.clone();
        self.kind = config.kind;
        let mut config = config.clone();
        config.command_line = self.stage.command_line_of(&self.program).into();
        let set = &mut config.extensions;
        self.watchdog = set.get(WATCHDOG);
        self.says_ready = set.get(READY).is_some();
        if config.kind == ServiceKind::Program {
            set.set(STOP_SIGNAL, STOP_SIGNAL_OF_PUPPETS);
        }
        if set.get(PROBE).is_some() {
            // Whatever the scenario names: what is probed is the test's. Probes are made in real time.
            let path = self.daemon.folder().join("probed");
            let address = Address::Unix(path.display().to_string().into());
            set.set(PROBE, Some(Probe::Connect(address)));
            set.set(PROBE_INTERVAL, Duration::from_millis(100));
            set.set(PROBE_FAILURES, Some(1));
            self.can_be_probed(path);
        }
        self.daemon.create(config);
    }

    fn happen(&mut self, moment: &Moment) {
        self.wait_for(moment);
        self.act(&moment.what);
        self.behave();
    }

    fn log(&mut self) -> Vec<LoggedEvent> {
        let events = self.daemon.all_events(&self.name, &[]);
        let of_manager = events
            .into_iter()
            .filter(|entry| entry.source != EventSource::Application);
        of_manager
            .map(|entry| LoggedEvent {
                id: entry.event_id,
                parameters: entry.parameters.iter().map(ToString::to_string).collect(),
            })
            .collect()
    }

    fn state(&mut self) -> ServiceState {
        self.daemon.query(&self.name).status.state
    }

    fn failure_count(&mut self) -> u32 {
        self.daemon.query(&self.name).recovery.failure_count
    }
}

fn runs_out_of_memory(scenario: &Scenario) -> bool {
    scenario.steps.iter().any(|step| match step {
        Step::Happen(moment) => {
            matches!(&moment.what, Happening::Caused(cause) if cause.kind == EndCauseKind::OutOfMemory)
        }
        _ => false,
    })
}

#[test]
fn every_scenario_holds_for_the_daemon() {
    let play = |scenario: &Scenario| {
        // Named where a test waits in vain.
        eprintln!("{}", scenario.id);
        if runs_out_of_memory(scenario) {
            eprintln!("not run: needs the memory controller, and has a test of its own");
            return None;
        }
        scenario.play(&mut DaemonSubject::new()).err()
    };
    let failures: Vec<String> = Scenario::all().iter().filter_map(play).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
