//! Faults of the store: files that are lost, emptied, damaged or replaced, while the daemon runs and at
//! rest. In each case services run on, clients are told what is wrong, nothing starts
//! empty, and a backup brings everything back. `cargo xtask faults` shows the table. `losses` is about engines that
//! run meanwhile, `backups` about the files of `relance backup` and who wrote them.

mod backups;
mod bounds;
mod losses;

use std::fs::{self, DirBuilder};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceConfig, ServiceKind, ServiceState, Win32Error};
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;
use rustix::process::{Signal, pidfd_send_signal};

use crate::output_problems::x27_it_is_said_where_people_look;
use crate::support::{fault, name, relance};

/// Does something to a state folder.
type Inflict = fn(&Path);

/// What is done to the state folder, and what clients are told.
struct Fault {
    what: &'static str,
    inflict: Inflict,
    told: &'static str,
}

const FAULTS: [Fault; 13] = [
    Fault {
        what: "all files of the database deleted",
        inflict: |state| {
            for suffix in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(state.join(format!("relance.db{suffix}")));
            }
        },
        told: "is missing",
    },
    Fault {
        what: "the database alone deleted",
        inflict: |state| {
            fs::remove_file(state.join("relance.db")).expect("a folder of the test's own");
        },
        told: "is missing",
    },
    Fault {
        what: "database and log emptied",
        inflict: |state| {
            fs::write(state.join("relance.db"), "").expect("a folder of the test's own");
            fs::write(state.join("relance.db-wal"), "").expect("a folder of the test's own");
        },
        told: "put aside",
    },
    Fault {
        what: "the database overwritten with rubbish",
        inflict: |state| {
            fs::write(state.join("relance.db"), vec![b'x'; 20_000])
                .expect("a folder of the test's own");
        },
        told: "put aside",
    },
    Fault {
        what: "the first pages of the database overwritten, no log",
        inflict: |state| {
            overwrite_head(state);
            fs::remove_file(state.join("relance.db-wal")).expect("a folder of the test's own");
        },
        told: "put aside",
    },
    Fault {
        what: "a folder in the place of the database",
        inflict: |state| {
            fs::rename(state.join("relance.db"), state.join("moved"))
                .expect("a folder of the test's own");
            fs::create_dir(state.join("relance.db")).expect("a folder of the test's own");
        },
        told: "is not a file",
    },
    Fault {
        what: "the format number -1",
        inflict: |state| sqlite_user_version(&state.join("relance.db"), -1),
        told: "format number -1",
    },
    Fault {
        what: "the state folder replaced by an empty one",
        inflict: |state| {
            fs::rename(state, state.with_extension("moved")).expect("a folder of the test's own");
            let folder = DirBuilder::new().mode(0o700).create(state);
            folder.expect("a folder of the test's own");
        },
        told: "is missing",
    },
    Fault {
        what: "the format number 99",
        inflict: |state| sqlite_user_version(&state.join("relance.db"), 99),
        told: "a newer version",
    },
    Fault {
        what: "the format number 0",
        inflict: |state| sqlite_user_version(&state.join("relance.db"), 0),
        told: "format number 0",
    },
    Fault {
        what: "half of the database, no log",
        inflict: |state| {
            let path = state.join("relance.db");
            let whole = fs::read(&path).expect("a folder of the test's own");
            fs::write(&path, &whole[..whole.len() / 2]).expect("a folder of the test's own");
            fs::remove_file(path.with_extension("db-wal")).expect("a folder of the test's own");
        },
        told: "put aside",
    },
    Fault {
        what: "a text in the place of the database",
        inflict: |state| {
            fs::write(state.join("relance.db"), "hello").expect("a folder of the test's own");
        },
        told: "put aside",
    },
    Fault {
        what: "a table dropped",
        inflict: |state| sql(state, "DROP TABLE runtime"),
        told: "lacks the table runtime",
    },
];

