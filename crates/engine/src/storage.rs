//! The writer: one thread that commits what the owner loop hands over, several batches in one
//! transaction when they have piled up (group commit), and survives a full disk.
//!
//! A batch that changes the configuration and cannot be written is refused. Records and entries of
//! the log are kept, bounded, and written when there is space again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::event::Event;

use crate::database::{Batch, CommitError, Database, Meta};
use relance_scm::event_log::{LogEntry, Timestamp};

/// Entries of the log that are kept while they cannot be written.
const BACKLOG_MAX: usize = 10_000;
/// How often a full disk is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// How long the last lines of output are waited for.
const OUTPUT_WAIT: Duration = Duration::from_millis(500);
/// Commits between two checkpoints of the write-ahead log.
const CHECKPOINT_EVERY: u32 = 1000;
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
    /// What to write; the entries of the log come from `entries`.
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
    /// Kept in memory until there is space; the reason, once per trouble.
    Kept(Option<String>),
    /// Refused: a change of the configuration that cannot be written.
    Refused(String),
    /// Not an answer to a submission: everything kept is on disk again; so many entries were lost.
    Recovered(u64),
    /// Another engine has taken over: nothing is written any more, and this one ends.
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

/// The writer's thread as the owner loop sees it.
pub struct WriterThread {
    submissions: Option<Sender<Submission>>,
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
        wall: fn() -> Timestamp,
        done: impl FnMut(Committed) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = channel();
        let mut writer = Writer::new(database, retention, wall, Box::new(done));
        let thread = std::thread::Builder::new()
            .name("database".into())
            .spawn(move || writer.run(&receiver))?;
        Ok(Self {
            submissions: Some(sender),
            thread: Some(thread),
        })
    }
}

impl Storage for WriterThread {
    fn submit(&mut self, submission: Submission) {
        if let Some(submissions) = &self.submissions {
            // A writer that is gone has panicked, and the panic hook has ended the engine.
            let _ = submissions.send(submission);
        }
    }
}

impl Drop for WriterThread {
    /// Writes what was submitted, then ends.
    fn drop(&mut self) {
        self.submissions = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The work of the thread; used without one by the simulation.
pub struct Writer {
    database: Database,
    retention: Retention,
    wall: fn() -> Timestamp,
    done: Box<dyn FnMut(Committed) + Send>,
    backlog: Option<Backlog>,
    commits: u32,
    /// Bytes of entries since the log was pruned last.
    bytes: u64,
    is_fenced: bool,
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
        wall: fn() -> Timestamp,
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
            is_fenced: false,
        }
    }

    /// The database, for whoever plays the thread himself.
    pub fn database(&mut self) -> &mut Database {
        &mut self.database
    }

    /// What is left of a writer that ends without warning: the database, without what was kept.
    #[must_use]
    pub fn into_database(self) -> Database {
        self.database
    }

