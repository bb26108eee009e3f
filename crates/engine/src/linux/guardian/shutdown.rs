//! The shutdown of the daemon. The engine stops the services in good order, as the rules say (S45 to S48).
//! Where it cannot (its database cannot be opened, it is frozen, it does not start), the guardian ends them
//! itself, in the order and with the time that each has (X20): STOP over the channel or the stop signal, then
//! the kill. The database has no record of that; stderr and the exit status tell of it. After every shutdown
//! a mark in the state folder tells the next engine that this was a shutdown and not a crash.

use std::fs::{self, File};
use std::time::Duration;

use relance_scm::ServiceName;

use super::super::clock;
use super::super::process::{kill, log};
use super::super::protocol::{GuardianReport, GuardianRequest, RunKey};
use super::{Guardian, Run};

/// The services were ended without the engine.
pub const EXIT_WITHOUT_ENGINE: i32 = 70;

/// How long an engine may take to begin a shutdown.
const BEGIN_MAX: Duration = Duration::from_secs(10);
/// More than the time that the engine says it needs at most.
const MARGIN: Duration = Duration::from_secs(10);
/// How long processes that were killed may take to end.
const KILL_MAX: Duration = Duration::from_secs(5);
/// After so many engines in a row that could not serve, no further one is tried.
const FAILED_MAX: u32 = 3;

/// How far the end of the daemon has come. Times are nanoseconds since boot.
#[derive(Clone, Copy, Default)]
pub(super) enum Shutdown {
    /// Nobody has asked for it.
    #[default]
    No,
    /// The engine has to do it, until this time; `None`: without a limit.
    Engine { until: Option<u64>, has_begun: bool },
    /// The guardian does it.
    Own,
}

/// How far the end of a run has come that the guardian ends alone. Times are nanoseconds since boot.
#[derive(Clone, Copy, Default)]
pub(super) enum Stop {
    /// Something that needs it runs, or nobody has asked for it.
    #[default]
    No,
    /// It was told to stop, and is killed at this time.
    Told { kill_at: u64 },
    /// It was killed; if it still exists at this time, it cannot be ended.
    Killed { until: u64 },
}

impl Stop {
    fn next(self) -> Option<u64> {
        match self {
            Self::No => None,
            Self::Told { kill_at: at } | Self::Killed { until: at } => Some(at),
        }
    }

    fn is_due(self) -> bool {
        self.next().is_some_and(|at| at <= clock::boottime_ns())
    }
}

impl Shutdown {
    pub(super) fn is_asked(self) -> bool {
        !matches!(self, Self::No)
    }

    /// Whether the guardian ends the services itself.
    pub(super) fn is_own(self) -> bool {
        matches!(self, Self::Own)
    }
}

impl Guardian {
    /// Somebody asked the daemon to end. A second time changes nothing.
    pub(super) fn shut_down(&mut self) {
        if self.shutdown.is_asked() {
            return;
        }
        self.shutdown = Shutdown::Engine {
            until: Some(after(BEGIN_MAX)),
            has_begun: false,
        };
        self.tell(&GuardianReport::Shutdown, vec![]);
    }

    /// A service is down for good, and its settings say that the daemon ends then (X33). The first one
    /// decides, and nothing does during a shutdown.
    pub(super) fn give_up_with(&mut self, service: &str, status: u8) {
        if self.shutdown.is_asked() {
            return;
        }
        log(&format!(
            "{service:?} is down for good, so all services are stopped and the manager ends with status \
             {status} (end_manager_with)"
        ));
        self.status = status.into();
        self.shut_down();
    }

    /// The engine ends the services, within this time.
    pub(super) fn engine_shuts_down(&mut self, within_ms: Option<u64>) {
        // The first answer counts: an engine that ends again and again must not put it off.
        if let Shutdown::Engine {
            until,
            has_begun: has_begun @ false,
        } = &mut self.shutdown
        {
            *has_begun = true;
            let within = within_ms.map(Duration::from_millis);
            *until = within.map(|within| after(within.saturating_add(MARGIN)));
        }
    }

    /// When it has to be looked at.
    pub(super) fn shutdown_next(&self) -> Option<u64> {
        match self.shutdown {
            Shutdown::No => None,
            Shutdown::Engine { until, .. } => until,
            Shutdown::Own => {
                let running = self.runs.values().filter(|run| run.end.is_none());
                running.filter_map(|run| run.stop.next()).min()
            }
        }
    }

    /// In each turn of the loop.
    pub(super) fn go_on_with_shutdown(&mut self) {
        let is_due = || {
            let next = self.shutdown_next();
            next.is_some_and(|at| at <= clock::boottime_ns())
        };
        match self.shutdown {
            Shutdown::No => self.look_after_engine(),
            Shutdown::Engine { .. } => {
                if let Some(why) = self.why_without_engine(is_due()) {
                    self.stop_services(why);
                }
            }
            Shutdown::Own if self.running().is_empty() => self.all_stopped(self.without_engine()),
            Shutdown::Own => self.go_on_alone(),
        }
    }

