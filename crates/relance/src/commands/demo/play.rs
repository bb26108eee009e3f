//! Prints events as they happen, waits for the expected ones, and counts which of them came.
//!
//! Everything is learnt from the manager's change stream, so nothing here polls or sleeps.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::manager::{
    RunInfo, ServiceInfo, Watch, Watched, WatchedChange, next_change_until,
};
use relance_scm::{Control, RunId, ScmError, ServiceName, ServiceState};

use super::daemon::Daemon;
use crate::cli::{CommandFailure, Manager};
use crate::plain::plain;
use crate::text::now;

/// Whether a play can go on.
pub(super) type Played<T = ()> = Result<T, CommandFailure>;

/// How long to wait for what should happen at once, or after a delay of a second.
const PATIENCE: Duration = Duration::from_secs(15);
/// Column in which explanations stand.
const INDENT: usize = 12;

/// A play: the manager, what it has said so far, and what was expected of it.
pub(super) struct Play {
    pub(super) manager: Manager,
    watch: Box<dyn Watch>,
    begin: Timestamp,
    services: BTreeMap<String, ServiceInfo>,
    pub(super) entries: Vec<LogEntry>,
    /// Entries before this belong to an earlier scene.
    scene: usize,
    /// The run whose last words were told.
    last_words_of: Option<RunId>,
    pub(super) expectations: Vec<Expectation>,
    pub(super) delays: Vec<Delay>,
}

/// Something that should hold.
pub(super) struct Expectation {
    pub(super) text: String,
    pub(super) held: bool,
}

/// A delay that was asked for, and what it was.
pub(super) struct Delay {
    pub(super) what: &'static str,
    pub(super) asked_ms: u32,
    pub(super) measured_ms: i64,
}

impl Play {
    pub(super) fn begin(daemon: &Daemon) -> Played<Self> {
        let manager = Manager::at(daemon.socket())?;
        let (scm, caller) = manager.get();
        let watch = scm.watch(caller, None)?;
        Ok(Self {
            manager,
            watch,
            begin: now(),
            services: BTreeMap::new(),
            entries: Vec::new(),
            scene: 0,
            last_words_of: None,
            expectations: Vec::new(),
            delays: Vec::new(),
        })
    }

    /// Begins a scene: from now on only later events are accepted.
    pub(super) fn scene(&mut self, title: &str) {
        self.scene = self.entries.len();
        println!("\n{title}");
    }

    /// Counts whether something holds.
    pub(super) fn expect(&mut self, held: bool, text: impl Into<String>) {
        let text = text.into();
        let mark = if held { "ok" } else { "NOT SO" };
        println!("{:INDENT$}{mark}: {text}", "");
        self.expectations.push(Expectation { text, held });
    }

    /// Prints something beside the log.
    pub(super) fn say(&self, text: &str) {
        println!("{}  {}", self.seconds(now()), plain(text));
    }

    /// Asks why, tells the answer, and expects some words in it.
    pub(super) fn why(&mut self, service: &str, words: &[&str]) -> Played {
        let name = ServiceName::new(service)?;
        let sentences = self
            .manager
            .ask(|scm, caller, reply| scm.explain(caller, &name, reply))?;
        println!("{:INDENT$}$ relance why {service}", "");
        for sentence in &sentences {
            println!("{:INDENT$}> {}", "", plain(&sentence.to_string()));
        }
        let answer = sentences
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        for word in words {
            self.expect(answer.contains(word), format!("why says {word:?}"));
        }
        Ok(())
    }

    pub(super) fn start(&self, service: &str) -> Result<(), ScmError> {
        let name = ServiceName::new(service)?;
        let (scm, caller) = self.manager.get();
        relance_scm::manager::wait(|reply| scm.start_service(caller, &name, Vec::new(), reply))
    }

    pub(super) fn control(&self, service: &str, control: Control) -> Played {
        let name = ServiceName::new(service)?;
        self.manager
            .ask(|scm, caller, reply| scm.control_service(caller, &name, control, reply))?;
        Ok(())
    }

    /// Waits for an entry of this scene about a service.
    pub(super) fn entry(&mut self, service: &str, event_id: u32) -> Played<LogEntry> {
        let what = format!("entry {event_id} of {service}");
        self.until(&what, |play| play.logged(service, event_id).cloned())
    }

