//! The database of a simulation: the real one, in memory or in files that can be damaged, behind the real writer. The
//! simulation decides when the writer writes, and what the engine learns of it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use relance_engine::database::{Database, Epoch, Loaded, Meta, OpenError, backup};
use relance_engine::identity::Identity;
use relance_engine::storage::{CommitOutcome, Committed, Retention, Storage, Submission, Writer};
use relance_scm::event_log::{LogEntry, Timestamp};
use tempfile::TempDir;

/// The disk and its writer.
pub struct Disk {
    writer: Option<Writer>,
    /// Handed over by the engine, not written yet.
    submissions: VecDeque<Submission>,
    /// Told by the writer, not taken yet.
    told: Arc<Mutex<VecDeque<Committed>>>,
    /// For the engine.
    committed: VecDeque<Committed>,
    /// Entries kept by the writer while it cannot write.
    kept: Vec<Arc<LogEntry>>,
    /// The event log as it stands in the database.
    log: Vec<Arc<LogEntry>>,
    is_full: bool,
    /// How many submissions were taken.
    commits: usize,
    /// What frozen engines were about to write, each with its epoch.
    frozen: Vec<(Submission, Epoch)>,
    /// Where the files are; `None`: in memory, where nothing can be lost.
    files: Option<StateFolder>,
}

/// A state folder, and its id.
struct StateFolder {
    folder: TempDir,
    id: String,
}

/// What somebody does to the files of a database that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The database is deleted.
    Deleted,
    /// All of its files are.
    AllDeleted,
    /// Its write-ahead log is.
    LogDeleted,
    /// The log is emptied.
    LogEmptied,
    /// The database is emptied.
    Emptied,
    /// Its header is overwritten; it keeps its length.
    HeadOverwritten,
}

impl Damage {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::Deleted,
        Self::AllDeleted,
        Self::LogDeleted,
        Self::LogEmptied,
        Self::Emptied,
        Self::HeadOverwritten,
    ];

    /// Whether an engine that starts can read what is left.
    fn leaves_a_database(self) -> bool {
        matches!(self, Self::LogDeleted | Self::LogEmptied)
    }

    fn is_done(self, database: &Path) -> io::Result<()> {
        let log = database.with_extension("db-wal");
        match self {
            Self::Deleted => fs::remove_file(database),
            Self::LogDeleted => fs::remove_file(log),
            Self::AllDeleted => {
                fs::remove_file(database)?;
                fs::remove_file(log)?;
                fs::remove_file(database.with_extension("db-shm"))
            }
            Self::LogEmptied => File::options().write(true).open(log)?.set_len(0),
            Self::Emptied => File::options().write(true).open(database)?.set_len(0),
            Self::HeadOverwritten => {
                let file = File::options().write(true).open(database)?;
                file.write_all_at(&[b'x'; 100], 0)
            }
        }
    }
}

impl StateFolder {
    fn new() -> Self {
        // A folder in memory if there is one: nothing in it has to survive a loss of power.
        let in_memory = tempfile::tempdir_in("/dev/shm");
        let folder = in_memory
            .or_else(|_| tempfile::tempdir())
            .expect("a folder");
        let id = Identity::load_or_create(folder.path())
            .expect("a writable folder")
            .id;
        Self { folder, id }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("relance.db")
    }

    fn open(&self) -> Database {
        Database::open(&self.path(), &self.id).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Damages the files of an engine that ends before it sees that, and returns what the next one opens. If nothing
    /// can be opened, the next one must say so, and a backup from before the damage is restored.
    fn damage_unseen(&self, database: Database, damage: Damage) -> Result<Database, String> {
        let path = self.path();
        let (copy, say) = (self.folder.path().join("backup"), |error: OpenError| {
            format!("{damage:?}: {error}")
        });
        let boot = database
            .meta(Meta::Boot)
            .map_err(|error| say(error.into()))?;
        // Changes that are only in the log are lost with it.
        database.checkpoint().map_err(|error| say(error.into()))?;
        backup::copy(&path, &copy).map_err(say)?;
        damage
            .is_done(&path)
            .map_err(|error| format!("{damage:?}: {error}"))?;
        drop(database);
        match (Database::open(&path, &self.id), damage.leaves_a_database()) {
            (Err(error), true) => Err(say(error)),
            // The log may hold the first page, and so everything can be read.
            (Ok(database), is_left) if is_left || damage == Damage::HeadOverwritten => Ok(database),
            (Ok(_), _) => Err(format!(
                "after {damage:?} an engine starts as if nothing was"
            )),
            (Err(_), false) => {
                backup::put_in_place(&copy, &path, &self.id, boot.as_deref()).map_err(say)?;
                Database::open(&path, &self.id).map_err(say)
            }
        }
    }
}

/// A disk that several can look at.
pub type SharedDisk = Rc<RefCell<Disk>>;

impl Default for Disk {
    fn default() -> Self {
        let mut disk = Self {
            writer: None,
            submissions: VecDeque::new(),
            told: Arc::default(),
            committed: VecDeque::new(),
            kept: Vec::new(),
            log: Vec::new(),
            is_full: false,
            commits: 0,
            frozen: Vec::new(),
            files: None,
        };
        disk.start_writer(Database::in_memory().expect("memory for a database"));
        disk
    }
}

impl Disk {
    /// A disk with files that can be lost.
    #[must_use]
    pub fn with_files() -> Self {
        let mut disk = Self::default();
        let files = StateFolder::new();
        disk.start_writer(files.open());
        disk.files = Some(files);
        disk
    }