    fn why_without_engine(&self, is_due: bool) -> Option<&'static str> {
        let engine = self.engine.as_ref();
        if engine.is_some_and(|engine| engine.cannot_serve) {
            Some("it cannot open its database")
        } else if self.engines_failed >= FAILED_MAX {
            Some("it does not start")
        } else if is_due {
            Some("it does not answer")
        } else {
            None
        }
    }

    fn running(&self) -> Vec<RunKey> {
        let running = self.runs.iter().filter(|(_, run)| run.end.is_none());
        running.map(|(key, _)| *key).collect()
    }

    fn stop_services(&mut self, why: &str) {
        let running = self.running();
        log(&format!(
            "the services are stopped without the engine, because {why}; runs: {}",
            running.len()
        ));
        // Its further requests are ignored; if it is frozen, it must not wake up later. One without a database
        // has no requests, and collects the last lines.
        if let Some(engine) = self.engine.take_if(|engine| !engine.cannot_serve) {
            kill(engine.pid, libc::SIGKILL);
        }
        self.shutdown = Shutdown::Own;
        self.go_on_alone();
    }

    /// Tells those whose time has come, and kills those whose time is over.
    fn go_on_alone(&mut self) {
        for key in self.to_be_told() {
            let within = self.grace(key);
            self.set_stop(
                key,
                Stop::Told {
                    kill_at: after(within),
                },
            );
            self.stop_run(key);
        }
        let mut is_given_up = true;
        for key in self.running() {
            match self.runs[&key].stop {
                stop @ Stop::Told { .. } if stop.is_due() => {
                    self.kill_run(key);
                    is_given_up = false;
                }
                stop @ Stop::Killed { .. } if stop.is_due() => {}
                _ => is_given_up = false,
            }
        }
        if is_given_up {
            self.give_up();
        }
    }

    /// The runs that nothing running needs any more. Two services are told together, as on Windows (S48), and
    /// so are those that need each other in a circle.
    fn to_be_told(&self) -> Vec<RunKey> {
        let running: Vec<&Run> = self.runs.values().map(|run| &**run).collect();
        let running = running.into_iter().filter(|run| run.end.is_none());
        let running: Vec<&Run> = running.collect();
        let is_waited_for = |run: &Run| {
            let key = run.service_key();
            let needs = |other: &&Run| {
                let is_ordered = run.stop_grace_ms.is_some() || other.stop_grace_ms.is_some();
                is_ordered && other.needs.iter().any(|need| Some(need) == key.as_ref())
            };
            running.iter().any(needs)
        };
        let untold = || {
            let runs = self.runs.iter();
            runs.filter(|(_, run)| run.end.is_none() && matches!(run.stop, Stop::No))
        };
        let free = untold().filter(|(_, run)| !is_waited_for(run));
        let free: Vec<RunKey> = free.map(|(key, _)| *key).collect();
        let is_somebody_told = running.iter().any(|run| !matches!(run.stop, Stop::No));
        if free.is_empty() && !is_somebody_told {
            return untold().map(|(key, _)| *key).collect();
        }
        free
    }

    fn grace(&self, key: RunKey) -> Duration {
        let own = self.runs[&key].stop_grace_ms;
        own.map_or(self.setup.wait_to_kill, |ms| {
            Duration::from_millis(ms.into())
        })
    }

    fn set_stop(&mut self, key: RunKey, stop: Stop) {
        if let Some(run) = self.runs.get_mut(&key) {
            run.stop = stop;
        }
    }

    fn stop_run(&mut self, key: RunKey) {
        if !self.say_stop(key) {
            let signal = self.runs[&key].stop_signal;
            let stops = true;
            self.request(GuardianRequest::Signal {
                run: key,
                signal,
                stops,
            });
        }
    }

    fn kill_run(&mut self, key: RunKey) {
        let run = &self.runs[&key];
        log(&format!(
            "{} (process {}) did not stop within {} ms and is killed",
            run.name(key),
            run.pid,
            self.grace(key).as_millis()
        ));
        let until = after(KILL_MAX);
        self.set_stop(key, Stop::Killed { until });
        self.request(GuardianRequest::Terminate { run: key });
    }

    /// The status of an end without the engine: that of a service that is down for good, if it is one.
    fn without_engine(&self) -> i32 {
        match self.status {
            0 => EXIT_WITHOUT_ENGINE,
            status => status,
        }
    }

    /// The daemon ends. The engine may not have been able to record that (a full disk), or was not there.
    pub(super) fn all_stopped(&mut self, status: i32) {
        if let Err(error) = File::create(&self.setup.stopped) {
            log(&format!(
                "{} cannot be made ({error}), so the next start will take this shutdown for a crash",
                self.setup.stopped.display()
            ));
        }
        self.ended = Some(status);
    }

    /// Whether the daemon before has stopped all services.
    pub(super) fn is_after_shutdown(&self) -> bool {
        self.setup.stopped.exists()
    }

    /// An engine has been started again.
    pub(super) fn forget_shutdown(&self) {
        // Nearly always there is none.
        let _ = fs::remove_file(&self.setup.stopped);
    }

    fn give_up(&mut self) {
        for key in self.running() {
            let run = &self.runs[&key];
            log(&format!(
                "{} (process {}) was killed and has not ended; it is left behind",
                run.name(key),
                run.pid
            ));
        }
        self.ended = Some(self.without_engine());
    }
}

impl Run {
    /// The name of its service as names are compared.
    fn service_key(&self) -> Option<String> {
        let name = ServiceName::new(self.service.as_deref()?).ok()?;
        Some(name.key())
    }

    fn name(&self, key: RunKey) -> String {
        match &self.service {
            Some(name) => format!("{name:?}"),
            None => format!("run {}.{}", key.0, key.1),
        }
    }
}

fn after(pause: Duration) -> u64 {
    let pause = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
    clock::boottime_ns().saturating_add(pause)
}