    /// An entry of this scene, if it was logged.
    pub(super) fn logged(&self, service: &str, event_id: u32) -> Option<&LogEntry> {
        let of_service = |entry: &&LogEntry| {
            entry.event_id == event_id
                && entry
                    .service
                    .as_ref()
                    .is_some_and(|(_, name)| **name == *service)
        };
        self.entries[self.scene..].iter().find(of_service)
    }

    /// Waits until a service runs in another run than `before`.
    pub(super) fn running(&mut self, service: &str, before: Option<RunId>) -> Played<RunInfo> {
        self.until(&format!("{service} running"), |play| {
            let info = play.services.get(service)?;
            let run = info.run.clone()?;
            let is_new = before != Some(run.id) && info.status.state == ServiceState::Running;
            (is_new && play.entered(run.id, ServiceState::Running)).then_some(run)
        })
    }

    /// Waits until a service has stopped and its run is over.
    pub(super) fn stopped(&mut self, service: &str, run: RunId) -> Played<ServiceInfo> {
        self.until(&format!("{service} stopped"), |play| {
            let info = play.services.get(service)?;
            let is_over = info.last_end.as_ref().is_some_and(|end| end.run == run);
            let is_stopped = info.status.state == ServiceState::Stopped;
            let is_told = play.entered(run, ServiceState::Stopped);
            (is_over && is_stopped && is_told).then(|| info.clone())
        })
    }

    /// Whether it was told that a run has entered a state: the log's entry comes after the change.
    fn entered(&self, run: RunId, state: ServiceState) -> bool {
        self.entries.iter().any(|entry| {
            entry.event_id == 7036
                && entry.details.run == Some(run)
                && entry
                    .parameters
                    .get(1)
                    .is_some_and(|word| word == state.word())
        })
    }

    /// What is known of a service.
    pub(super) fn info(&self, service: &str) -> Played<&ServiceInfo> {
        self.services
            .get(service)
            .ok_or_else(|| anyhow!("nothing is known of {service}").into())
    }

    /// Lets time pass; what happens meanwhile is told.
    pub(super) fn quiet_until(&mut self, moment: Timestamp) -> Played {
        let left = u64::try_from(moment.0 - now().0).unwrap_or(0);
        let deadline = Instant::now() + Duration::from_millis(left);
        while self.next(deadline)? {}
        Ok(())
    }

    fn until<T>(&mut self, what: &str, look: impl Fn(&Self) -> Option<T>) -> Played<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look(self) {
                return Ok(found);
            }
            if !self.next(deadline)? {
                let seconds = PATIENCE.as_secs();
                return Err(anyhow!("{what} did not come within {seconds} s").into());
            }
        }
    }

    /// Takes the next change. `false` when none came in time.
    fn next(&mut self, deadline: Instant) -> Played<bool> {
        match next_change_until(&mut *self.watch, deadline) {
            None => Ok(false),
            Some(Some(Watched::Change(_, change))) => {
                self.take(change);
                Ok(true)
            }
            Some(Some(Watched::Gap(_)) | None) => {
                Err(anyhow!("changes of the manager's were lost").into())
            }
        }
    }

    fn take(&mut self, change: WatchedChange) {
        match change {
            WatchedChange::Service(info) => {
                self.services
                    .insert(info.config.service_name.to_string(), *info);
            }
            WatchedChange::Logged(entry) => {
                self.tell(&entry);
                self.entries.push((*entry).clone());
            }
            WatchedChange::Removed(_) | WatchedChange::Hidden => {}
        }
    }

    /// One entry: when, what, why, what follows and when.
    fn tell(&mut self, entry: &LogEntry) {
        println!(
            "{}  {}  {}",
            self.seconds(entry.at),
            entry.event_id,
            plain(&entry.text())
        );
        let details = &entry.details;
        if let Some(cause) = &details.cause {
            println!("{:INDENT$}why: {}", "", plain(cause));
        }
        if details.run != self.last_words_of {
            for line in details.output.iter().flat_map(|output| output.lines()) {
                println!("{:INDENT$}| {}", "", plain(line));
                self.last_words_of = details.run;
            }
        }
        if let Some(due) = details.due {
            println!("{:INDENT$}next: at {}", "", self.seconds(due).trim_start());
        }
    }

    /// A moment as seconds since the beginning.
    fn seconds(&self, at: Timestamp) -> String {
        let ms = u64::try_from(at.0 - self.begin.0).unwrap_or(0);
        format!("{:>8.3} s", Duration::from_millis(ms).as_secs_f64())
    }
}
