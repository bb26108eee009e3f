use std::fs::{self, Permissions};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{CWD, FileType, mknodat};
use rustix::process::{Pid, WaitOptions};
use tempfile::TempDir;

use super::super::kept::Kept;
use super::*;

/// As a process does that has not been another program before.
fn open_state(path: &Path) -> Result<State, ScmError> {
    super::open_state(path, &mut Kept::default())
}

fn listen(path: &Path) -> Result<Listening, ScmError> {
    super::listen(path, &mut Kept::default())
}

/// A folder of the test's own, as in a home.
/// While a socket is made, the umask of the whole process is another one, so one test at a time makes
/// files.
static UMASK: Mutex<()> = Mutex::new(());

struct Folder {
    folder: TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Folder {
    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn folder() -> Folder {
    let alone = UMASK.lock().unwrap_or_else(PoisonError::into_inner);
    Folder {
        folder: tempfile::tempdir().expect("a folder"),
        _alone: alone,
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}

fn make(path: &Path, mode: u32) {
    fs::create_dir(path).expect("a new folder");
    set_mode(path, mode);
}

/// Gives a file to another user; `false` where this user may not.
fn give_away(path: &Path) -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        chown(path, Some(1234), Some(1234)).expect("as root");
    } else {
        eprintln!("not run: needs root");
    }
    is_root
}

#[track_caller]
fn assert_unfit<T: std::fmt::Debug>(outcome: Result<T, ScmError>, why: &str) {
    let sentence = outcome.expect_err(why).to_string();
    assert!(sentence.contains(why), "{sentence}");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").mode() & 0o7777
}

#[test]
fn a_state_folder_is_made_for_its_user_alone_and_used_once() {
    let folder = folder();
    let state = folder.path().join("a/state");
    let held = open_state(&state).unwrap();
    assert_eq!(
        (mode(&state), mode(&folder.path().join("a"))),
        (0o700, 0o700)
    );
    assert_eq!(mode(&state.join("lock")), 0o600);
    let meta = fs::metadata(&state).unwrap();
    assert_eq!(held.device_and_inode, (meta.dev(), meta.ino()));
    assert_unfit(
        open_state(&state),
        &format!("process {}", std::process::id()),
    );
    drop(held);
    open_state(&state).unwrap();
}

#[test]
fn a_state_folder_that_others_may_enter_is_refused_with_what_mends_it() {
    let folder = folder();
    for (mode, why) in [
        (0o755, "read"),
        (0o750, "read"),
        (0o770, "write"),
        (0o1777, "write"),
    ] {
        let state = folder.path().join(format!("{mode:o}"));
        make(&state, mode);
        assert_unfit(open_state(&state), &format!("others may {why}"));
        assert_unfit(
            open_state(&state),
            &format!("chmod 700 {}", state.display()),
        );
        set_mode(&state, 0o700);
        open_state(&state).unwrap();
    }
    let state = folder.path().join("foreign");
    make(&state, 0o700);
    if give_away(&state) {
        assert_unfit(
            open_state(&state),
            &format!("chown root {}", state.display()),
        );
    }
}

#[test]
fn every_folder_on_the_way_is_looked_at() {
    let folder = folder();
    let way = folder.path().join("way");
    make(&way, 0o777);
    let state = way.join("state");
    make(&state, 0o700);
    let mend = format!("chmod go-w {}", way.display());
    assert_unfit(open_state(&state), &mend);
    assert_unfit(check_logs(&state), &mend);
    assert_unfit(listen(&state.join("s")), &mend);
    fs::write(state.join("settings"), "").unwrap();
    assert_unfit(read_settings(&state.join("settings")), &mend);
    // As /tmp is: what is ours there cannot be exchanged.
    set_mode(&way, 0o1777);
    open_state(&state).unwrap();
    if give_away(&state) {
        assert_unfit(check_logs(&state.join("log")), "belongs to user 1234");
        assert_unfit(listen(&state.join("s")), "belongs to user 1234");
    }
}

#[test]
fn links_are_followed_where_nobody_else_could_have_put_them() {
    let folder = folder();
    let real = folder.path().join("real");
    make(&real, 0o700);
    let link = folder.path().join("link");
    symlink(
        "../".to_owned() + &folder.path().file_name().unwrap().to_string_lossy() + "/real",
        &link,
    )
    .unwrap();
    open_state(&link.join("state")).unwrap();
    assert!(real.join("state/lock").exists());
    let open = folder.path().join("open");
    make(&open, 0o1777);
    symlink(&real, open.join("planted")).unwrap();
    assert_unfit(
        open_state(&open.join("planted/state")),
        "is a link in a folder that others may write to",
    );
    assert_unfit(check_logs(&open.join("planted")), "is a link");
    symlink(folder.path().join("b"), folder.path().join("c")).unwrap();
    symlink(folder.path().join("c"), folder.path().join("b")).unwrap();
    assert_unfit(open_state(&folder.path().join("b")), "Too many levels");
}

#[test]
fn what_was_planted_in_a_state_folder_is_refused() {
    let folder = folder();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let state = folder.path().join("state");
    make(&state, 0o700);
    let entry = state.join("relance.db");

    symlink(&victim, &entry).unwrap();
    assert_unfit(open_state(&state), "is a link");
    fs::remove_file(&entry).unwrap();

    fs::hard_link(&victim, &entry).unwrap();
    assert_unfit(open_state(&state), "has a second name");
    fs::remove_file(&entry).unwrap();

    fs::write(&entry, "").unwrap();
    set_mode(&entry, 0o666);
    assert_unfit(open_state(&state), "chmod go-rwx");
    set_mode(&entry, 0o600);
    if give_away(&entry) {
        assert_unfit(open_state(&state), "belongs to user 1234");
    }
    fs::remove_file(&entry).unwrap();

    symlink(&victim, state.join("lock")).unwrap();
    assert_unfit(open_state(&state), "is a link");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn files_of_earlier_versions_are_closed_to_others() {
    let folder = folder();
    let state = folder.path().join("state");
    make(&state, 0o700);
    let database = state.join("relance.db");
    fs::write(&database, "x").unwrap();
    set_mode(&database, 0o644);
    open_state(&state).unwrap();
    assert_eq!(mode(&database), 0o600);
}

#[test]
fn a_copied_state_folder_is_known_as_one() {
    let folder = folder();
    let [state, other] = ["state", "other"].map(|name| folder.path().join(name));
    make(&state, 0o700);
    assert!(!is_copy(&state).unwrap(), "a first start");
    settle(&state).unwrap();
    settle(&state).unwrap();
    assert!(!is_copy(&state).unwrap());
    make(&other, 0o700);
    let place = fs::read_to_string(state.join("place")).unwrap();
    fs::write(other.join("place"), &place).unwrap();
    assert!(is_copy(&other).unwrap());
    fs::write(other.join("place"), format!("{}x\n", place.trim_end())).unwrap();
    assert!(
        !is_copy(&other).unwrap(),
        "of another boot: nothing of it runs"
    );
    fs::write(other.join("place"), &place).unwrap();
    settle(&other).unwrap();
    assert!(!is_copy(&other).unwrap());
    let moved = folder.path().join("moved");
    fs::rename(&state, &moved).unwrap();
    assert!(
        !is_copy(&moved).unwrap(),
        "the same folder under another name"
    );
}

#[test]
fn one_daemon_listens_on_a_socket() {
    let folder = folder();
    let path = folder.path().join("run/s");
    let first = listen(&path).unwrap();
    assert_eq!(mode(&path), 0o666, "peers are known by their credentials");
    assert_eq!(mode(&folder.path().join("run")), 0o755);
    let own = format!("process {}", std::process::id());
    assert_unfit(listen(&path), &own);
    // Even one whose lock was removed.
    fs::remove_file(folder.path().join("run/s.lock")).unwrap();
    assert_unfit(listen(&path), &own);
    drop(first);
    listen(&path).expect("a dead socket is replaced");
}

#[test]
fn only_a_dead_socket_is_removed() {
    let folder = folder();
    let path = folder.path().join("s");
    let victim = folder.path().join("victim");

    fs::write(&path, "precious").unwrap();
    assert_unfit(listen(&path), "is a file");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    fs::remove_file(&path).unwrap();

    make(&path, 0o700);
    assert_unfit(listen(&path), "is a folder");
    fs::remove_dir(&path).unwrap();

    let living = UnixListener::bind(&victim).unwrap();
    symlink(&victim, &path).unwrap();
    assert_unfit(listen(&path), "is a link");
    drop(living);
    assert_unfit(listen(&path), "is a link");
    assert!(victim.exists());
    fs::remove_file(&path).unwrap();

    let other = UnixDatagram::bind(&path).unwrap();
    assert_unfit(listen(&path), "in use");
    drop(other);
    fs::remove_file(&path).unwrap();

    // One who takes connections too slowly is alive.
    let slow = UnixListener::bind(&path).unwrap();
    rustix::net::listen(&slow, 0).unwrap();
    let _waiting = std::os::unix::net::UnixStream::connect(&path).unwrap();
    assert_unfit(listen(&path), "does not answer");
}

#[test]
fn the_end_of_an_engine_whose_guardian_has_ended_is_waited_for() {
    let folder = folder();
    let path = folder.path().join("s");
    let engine = UnixListener::bind(&path).unwrap();
    // SAFETY: the child makes two system calls.
    let guardian = unsafe {
        let pid = libc::fork();
        if pid == 0 {
            libc::listen(engine.as_raw_fd(), 16);
            libc::_exit(0);
        }
        Pid::from_raw(pid).expect("a child")
    };
    rustix::process::waitpid(Some(guardian), WaitOptions::empty()).unwrap();
    std::thread::scope(|scope| {
        let next = scope.spawn(|| listen(&path));
        engine.accept().expect("the next daemon looks who is there");
        drop(engine);
        next.join()
            .expect("no panic")
            .expect("the socket is dead now");
    });
}

#[test]
fn a_lock_that_somebody_planted_is_not_touched() {
    let folder = folder();
    let path = folder.path().join("s");
    let lock = folder.path().join("s.lock");
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &lock).unwrap();
    assert_unfit(listen(&path), "s.lock cannot be opened");
    fs::remove_file(&lock).unwrap();
    fs::hard_link(&victim, &lock).unwrap();
    assert_unfit(listen(&path), "is not the lock");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    fs::remove_file(&lock).unwrap();
    fs::write(&lock, "").unwrap();
    if give_away(&lock) {
        assert_unfit(listen(&path), "is not the lock");
    }
}

#[test]
fn settings_that_others_may_write_are_refused() {
    let folder = folder();
    let path = folder.path().join("relance.toml");
    assert_eq!(read_settings(&path), Ok(None));
    fs::write(&path, "a = 1").unwrap();
    set_mode(&path, 0o644);
    assert_eq!(read_settings(&path).unwrap().as_deref(), Some("a = 1"));
    set_mode(&path, 0o646);
    assert_unfit(
        read_settings(&path),
        &format!("chmod go-w {}", path.display()),
    );
    set_mode(&path, 0o600);
    if give_away(&path) {
        assert_unfit(read_settings(&path), "chown root");
    }
    fs::remove_file(&path).unwrap();
    make(&path, 0o755);
    assert_unfit(read_settings(&path), "not a regular file");
}

#[test]
fn a_log_folder_may_belong_to_a_service_but_not_to_everybody() {
    let folder = folder();
    let logs = folder.path().join("a/logs");
    check_logs(&logs).unwrap();
    assert_eq!(mode(&logs), 0o751);
    set_mode(&logs, 0o777);
    assert_unfit(check_logs(&logs), "chmod o-w");
    set_mode(&logs, 0o770);
    if give_away(&logs) {
        check_logs(&logs).unwrap();
        // Nothing below it is on a safe way.
        assert_unfit(check_logs(&logs.join("deeper")), "belongs to user 1234");
    }
}

#[test]
fn output_goes_through_nothing_that_was_planted() {
    let folder = folder();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let path = folder.path().join("a.log");
    let attack = |plant: &dyn Fn()| {
        plant();
        assert!(append_to(&place(&path), FileRights::default()).is_err());
        assert!(open_output(&place(&path)).is_err());
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        fs::remove_file(&path).unwrap();
    };
    attack(&|| symlink(&victim, &path).unwrap());
    attack(&|| symlink(folder.path().join("nothing yet"), &path).unwrap());
    attack(&|| fs::hard_link(&victim, &path).unwrap());
    // Opening it must not wait for its other end.
    let mode = Mode::from_raw_mode(0o600);
    attack(&|| mknodat(CWD, &path, FileType::Fifo, mode, 0).unwrap());
    assert!(!folder.path().join("nothing yet").exists());
}

#[test]
fn output_is_added_to_and_its_group_may_read_it() {
    let folder = folder();
    let path = folder.path().join("a.log");
    append_to(&place(&path), FileRights::default())
        .unwrap()
        .file
        .write_all(b"one")
        .unwrap();
    assert_eq!(mode(&path), 0o640);
    set_mode(&path, 0o600);
    assert_eq!(
        append_to(&place(&path), FileRights::default())
            .unwrap()
            .file
            .metadata()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(mode(&path), 0o600, "a choice of the administrator's");
    let text = std::io::read_to_string(open_output(&place(&path)).unwrap()).unwrap();
    assert_eq!(text, "one");
}

#[test]
fn a_program_that_others_could_exchange_is_named() {
    let folder = folder();
    let program = folder.path().join("program");
    fs::write(&program, "").unwrap();
    set_mode(&program, 0o755);
    assert_eq!(who_else_may_replace(&program), None);
    assert_eq!(who_else_may_replace(&folder.path().join("none")), None);
    set_mode(&program, 0o757);
    let said = who_else_may_replace(&program).expect("a warning");
    assert!(said.contains("chmod go-w"), "{said}");
}

fn place(path: &Path) -> OutputPlace {
    OutputPlace::in_log_folder(path.to_owned())
}
