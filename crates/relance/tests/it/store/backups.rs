//! Backups as files: who can read them, what they replace, and who may have written them.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

use super::{Scene, says, text};

#[test]
fn a_backup_is_private_replaces_nothing_unasked_and_follows_no_link() {
    let scene = Scene::new();
    let mode = fs::metadata(scene.backup())
        .expect("a folder of the test's own")
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = scene.command("backup", &[]);
    assert_eq!(again.status.code(), Some(3), "{}", text(&again));
    says(&again, "--force");
    let precious = scene.daemon.folder().join("precious");
    fs::write(&precious, "precious").expect("a folder of the test's own");
    fs::remove_file(scene.backup()).expect("a folder of the test's own");
    symlink(&precious, scene.backup()).expect("a folder of the test's own");
    assert!(!scene.command("backup", &[]).status.success());
    let forced = scene.command("backup", &["--force"]);
    says(&forced, "not a regular file");
    assert_eq!(
        fs::read_to_string(&precious).expect("a folder of the test's own"),
        "precious"
    );
}

#[test]
fn a_backup_that_others_could_have_written_is_not_restored_unasked_nor_is_a_pipe_waited_for() {
    if !rustix::process::getuid().is_root() {
        return eprintln!("not run: needs root");
    }
    let mut scene = Scene::new();
    assert!(scene.daemon.stop().success());
    let backup = scene.backup();
    chown(&backup, Some(65534), None).expect("we are root");
    let refused = scene.command("restore", &[]);
    says(&refused, "belongs to user 65534");
    assert!(!refused.status.success());
    chown(&backup, Some(0), None).expect("we are root");
    fs::set_permissions(&backup, fs::Permissions::from_mode(0o666)).expect("ours");
    says(&scene.command("restore", &[]), "everybody may write to");
    let whole = fs::read(&backup).expect("ours");
    fs::remove_file(&backup).expect("ours");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, &backup, mode).expect("a pipe");
    says(
        &scene.command("restore", &["--force"]),
        "not a regular file",
    );
    fs::remove_file(&backup).expect("ours");
    fs::write(&backup, whole).expect("ours");
    let restored = scene.command("restore", &["--force"]);
    assert!(restored.status.success(), "{}", text(&restored));
}

/// The database there could be a link, and its log another one.
#[test]
fn a_state_folder_of_another_user_is_neither_read_nor_written() {
    if !rustix::process::getuid().is_root() {
        return eprintln!("not run: needs root");
    }
    let mut scene = Scene::new();
    assert!(scene.daemon.stop().success());
    let precious = scene.daemon.folder().join("precious");
    fs::write(&precious, "precious").expect("a folder of the test's own");
    let shared = scene.state().join("relance.db-shm");
    let _ = fs::remove_file(&shared);
    symlink(&precious, &shared).expect("a folder of the test's own");
    chown(scene.state(), Some(65534), None).expect("we are root");
    for verb in ["backup", "restore"] {
        let refused = scene.command(verb, &["--force"]);
        assert_eq!(refused.status.code(), Some(3), "{}", text(&refused));
        says(&refused, "belongs to user 65534");
    }
    let left = fs::read(&precious).expect("a folder of the test's own");
    assert_eq!(left, b"precious");
    chown(scene.state(), Some(0), None).expect("we are root");
    fs::set_permissions(scene.state(), fs::Permissions::from_mode(0o777)).expect("ours");
    says(&scene.command("backup", &["--force"]), "chmod 700");
}

#[test]
fn a_backup_does_not_go_into_the_state_folder() {
    let scene = Scene::new();
    let state = scene.daemon.folder().join("state");
    let (database, folder) = (state.join("relance.db"), state.display().to_string());
    let database = database.display().to_string();
    let words = ["backup", &database, "--state", &folder, "--force"];
    let refused = scene.daemon.relance(&words);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    says(&refused, "name a file elsewhere");
    let nowhere = scene.daemon.folder().join("typo").display().to_string();
    let backup = scene.backup().display().to_string();
    let refused = scene
        .daemon
        .relance(&["restore", &backup, "--state", &nowhere]);
    says(&refused, "there is no folder");
}
