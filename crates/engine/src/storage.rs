//! The writer: one thread that commits what the owner loop hands over, several batches in one
//! transaction when they have piled up (group commit), and survives a full disk.
//!
//! A batch that changes the configuration and cannot be written is refused. Records and entries of
//! the log are kept, bounded, and written when there is space again.

mod checkpoints;
mod saving;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::event::Event;

use crate::database::{Batch, CommitError, Database, Meta};
use checkpoints::Checkpoints;
use relance_scm::event_log::{LogEntry, Timestamp};

/// Entries of the log that are kept while they cannot be written.
const BACKLOG_MAX: usize = 10_000;
/// How often a full disk is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// How long the last lines of output are waited for.
const OUTPUT_WAIT: Duration = Duration::from_millis(500);
/// Entries of the log that are written in one transaction when there is space again: a small disk has
/// no room for all of them in the write-ahead log and in the database at once.
const BACKLOG_STEP: usize = 500;
/// The log is not pruned for less than this.
const PRUNE_BYTES_MIN: u64 = 1 << 20;
/// Commits between two looks at the age and size of the log, if a sixteenth of what it may hold is not
/// written before.
const PRUNE_EVERY: u32 = 20_000;

/// A batch on its way to the database.
#[derive(Debug)]
pub struct Submission {
    /// Rising.
    pub id: u64,
    /// What to write, except for the entries of the log, which are in `entries`.
    pub batch: Batch,
    /// New entries of the log, with the last lines of output that are still being collected.
    pub entries: Vec<(LogEntry, Option<Receiver<String>>)>,
    /// A change of the configuration, which is refused when it cannot be written.
    pub refusable: bool,
}

/// What became of a submission.
#[derive(Debug)]
pub struct Committed {
    /// Which.
    pub id: u64,
    /// Its entries, complete.
    pub entries: Vec<Arc<LogEntry>>,
    /// Whether it is on disk.
    pub outcome: CommitOutcome,
}

/// See [`Committed::outcome`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// On disk.
    Written,
    /// Kept in memory until there is space; with the reason, the first time.
    Kept(Option<String>),
    /// Refused: a change of the configuration that cannot be written.
    Refused(String),
    /// Not an answer to a submission: everything kept is on disk again; so many entries were lost.
    Recovered(u64),
    /// Not an answer to a submission: the files of the database were lost and written again; what was done.
    Saved(String),
    /// Not an answer to a submission: the files are lost, and cannot be written again yet; with the reason.
    Lost(String),
    /// Another engine has taken over: this one writes nothing more, and ends.
    Fenced,
}

/// Where the owner loop hands its batches.
pub trait Storage {
    /// Takes a submission; its [`Committed`] follows, in the order of the submissions.
    fn submit(&mut self, submission: Submission);
}

/// How long entries of the log are kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Milliseconds.
    pub age_ms: i64,
    /// Bytes of the whole database.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            age_ms: 90 * 24 * 3600 * 1000,
            bytes: 1 << 30,
        }
    }
}

/// What the thread is asked for.
enum Work {
    Write(Submission),
    Look,
}

/// The writer's thread as the owner loop sees it.
pub struct WriterThread {
    work: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    /// Starts the thread; `done` is called on it for every outcome.
    ///
    /// # Errors
    /// When no thread can be made.
    pub fn start(
        database: Database,
        retention: Retention,
        wall: impl Fn() -> Timestamp + Send + 'static,
        done: impl FnMut(Committed) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = channel();
        let mut writer = Writer::new(database, retention, Box::new(wall), Box::new(done));
        let thread = std::thread::Builder::new()
            .name("database".into())
            .spawn(move || writer.run(&receiver))?;
        Ok(Self {
            work: Some(sender),
            thread: Some(thread),
        })
    }
}

impl WriterThread {
    /// Has the thread look whether the files of the database are still there.
    pub fn look(&self) {
        self.ask(Work::Look);
    }

    fn ask(&self, work: Work) {
        if let Some(sender) = &self.work {
            // The writer ends early only if it panics, and then the panic hook ends the engine.
            let _ = sender.send(work);
        }
    }
}

impl Storage for WriterThread {
    fn submit(&mut self, submission: Submission) {
        self.ask(Work::Write(submission));
    }
}

