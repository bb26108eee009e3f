use std::fs::{self, OpenOptions};
use std::path::PathBuf;

use relance_scm::ServiceName;
use tempfile::TempDir;

use rusqlite::Connection;

use super::*;
use crate::database::Batch;

/// A state folder whose database was opened before and holds one service.
struct State(TempDir);

impl State {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn used() -> Self {
        let state = Self::new();
        let name = ServiceName::new("a").unwrap();
        let config = relance_scm::ServiceConfig::new(name, "/bin/a");
        let batch = Batch {
            configs: vec![(relance_policy::ServiceId(1), config.into(), false)],
            ..Batch::default()
        };
        state.open().unwrap().commit(&[&batch]).unwrap();
        state
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("relance.db")
    }

    fn id(&self) -> String {
        Identity::load_or_create(self.0.path()).unwrap().id
    }

    fn open(&self) -> Result<Database, OpenError> {
        Database::open(&self.path(), &self.id())
    }

    fn services(&self) -> usize {
        self.open().unwrap().load().unwrap().records.len()
    }

    fn stage(&self) -> Stage {
        Identity::load(self.0.path()).unwrap().unwrap().stage
    }

    /// Everything in the database itself, nothing in the log.
    fn checkpoint(&self) {
        self.open().unwrap().checkpoint().unwrap();
    }
}

fn error(opened: Result<Database, OpenError>) -> OpenError {
    opened.err().expect("it is not opened")
}

#[test]
fn a_first_start_creates_and_no_other_does() {
    let state = State::new();
    assert!(state.open().unwrap().notices().is_empty());
    assert_eq!(state.stage(), Stage::Bound);
    assert!(state.open().unwrap().notices().is_empty());
    fs::remove_file(state.path()).unwrap();
    for _ in 0..2 {
        let error = error(state.open());
        assert!(matches!(error, OpenError::Missing(_)), "{error}");
        assert!(error.to_string().contains("relance restore FILE"));
        assert!(!state.path().exists());
    }
    // A database of SQLite in which nothing is.
    let empty = Connection::open(state.path()).unwrap();
    empty
        .execute_batch("CREATE TABLE t (a); DROP TABLE t")
        .unwrap();
    drop(empty);
    let error = error(state.open());
    assert!(error.to_string().contains("no tables"), "{error}");
}

#[test]
fn a_first_start_that_was_cut_short_is_still_the_first() {
    let state = State::new();
    let id = state.id();
    // Killed before anything was written, then with an empty file, then before the end was noted.
    fs::write(state.path(), "").unwrap();
    state.open().unwrap();
    let stage = Stage::FirstStart;
    Identity { id, stage }.save(state.0.path()).unwrap();
    state.open().unwrap();
    assert_eq!(state.stage(), Stage::Bound);
}

#[test]
fn a_database_of_an_older_version_is_given_the_id() {
    let state = State::used();
    let path = state.path();
    Connection::open(&path)
        .unwrap()
        .execute("DELETE FROM meta WHERE key = 'identity'", [])
        .unwrap();
    fs::remove_file(state.0.path().join("identity")).unwrap();
    assert_eq!(state.services(), 1);
    assert_eq!(state.stage(), Stage::Bound);
    let stored = state.open().unwrap().meta(Meta::Identity).unwrap();
    assert_eq!(stored, Some(state.id()));
}

#[test]
fn a_damaged_or_emptied_database_is_put_aside_and_never_replaced_by_an_empty_one() {
    for bytes in [vec![b'x'; 8192], Vec::new(), vec![0; 20_000]] {
        let state = State::used();
        fs::write(state.path(), &bytes).unwrap();
        let OpenError::Damaged(aside, _) = error(state.open()) else {
            panic!("damaged")
        };
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        let wal = with_suffix(&aside, "-wal");
        assert!(wal.exists(), "its log is kept with it");
        let OpenError::PutAside(again) = error(state.open()) else {
            panic!("put aside")
        };
        assert_eq!(again, aside);
        assert!(!state.path().exists());
    }
}