/// Rows that cannot be read, and the column that the entry names.
const ROWS: [(&str, &str); 3] = [
    ("UPDATE services SET actions = 'bogus/1'", "actions"),
    ("UPDATE services SET environment = '[1]'", "environment"),
    ("UPDATE services SET name = 'x' || char(0) || 'y'", "name"),
];

/// Two pages: the header, and the list of tables. The rest stays, and so does the length.
fn overwrite_head(state: &Path) {
    use std::os::unix::fs::FileExt;
    let file = fs::OpenOptions::new()
        .write(true)
        .open(state.join("relance.db"))
        .expect("a folder of the test's own");
    file.write_all_at(&[b'x'; 8192], 0)
        .expect("a folder of the test's own");
}

fn set_mode(path: &Path, mode: u32) {
    let mode = fs::Permissions::from_mode(mode);
    fs::set_permissions(path, mode).expect("a folder of the test's own");
}

/// Another program writes to the database.
fn sql(state: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(state.join("relance.db")).expect("a database");
    connection.execute_batch(statement).expect("legal SQL");
}

/// The number stands at this place of the first page; the log goes, because it holds that page too.
fn sqlite_user_version(path: &Path, version: i32) {
    use std::os::unix::fs::FileExt;
    let file = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .expect("a folder of the test's own");
    file.write_all_at(&version.to_be_bytes(), 60)
        .expect("a folder of the test's own");
    fs::remove_file(path.with_extension("db-wal")).expect("a folder of the test's own");
}

/// A daemon with a program that runs, and a backup of its database.
pub(crate) struct Scene {
    pub(crate) daemon: Daemon,
    pid: u32,
}

impl Scene {
    /// A daemon with a program that runs and stays, and a backup.
    pub(crate) fn new() -> Self {
        let daemon = Daemon::start(relance());
        let mut config = ServiceConfig::new(name("steady"), "/bin/sleep 100000");
        config.kind = ServiceKind::Program;
        daemon.create(config);
        daemon.start_service(&name("steady")).expect("it starts");
        let info = daemon.wait_for_state(&name("steady"), ServiceState::Running);
        let scene = Self {
            pid: info.status.process_id,
            daemon,
        };
        let made = scene.command("backup", &[]);
        assert!(made.status.success(), "{}", text(&made));
        scene
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.daemon.folder().join("state")
    }

    pub(crate) fn backup(&self) -> PathBuf {
        self.daemon.folder().join("backup")
    }

    pub(crate) fn command(&self, verb: &str, options: &[&str]) -> Output {
        let state = self.state().display().to_string();
        let socket = self.daemon.socket().display().to_string();
        let backup = self.backup().display().to_string();
        let words = [verb, &backup, "--state", &state, "--socket", &socket];
        self.daemon.relance(&[&words[..], options].concat())
    }

    /// Does something to the files while the engine is frozen, so that it is the next one that finds it;
    /// what that one answers.
    pub(crate) fn next_answer_after(
        &self,
        inflict: impl FnOnce(&Path),
    ) -> Result<ServiceInfo, ScmError> {
        pidfd_send_signal(self.engine(), Signal::STOP).expect("our own process");
        inflict(&self.state());
        self.kill_engine();
        self.daemon.ask(|scm, caller, reply| {
            scm.query_service(caller, &name("steady"), reply);
        })
    }

    /// The engine, which need not be able to say who it is.
    pub(crate) fn engine(&self) -> OwnedFd {
        let guardian = self.daemon.guardian_pid();
        let path = format!("/proc/{guardian}/task/{guardian}/children");
        let children = fs::read_to_string(path).expect("it runs");
        let is_engine = |pid: &&str| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            words.ends_with(b"\0engine\0")
        };
        let engine = children.split_whitespace().find(is_engine);
        process(engine.expect("a child of the guardian"))
    }

    /// Kills the engine wherever it is.
    fn kill_engine(&self) {
        let engine = self.engine();
        pidfd_send_signal(&engine, Signal::KILL).expect("our own process");
        wait_for_end(&engine);
    }

    /// Waits for an entry of the event log with this number; its text.
    fn wait_for_entry(&self, number: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            let entries = text(&self.daemon.relance(&["events", "--id", number]));
            if entries.contains(number) {
                return entries;
            }
            assert!(Instant::now() < patience, "no entry {number}: {entries}");
        }
    }

    fn is_undisturbed(&self) -> bool {
        Path::new(&format!("/proc/{}/exe", self.pid)).exists()
    }
}

