use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

use super::*;

fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder)
        .expect("a folder of the test")
        .flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
    names.sort();
    names
}

#[test]
fn what_is_killed_on_the_way_leaves_the_old_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    fs::write(&path, "old").unwrap();
    let begun = Rewriting::begin(&path, "old", "a longer new text")
        .unwrap()
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    // As if it had been killed: nothing tidies up, and the lock goes with its process.
    let killed = std::mem::ManuallyDrop::new(begun);
    rustix::fs::flock(&killed.file, rustix::fs::FlockOperation::Unlock).unwrap();
    let next = Rewriting::begin(&path, "old", "new").unwrap().unwrap();
    assert!(next.finish().unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names(folder.path()), ["a.toml"], "and nothing beside it");
}

#[test]
fn of_two_that_have_read_the_same_one_is_refused_and_no_change_of_others_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    fs::write(&path, "old").unwrap();
    let first = Rewriting::begin(&path, "old", "first").unwrap().unwrap();
    assert!(Rewriting::begin(&path, "old", "second").unwrap().is_none());
    assert!(first.finish().unwrap());
    assert!(Rewriting::begin(&path, "old", "second").unwrap().is_none());
    // An editor that knows nothing of this writes in the last moment, in place or another file.
    let begun = Rewriting::begin(&path, "first", "second").unwrap().unwrap();
    fs::write(&path, "mine").unwrap();
    assert!(!begun.finish().unwrap());
    let begun = Rewriting::begin(&path, "mine", "second").unwrap().unwrap();
    fs::write(folder.path().join("b"), "mine").unwrap();
    fs::rename(folder.path().join("b"), &path).unwrap();
    assert!(!begun.finish().unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(names(folder.path()), ["a.toml"]);
}

#[test]
fn mode_owner_and_the_link_to_it_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("a.toml"), folder.path().join("link"));
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    if rustix::process::getuid().is_root() {
        chown(&path, Some(65534), Some(65533)).unwrap();
    }
    symlink("a.toml", &link).unwrap();
    let before = fs::metadata(&path).unwrap();
    assert!(
        Rewriting::begin(&link, "old", "new")
            .unwrap()
            .unwrap()
            .finish()
            .unwrap()
    );
    let after = fs::metadata(&path).unwrap();
    let rights = |about: &fs::Metadata| (about.uid(), about.gid(), about.mode());
    assert_eq!(rights(&before), rights(&after));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&link).unwrap(), "new");
    assert_ne!(before.ino(), after.ino(), "the whole file was replaced");
}

#[test]
fn what_others_plant_beside_the_file_or_in_its_place_is_not_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("a.toml"), folder.path().join("precious"));
    fs::write(&path, "old").unwrap();
    fs::write(&other, "old").unwrap();
    symlink(&other, folder.path().join(".a.toml.relance-edit")).unwrap();
    let begun = Rewriting::begin(&path, "old", "new").unwrap().unwrap();
    fs::remove_file(&path).unwrap();
    symlink(&other, &path).unwrap();
    assert!(!begun.finish().unwrap());
    assert_eq!(fs::read_to_string(&other).unwrap(), "old");
    fs::remove_file(&path).unwrap();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        &path,
        rustix::fs::Mode::from_raw_mode(0o600),
    )
    .unwrap();
    assert!(Rewriting::begin(&path, "old", "new").is_err(), "a pipe");
}