    fn run(&mut self, submissions: &Receiver<Submission>) {
        // Engines that never commit so much would never prune.
        self.prune();
        loop {
            let first = if self.backlog.is_some() {
                match submissions.recv_timeout(RETRY) {
                    Ok(submission) => Some(submission),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            } else {
                match submissions.recv() {
                    Ok(submission) => Some(submission),
                    Err(_) => return,
                }
            };
            let piled_up = first.into_iter().chain(submissions.try_iter()).collect();
            self.write(piled_up);
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
            // A change that may be refused stands alone, so that nothing else is refused with it.
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
            Some(_) => Err("the backlog is not written yet".to_owned()),
            None => {
                let batches: Vec<&Batch> = group.iter().map(|complete| &complete.batch).collect();
                match self.database.commit(&batches) {
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

    fn try_backlog(&mut self) {
        let Some(backlog) = &self.backlog else { return };
        let batch = backlog.batch();
        match self.database.commit(&[&batch]) {
            Ok(()) => {
                let lost = backlog.lost;
                self.backlog = None;
                self.announce(CommitOutcome::Recovered(lost));
            }
            Err(CommitError::Fenced) => self.fenced(),
            Err(CommitError::Other(_)) => {}
        }
    }

    fn fenced(&mut self) {
        self.is_fenced = true;
        self.announce(CommitOutcome::Fenced);
    }

    /// Tells what is no answer to a submission.
    fn announce(&mut self, outcome: CommitOutcome) {
        (self.done)(Committed {
            id: 0,
            entries: Vec::new(),
            outcome,
        });
    }

    /// Housekeeping that failed is tried again next time; the next commit says what is wrong.
    fn keep_house(&mut self) {
        if self.commits > 0 && self.commits.is_multiple_of(CHECKPOINT_EVERY) {
            let _ = self.database.checkpoint();
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

    fn batch(&self) -> Batch {
        Batch {
            records: self.records.values().cloned().collect(),
            removed: self.removed.clone(),
            entries: self.entries.iter().cloned().collect(),
            meta: self
                .meta
                .iter()
                .map(|(key, value)| (*key, value.clone()))
                .collect(),
            ..Batch::default()
        }
    }
}

/// The entry that tells of the trouble.
#[must_use]
pub fn trouble(outcome: &CommitOutcome) -> Option<Event> {
    match outcome {
        CommitOutcome::Kept(Some(reason)) => Some(Event::StorageFailed(reason.as_str().into())),
        CommitOutcome::Recovered(lost) => Some(Event::StorageRecovered(*lost)),
        CommitOutcome::Written
        | CommitOutcome::Kept(None)
        | CommitOutcome::Refused(_)
        | CommitOutcome::Fenced => None,
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::event_log::EventFilter;

    use super::*;
    use crate::database::EventLog;
    use crate::event_log::entry_of_manager;
    use crate::identity::Identity;
    use crate::sight::Sight;
    use relance_scm::manager::Interest;

    #[test]
    fn old_entries_go_when_the_writer_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relance.db");
        let id = Identity::load_or_create(folder.path()).unwrap().id;
        let mut database = Database::open(&path, &id).unwrap();
        let entry = |number, at| {
            let entry = entry_of_manager(number, Timestamp(at), &Event::ManagerStarted);
            Arc::new(entry)
        };
        let batch = Batch {
            entries: vec![entry(1, 1000), entry(2, 9000)],
            ..Batch::default()
        };
        database.commit(&[&batch]).unwrap();
        let retention = Retention {
            age_ms: 5000,
            ..Retention::default()
        };
        let wall = || Timestamp(10_000);
        drop(WriterThread::start(database, retention, wall, |_| {}).unwrap());
        let page =
            EventLog::new(&path).find(&EventFilter::default(), &Sight::All, Interest::default());
        let numbers: Vec<u64> = page.unwrap().entries.iter().map(|e| e.number).collect();
        assert_eq!(numbers, [2]);
    }

    #[test]
    fn a_writer_whose_engine_has_a_successor_writes_nothing_and_says_so_once() {
        let mut database = Database::in_memory().unwrap();
        let old = database.begin_epoch().unwrap();
        database.set_epoch(old);
        let (done, told) = channel();
        let done = move |committed: Committed| done.send(committed.outcome).unwrap();
        let wall = || Timestamp(0);
        let mut writer = Writer::new(database, Retention::default(), wall, Box::new(done));
        for id in 1..=2 {
            writer.write(vec![Submission {
                id,
                batch: Batch {
                    meta: vec![(Meta::Boot, "stale".to_owned())],
                    ..Batch::default()
                },
                entries: Vec::new(),
                refusable: true,
            }]);
        }
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [CommitOutcome::Fenced]);
        assert_eq!(writer.database().meta(Meta::Boot).unwrap(), None);
    }

    #[test]
    fn what_is_remembered_is_kept_while_the_disk_is_full() {
        // Without the boot, a later engine would take itself for the first after a boot, and start
        // what runs a second time.
        let database = Database::in_memory().unwrap();
        let mut writer = Writer::new(
            database,
            Retention::default(),
            || Timestamp(0),
            Box::new(|_| {}),
        );
        let submission = |id, meta| Submission {
            id,
            batch: Batch {
                meta,
                ..Batch::default()
            },
            entries: Vec::new(),
            refusable: false,
        };
        writer.database().refuse_writes(true).unwrap();
        let boot = (Meta::Boot, "this one".to_owned());
        writer.write(vec![submission(1, vec![boot])]);
        let clock = |nanos: &str| vec![(Meta::ManualClock, nanos.to_owned())];
        writer.write(vec![submission(2, clock("1")), submission(3, clock("2"))]);
        assert_eq!(writer.database().meta(Meta::Boot).unwrap(), None);
        writer.database().refuse_writes(false).unwrap();
        writer.write(Vec::new());
        let mut meta = |key| writer.database().meta(key).unwrap();
        assert_eq!(meta(Meta::Boot).as_deref(), Some("this one"));
        assert_eq!(meta(Meta::ManualClock).as_deref(), Some("2"));
    }
}