    /// Somebody damages the files, and the engine is told at once that something has happened to them.
    ///
    /// # Errors
    /// When they cannot be damaged so, or are not there again afterwards.
    pub fn damage(&mut self, damage: Damage) -> Result<(), String> {
        let Some(path) = self.files.as_ref().map(StateFolder::path) else {
            return Ok(());
        };
        // As before each checkpoint and each change of a configuration.
        self.writer().look();
        damage
            .is_done(&path)
            .map_err(|error| format!("{damage:?}: {error}"))?;
        self.writer().look();
        self.take_told();
        if let Some(loss) = self.writer().database().look() {
            return Err(format!("after {damage:?} the files are lost: {loss}"));
        }
        Ok(())
    }

    /// Somebody damages the files, and the engine is killed before it sees that.
    ///
    /// # Errors
    /// When the next engine does not find what it must find.
    pub fn damage_unseen(&mut self, damage: Damage) -> Result<(), String> {
        let (Some(files), Some(writer)) = (&self.files, self.writer.take()) else {
            return Ok(());
        };
        let opened = files.damage_unseen(writer.into_database(), damage);
        let (database, result) = match opened {
            Ok(database) => (database, Ok(())),
            Err(what) => {
                let other = Database::in_memory().expect("memory for a database");
                (other, Err(what))
            }
        };
        self.start_writer(database);
        result
    }

    fn start_writer(&mut self, database: Database) {
        let told = Arc::clone(&self.told);
        let done = move |committed| {
            told.lock()
                .expect("nobody panics with it")
                .push_back(committed);
        };
        let wall = || Timestamp(0);
        let writer = Writer::new(
            database,
            Retention::default(),
            Box::new(wall),
            Box::new(done),
        );
        self.writer = Some(writer);
    }

    fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().expect("there is always one")
    }

    /// Makes the disk full, or gives it space.
    pub fn set_full(&mut self, full: bool) {
        self.is_full = full;
        let database = self.writer().database();
        database.refuse_writes(full).expect("a pragma of SQLite");
    }

    /// How many submissions were written so far, or tried.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.commits
    }

    /// How many submissions wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.submissions.len()
    }

    /// Writes the first so many submissions in one go; with none, the writer looks whether it can
    /// write again.
    pub fn write(&mut self, count: usize) {
        let group: Vec<_> = self.submissions.drain(..count).collect();
        self.commits += group.len();
        self.writer().write(group);
        self.take_told();
    }

    fn take_told(&mut self) {
        let told: Vec<_> = self
            .told
            .lock()
            .expect("nobody panics with it")
            .drain(..)
            .collect();
        for committed in told {
            let entries = committed.entries.iter().cloned();
            match &committed.outcome {
                CommitOutcome::Written => self.log.extend(entries),
                CommitOutcome::Kept(_) => self.kept.extend(entries),
                CommitOutcome::Recovered(_) => self.log.append(&mut self.kept),
                CommitOutcome::Refused(_)
                | CommitOutcome::Saved(_)
                | CommitOutcome::Lost(_)
                | CommitOutcome::Fenced => {}
            }
            self.committed.push_back(committed);
        }
    }

    /// What the engine learns next.
    pub fn next_committed(&mut self) -> Option<Committed> {
        self.committed.pop_front()
    }

    /// The engine's process is gone, and with it all that was not written.
    pub fn engine_died(&mut self) {
        self.submissions.clear();
        self.committed.clear();
        self.kept.clear();
        self.replace_writer();
    }

    fn replace_writer(&mut self) -> Epoch {
        let writer = self.writer.take().expect("there is always one");
        let mut database = writer.into_database();
        let epoch = database.begin_epoch().expect("a readable database");
        let database = match &self.files {
            None => database,
            Some(files) => {
                drop(database);
                files.open()
            }
        };
        self.start_writer(database);
        epoch
    }

    /// The engine's process is frozen, and another one takes its place. (Where the disk is full that
    /// one cannot fence it, and only its guardian's death ends it.)
    pub fn engine_froze(&mut self) {
        let submissions: Vec<_> = self.submissions.drain(..).collect();
        self.engine_died();
        if !self.is_full {
            let epoch = self.replace_writer();
            self.frozen.extend(
                submissions
                    .into_iter()
                    .map(|submission| (submission, epoch)),
            );
        }
    }

    /// The engines that were frozen thaw and write.
    ///
    /// # Errors
    /// When one of them can.
    pub fn thaw(&mut self) -> Result<(), String> {
        for (submission, epoch) in std::mem::take(&mut self.frozen) {
            let database = self.writer().database();
            let current = database.set_epoch(epoch);
            let committed = database.commit(&[&submission.batch]);
            database.set_epoch(current);
            if committed.is_ok() {
                return Err(format!(
                    "an engine that was frozen has written {submission:?}"
                ));
            }
        }
        Ok(())
    }

    /// The boot that is on record.
    pub fn boot(&mut self) -> Option<String> {
        let database = self.writer().database();
        database.meta(Meta::Boot).expect("a readable database")
    }

    /// What a new engine reads.
    pub fn load(&mut self) -> Loaded {
        self.writer()
            .database()
            .load()
            .expect("a readable database")
    }

    /// The event log as it stands in the database.
    #[must_use]
    pub fn log(&self) -> &[Arc<LogEntry>] {
        &self.log
    }

    /// Whether everything was written and the engine knows.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.submissions.is_empty() && self.committed.is_empty()
    }
}

/// The disk as the engine uses it.
pub struct SimStorage(pub SharedDisk);

impl Storage for SimStorage {
    fn submit(&mut self, submission: Submission) {
        self.0.borrow_mut().submissions.push_back(submission);
    }
}