impl Drop for WriterThread {
    /// Writes what was submitted, then ends.
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The work of the thread; used without one by the simulation.
pub struct Writer {
    database: Database,
    retention: Retention,
    wall: Box<dyn Fn() -> Timestamp + Send>,
    done: Box<dyn FnMut(Committed) + Send>,
    backlog: Option<Backlog>,
    commits: u32,
    /// Bytes of entries since the log was pruned last.
    bytes: u64,
    checkpoints: Checkpoints,
    is_fenced: bool,
    /// Set while files are lost that could not be written again: why.
    lost: Option<String>,
}

/// What could not be written yet.
#[derive(Default)]
struct Backlog {
    records: BTreeMap<ServiceId, Arc<ServiceRecord>>,
    removed: Vec<ServiceId>,
    entries: VecDeque<Arc<LogEntry>>,
    meta: BTreeMap<Meta, String>,
    lost: u64,
}

impl Writer {
    /// A writer that calls `done` for every outcome.
    #[must_use]
    pub fn new(
        database: Database,
        retention: Retention,
        wall: Box<dyn Fn() -> Timestamp + Send>,
        done: Box<dyn FnMut(Committed) + Send>,
    ) -> Self {
        Self {
            database,
            retention,
            wall,
            done,
            backlog: None,
            commits: 0,
            bytes: 0,
            checkpoints: Checkpoints::default(),
            is_fenced: false,
            lost: None,
        }
    }

    /// The database, for a simulation that does the work of the thread itself.
    pub fn database(&mut self) -> &mut Database {
        &mut self.database
    }

    /// What is left when a writer is killed: the database, without what was kept in memory.
    #[must_use]
    pub fn into_database(self) -> Database {
        self.database
    }

    fn run(&mut self, work: &Receiver<Work>) {
        // Once at the start, too: an engine that never commits this much would never prune.
        self.prune();
        loop {
            let first = match self.pause() {
                Some(pause) => work.recv_timeout(pause),
                None => work.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let first = match first {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return self.end(),
            };
            let mut piled_up = Vec::new();
            let mut is_asked_to_look = false;
            for work in first.into_iter().chain(work.try_iter()) {
                match work {
                    Work::Write(submission) => piled_up.push(submission),
                    Work::Look => is_asked_to_look = true,
                }
            }
            self.write(piled_up);
            if is_asked_to_look {
                self.look();
            }
        }
    }

    /// How long it may wait for submissions.
    fn pause(&self) -> Option<Duration> {
        let checkpoint = self.checkpoints.left(Instant::now());
        let retry = self.backlog.is_some().then_some(RETRY);
        checkpoint.into_iter().chain(retry).min()
    }

    /// After an orderly end the database is complete without its log.
    fn end(&mut self) {
        if !self.is_fenced {
            let _ = self.checkpoint();
        }
    }

    /// Writes what has piled up, in as few transactions as its kinds allow.
    pub fn write(&mut self, submissions: Vec<Submission>) {
        if self.is_fenced {
            return;
        }
        if self.backlog.is_some() {
            self.try_backlog();
        }
        let mut group = Vec::new();
        for submission in submissions {
            // A change that may be refused has a transaction of its own, so that nothing else is refused with
            // it.
            let alone = submission.refusable;
            if alone {
                self.write_group(std::mem::take(&mut group));
            }
            group.push(Complete::from(submission));
            if alone {
                self.write_group(std::mem::take(&mut group));
            }
        }
        self.write_group(group);
        self.keep_house();
    }

    fn write_group(&mut self, group: Vec<Complete>) {
        if group.is_empty() || self.is_fenced {
            return;
        }
        let written = match &self.backlog {
            Some(_) => Err(self
                .lost
                .clone()
                .unwrap_or_else(|| "the backlog is not written yet".to_owned())),
            None => {
                let batches: Vec<&Batch> = group.iter().map(|complete| &complete.batch).collect();
                match self.commit(&batches) {
                    Err(CommitError::Fenced) => return self.fenced(),
                    result => result.map_err(|error| error.to_string()),
                }
            }
        };
        match written {
            Ok(()) => {
                self.commits = self.commits.saturating_add(1);
                let entries = group.iter().flat_map(|complete| &complete.batch.entries);
                let written: u64 = entries.map(|entry| entry.size() as u64).sum();
                self.bytes = self.bytes.saturating_add(written);
                let is_configuration = group.iter().any(Complete::changes_configuration);
                self.checkpoints.committed(Instant::now(), is_configuration);
                for complete in group {
                    self.tell(complete, CommitOutcome::Written);
                }
            }
            Err(reason) => group
                .into_iter()
                .for_each(|complete| self.keep(complete, &reason)),
        }
    }

    fn keep(&mut self, complete: Complete, reason: &str) {
        if complete.refusable {
            return self.tell(complete, CommitOutcome::Refused(reason.to_owned()));
        }
        let first = self.backlog.is_none();
        self.backlog.get_or_insert_default().add(&complete.batch);
        self.tell(
            complete,
            CommitOutcome::Kept(first.then(|| reason.to_owned())),
        );
    }

    fn tell(&mut self, complete: Complete, outcome: CommitOutcome) {
        (self.done)(Committed {
            id: complete.id,
            entries: complete.batch.entries,
            outcome,
        });
    }

    /// Writes what was kept, in steps that a small disk has room for.
    fn try_backlog(&mut self) {
        while let Some(backlog) = &self.backlog {
            // The log starts again from its beginning where it can, instead of growing.
            let step = backlog.step();
            match self.checkpoint().and_then(|()| self.commit(&[&step])) {
                Ok(()) => {}
                Err(CommitError::Fenced) => return self.fenced(),
                Err(_) => return,
            }
            if let Some(lost) = self.step_written() {
                self.announce(CommitOutcome::Recovered(lost));
            }
        }
    }

    /// Forgets the step that was written; after the last one, how many entries were lost.
    fn step_written(&mut self) -> Option<u64> {
        let backlog = self.backlog.as_mut()?;
        backlog.step_written();
        let lost = backlog.is_empty().then_some(backlog.lost);
        if lost.is_some() {
            self.backlog = None;
        }
        lost
    }

    fn fenced(&mut self) {
        self.is_fenced = true;
        self.announce(CommitOutcome::Fenced);
    }

    /// Reports outcomes that do not answer a submission.
    fn announce(&mut self, outcome: CommitOutcome) {
        (self.done)(Committed {
            id: 0,
            entries: Vec::new(),
            outcome,
        });
    }

    /// If pruning fails it is tried again next time; the next commit reports what is wrong.
    fn keep_house(&mut self) {
        let is_due = self.checkpoints.take(Instant::now());
        if is_due && matches!(self.checkpoint(), Err(CommitError::Fenced)) {
            return self.fenced();
        }
        let much = (self.retention.bytes / 16).max(PRUNE_BYTES_MIN);
        if self.commits >= PRUNE_EVERY || self.bytes >= much {
            self.prune();
            self.commits = 0;
            self.bytes = 0;
        }
    }

    fn prune(&mut self) {
        let before = Timestamp((self.wall)().0.saturating_sub(self.retention.age_ms));
        let _ = self.database.prune(before, self.retention.bytes);
    }
}

/// A submission whose entries are complete.
struct Complete {
    id: u64,
    batch: Batch,
    refusable: bool,
}

impl Complete {
    fn changes_configuration(&self) -> bool {
        !self.batch.configs.is_empty() || !self.batch.removed.is_empty()
    }
}

impl From<Submission> for Complete {
    fn from(submission: Submission) -> Self {
        let entries = submission.entries.into_iter().map(|(mut entry, output)| {
            let output = output.and_then(|output| output.recv_timeout(OUTPUT_WAIT).ok());
            entry.details.output = output.filter(|output| !output.is_empty());
            Arc::new(entry)
        });
        let batch = Batch {
            entries: entries.collect(),
            ..submission.batch
        };
        Self {
            id: submission.id,
            batch,
            refusable: submission.refusable,
        }
    }
}

impl Backlog {
    fn add(&mut self, batch: &Batch) {
        for record in &batch.records {
            self.records.insert(record.id, Arc::clone(record));
        }
        for id in &batch.removed {
            self.records.remove(id);
            self.removed.push(*id);
        }
        for entry in &batch.entries {
            if self.entries.len() == BACKLOG_MAX {
                self.entries.pop_front();
                self.lost += 1;
            }
            self.entries.push_back(Arc::clone(entry));
        }
        self.meta.extend(batch.meta.iter().cloned());
    }