#[test]
fn half_a_database_is_damaged() {
    let state = State::used();
    state.checkpoint();
    fs::remove_file(with_suffix(&state.path(), "-wal")).unwrap();
    let file = OpenOptions::new().write(true).open(state.path()).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    let error = error(state.open());
    assert!(matches!(error, OpenError::Damaged(..)), "{error}");
}

#[test]
fn another_database_in_its_place_is_noticed() {
    let state = State::used();
    let other = State::used();
    other.checkpoint();
    fs::remove_file(with_suffix(&state.path(), "-wal")).unwrap();
    fs::copy(other.path(), state.path()).unwrap();
    let error = error(state.open());
    assert!(matches!(error, OpenError::Replaced(_)), "{error}");
    assert!(state.path().exists(), "it may be precious to somebody");
}

#[test]
fn another_folder_in_its_place_is_noticed() {
    let state = State::used();
    let opened = Database::open(&state.path(), "0123456789abcdef0123456789abcdef");
    assert!(matches!(error(opened), OpenError::OtherFolder(_)));
}

#[test]
fn an_identity_that_was_lost_is_written_again() {
    let state = State::used();
    let id = state.id();
    fs::remove_file(state.0.path().join("identity")).unwrap();
    let database = Database::open(&state.path(), &id).unwrap();
    assert!(database.notices()[0].contains("written again"));
    assert_eq!((state.id(), state.stage()), (id, Stage::Bound));
}

#[test]
fn a_log_that_was_lost_is_said() {
    for is_emptied in [false, true] {
        let state = State::used();
        state.checkpoint();
        let wal = with_suffix(&state.path(), "-wal");
        if is_emptied {
            fs::write(&wal, "").unwrap();
        } else {
            fs::remove_file(&wal).unwrap();
        }
        let mut database = state.open().unwrap();
        assert!(database.notices()[0].contains("relance.db-wal is missing"));
        assert_eq!(database.load().unwrap().records.len(), 1);
        drop(database);
        assert!(state.open().unwrap().notices().is_empty(), "once");
    }
}

#[test]
fn format_numbers_that_are_not_ours_are_refused_and_the_file_is_left_alone() {
    for (version, words) in [(99, "newer"), (2, "newer"), (-1, "-1"), (0, "number 0")] {
        let state = State::used();
        Connection::open(state.path())
            .unwrap()
            .pragma_update(None, "user_version", version)
            .unwrap();
        let error = error(state.open()).to_string();
        assert!(error.contains(words), "{error}");
        Connection::open(state.path())
            .unwrap()
            .pragma_update(None, "user_version", 1)
            .unwrap();
        assert_eq!(state.services(), 1);
    }
}

#[test]
fn a_table_that_is_gone_is_named() {
    for table in ["services", "runtime", "meta", "events"] {
        let state = State::used();
        Connection::open(state.path())
            .unwrap()
            .execute_batch(&format!("DROP TABLE {table}"))
            .unwrap();
        let error = error(state.open()).to_string();
        assert!(
            error.contains(&format!("lacks the table {table}")),
            "{error}"
        );
        assert!(state.path().exists());
    }
}

#[test]
fn a_link_in_its_place_is_not_followed() {
    let state = State::used();
    let moved = state.0.path().join("moved");
    fs::rename(state.path(), &moved).unwrap();
    std::os::unix::fs::symlink(&moved, state.path()).unwrap();
    assert!(matches!(error(state.open()), OpenError::NotAFile(_)));
    let first = State::new();
    std::os::unix::fs::symlink(first.0.path().join("planted"), first.path()).unwrap();
    assert!(matches!(error(first.open()), OpenError::NotAFile(_)));
    assert!(!first.0.path().join("planted").exists());
}