fn row(what: &str, told: &str, mended: &str) {
    fault(
        what,
        &format!("services run on; told: {told}; then {mended}"),
    );
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// It printed this.
#[track_caller]
pub(crate) fn says(output: &Output, expected: &str) {
    let text = text(output);
    assert!(text.contains(expected), "{text}");
}

#[test]
fn faults_of_the_store_disturb_nothing_are_said_and_a_backup_mends_them() {
    for Fault {
        what,
        inflict,
        told,
    } in &FAULTS
    {
        let mut scene = Scene::new();
        let answer = scene.next_answer_after(inflict);
        let answer = answer.expect_err(what).to_string();
        assert!(answer.contains(told), "{what}: {answer}");
        assert!(scene.is_undisturbed(), "{what}");
        let waiting = scene.engine();
        let restored = scene.command("restore", &[]);
        assert!(restored.status.success(), "{what}: {}", text(&restored));
        wait_for_end(&waiting);
        let info = scene.daemon.query(&name("steady"));
        assert_eq!(info.status.process_id, scene.pid, "{what}");
        assert!(scene.is_undisturbed(), "{what}");
        assert!(scene.daemon.stop().success(), "{what}");
        row(what, &format!("\"{told}\""), "restored");
    }
}

#[test]
fn a_row_that_makes_no_sense_costs_its_service_alone_and_a_backup_mends_it() {
    for (statement, column) in ROWS {
        let mut scene = Scene::new();
        let answer = scene.next_answer_after(|state| sql(state, statement));
        answer.expect_err("it is not loaded");
        let entries = scene.wait_for_entry("1108");
        assert!(entries.contains(column), "{entries}");
        x27_it_is_said_where_people_look(&scene.daemon, column);
        assert!(scene.is_undisturbed(), "{statement}");
        scene.daemon.kill_guardian();
        let restored = scene.command("restore", &[]);
        assert!(restored.status.success(), "{}", text(&restored));
        scene.daemon.start_again();
        let info = scene.daemon.query(&name("steady"));
        assert_eq!(info.status.process_id, scene.pid, "{statement}");
        row(statement, &format!("entry 1108, {column}"), "restored");
    }
}

#[test]
fn a_state_folder_that_is_opened_while_the_daemon_runs_is_said_until_it_is_closed() {
    let scene = Scene::new();
    let doctor = || text(&scene.daemon.relance(&["doctor"]));
    set_mode(&scene.state(), 0o777);
    let entries = scene.wait_for_entry("1111");
    let mend = format!("chmod 700 {}", scene.state().display());
    assert!(entries.contains(&mend), "{entries}");
    let said = doctor();
    assert!(
        said.contains("others may write to") && said.contains(&mend),
        "{said}"
    );
    set_mode(&scene.state(), 0o700);
    scene.wait_for_entry("1112");
    let said = doctor();
    assert!(!said.contains("others may"), "{said}");
    assert!(scene.is_undisturbed());
    row(
        "the state folder open to others, meanwhile",
        "entry 1111, doctor",
        "closed by hand, entry 1112",
    );
}

#[test]
fn a_state_folder_that_is_opened_to_others_is_refused_at_the_next_start() {
    let mut scene = Scene::new();
    let answer = scene.next_answer_after(|state| set_mode(state, 0o777));
    answer.expect("a daemon that runs goes on");
    scene.daemon.kill_guardian();
    let refused = scene.daemon.command().output().expect("the program runs");
    assert!(!refused.status.success());
    says(&refused, "chmod");
    assert!(scene.is_undisturbed());
    set_mode(&scene.state(), 0o700);
    let database = scene.state().join("relance.db");
    set_mode(&database, 0o644);
    scene.daemon.start_again();
    let mode = fs::metadata(&database).expect("it is there").mode();
    assert_eq!(mode & 0o777, 0o600, "others may read it");
    let info = scene.daemon.query(&name("steady"));
    assert_eq!(info.status.process_id, scene.pid);
    row(
        "the state folder open to others",
        "at the next start, chmod",
        "taken back",
    );
    row(
        "the database open to readers",
        "nothing",
        "closed at the next start",
    );
}

#[test]
fn a_state_folder_that_was_moved_and_linked_back_is_the_same() {
    let mut scene = Scene::new();
    let answer = scene.next_answer_after(|state| {
        let moved = state.with_extension("moved");
        fs::rename(state, &moved).expect("a folder of the test's own");
        symlink(&moved, state).expect("a folder of the test's own");
    });
    answer.expect("the daemon goes on");
    scene.daemon.kill_guardian();
    scene.daemon.start_again();
    let info = scene.daemon.query(&name("steady"));
    assert_eq!(info.status.process_id, scene.pid);
    row(
        "the state folder moved and linked back",
        "nothing",
        "goes on",
    );
}

#[test]
fn the_loss_of_the_log_costs_no_service_and_is_in_the_event_log() {
    let scene = Scene::new();
    // A backup has read the log; a checkpoint came after the creation.
    let patience = Instant::now() + Duration::from_secs(60);
    let path = scene.state().join("relance.db");
    let is_there = || {
        let database = fs::read(&path).expect("a folder of the test's own");
        database.windows(6).any(|bytes| bytes == b"steady")
    };
    while !is_there() {
        assert!(Instant::now() < patience, "no checkpoint");
        let _ = scene.daemon.query(&name("steady"));
    }
    let info = scene.next_answer_after(|state| {
        fs::remove_file(state.join("relance.db-wal")).expect("a folder of the test's own");
    });
    let info = info.expect("the service is there");
    assert_eq!(info.config.service_name, name("steady"));
    assert!(scene.is_undisturbed());
    let entries = scene.wait_for_entry("1106");
    assert!(entries.contains("relance.db-wal is missing"), "{entries}");
    row("the log deleted", "entry 1106", "goes on");
}

#[test]
fn d4_a_service_that_is_made_to_need_itself_by_hand_does_not_wait_for_itself() {
    let scene = Scene::new();
    let circle = "UPDATE services SET dependencies = '[\"steady\"]'";
    let answer = scene.next_answer_after(|state| sql(state, circle));
    answer.expect("it is loaded");
    assert!(scene.is_undisturbed());
    let stopped = scene.daemon.relance(&["stop", "steady"]);
    assert!(stopped.status.success(), "{}", text(&stopped));
    let refused = scene.daemon.start_service(&name("steady"));
    let refused = refused.expect_err("a circle");
    assert_eq!(refused.code(), Win32Error::CIRCULAR_DEPENDENCY, "{refused}");
    scene.wait_for_entry("7017");
    row(
        "a service made to need itself",
        "1059, entry 7017",
        "nothing waits",
    );
}

#[test]
fn a_daemon_whose_database_is_open_is_not_restored_under_its_feet() {
    let mut scene = Scene::new();
    let refused = scene.command("restore", &[]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused));
    says(&refused, "stop it first");
    assert!(scene.daemon.stop().success());
    let restored = scene.command("restore", &[]);
    assert!(restored.status.success(), "{}", text(&restored));
    scene.daemon.start_again();
    let info = scene.daemon.query(&name("steady"));
    assert_eq!(info.status.state, ServiceState::Stopped, "a boot");
    assert_eq!(info.recovery.failure_count, 0);
    // Rubbish changes nothing.
    assert!(scene.daemon.stop().success());
    fs::write(scene.backup(), vec![0; 5000]).expect("a folder of the test's own");
    let refused = scene.command("restore", &[]);
    assert!(!refused.status.success());
    scene.daemon.start_again();
    let _ = scene.daemon.query(&name("steady"));
}