    /// The oldest entries, and with them everything else that is left.
    fn step(&self) -> Batch {
        Batch {
            records: self.records.values().cloned().collect(),
            removed: self.removed.clone(),
            entries: self.entries.iter().take(BACKLOG_STEP).cloned().collect(),
            meta: self
                .meta
                .iter()
                .map(|(key, value)| (*key, value.clone()))
                .collect(),
            ..Batch::default()
        }
    }

    fn step_written(&mut self) {
        self.records.clear();
        self.removed.clear();
        self.meta.clear();
        self.entries.drain(..self.entries.len().min(BACKLOG_STEP));
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The entry that tells of the trouble.
#[must_use]
pub fn trouble(outcome: &CommitOutcome) -> Option<Event> {
    match outcome {
        CommitOutcome::Kept(Some(reason)) => Some(Event::StorageFailed(reason.as_str().into())),
        CommitOutcome::Saved(what) => Some(Event::StoreSaved(what.as_str().into())),
        CommitOutcome::Lost(reason) => Some(Event::StoreDamaged(reason.as_str().into())),
        CommitOutcome::Recovered(lost) => Some(Event::StorageRecovered(*lost)),
        CommitOutcome::Written
        | CommitOutcome::Kept(None)
        | CommitOutcome::Refused(_)
        | CommitOutcome::Fenced => None,
    }
}

#[cfg(test)]
mod tests;
