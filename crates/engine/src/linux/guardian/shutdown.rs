//! The end of the daemon. The engine ends the services in good order, as the rules say (S45 to S48).
//! Where it cannot (its database cannot be opened, it is frozen, it does not start), the guardian ends
//! them itself: STOP over the channel or the stop signal, the time that a shutdown gives, then the kill.
//! The database knows nothing of that; people are told on stderr and by the exit status. After every
//! shutdown a mark in the state folder tells the next engine that it was one and no crash.

use std::fs::{self, File};
use std::time::Duration;

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
/// So many engines in a row that could not serve: the next one would not either.
const FAILED_MAX: u32 = 3;

/// How far the end of the daemon is. Times are nanoseconds since boot.
#[derive(Clone, Copy, Default)]
pub(super) enum Shutdown {
    /// Nobody has asked for it.
    #[default]
    No,
    /// The engine is to do it, until then; `None`: it has all the time it wants.
    Engine { until: Option<u64>, has_begun: bool },
    /// The guardian does it: what is left then is killed.
    Stopping { kill_at: u64 },
    /// What was left was killed; what is left then cannot be ended.
    Killing { until: u64 },
}

impl Shutdown {
    pub(super) fn is_asked(self) -> bool {
        !matches!(self, Self::No)
    }

    /// Whether the guardian ends the services itself.
    pub(super) fn is_own(self) -> bool {
        matches!(self, Self::Stopping { .. } | Self::Killing { .. })
    }

    /// When it has to be looked at.
    pub(super) fn next(self) -> Option<u64> {
        match self {
            Self::No => None,
            Self::Engine { until, .. } => until,
            Self::Stopping { kill_at: at } | Self::Killing { until: at } => Some(at),
        }
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

    /// In each turn of the loop.
    pub(super) fn go_on_with_shutdown(&mut self) {
        let is_due = self
            .shutdown
            .next()
            .is_some_and(|at| at <= clock::boottime_ns());
        match self.shutdown {
            Shutdown::No => self.look_after_engine(),
            Shutdown::Engine { .. } => {
                if let Some(why) = self.why_without_engine(is_due) {
                    self.stop_services(why);
                }
            }
            _ if self.running().is_empty() => self.all_stopped(self.without_engine()),
            Shutdown::Stopping { .. } if is_due => self.kill_services(),
            Shutdown::Killing { .. } if is_due => self.give_up(),
            Shutdown::Stopping { .. } | Shutdown::Killing { .. } => {}
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
        // Whatever it still asks for is not done; if it is frozen, it must not wake up later. One without
        // a database asks for nothing, and collects the last lines.
        if let Some(engine) = self.engine.take_if(|engine| !engine.cannot_serve) {
            kill(engine.pid, libc::SIGKILL);
        }
        for key in running {
            self.stop_run(key);
        }
        let kill_at = after(self.setup.wait_to_kill);
        self.shutdown = Shutdown::Stopping { kill_at };
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

    fn kill_services(&mut self) {
        for key in self.running() {
            let run = &self.runs[&key];
            log(&format!(
                "{} (process {}) did not stop within {} ms and is killed",
                run.name(key),
                run.pid,
                self.setup.wait_to_kill.as_millis()
            ));
            self.request(GuardianRequest::Terminate { run: key });
        }
        self.shutdown = Shutdown::Killing {
            until: after(KILL_MAX),
        };
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

    /// An engine has begun anew.
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
