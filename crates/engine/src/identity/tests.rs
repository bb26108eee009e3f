use std::os::unix::fs::{MetadataExt, symlink};

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_folder_keeps_its_identity() {
    let folder = folder();
    let made = Identity::load_or_create(folder.path()).unwrap();
    assert_eq!(made.id.len(), 32);
    assert_eq!(made.stage, Stage::FirstStart);
    assert_eq!(Identity::load_or_create(folder.path()).unwrap(), made);
    let mode = fs::metadata(folder.path().join("identity")).unwrap().mode();
    assert_eq!(mode & 0o777, 0o600);
    let other = Identity::load_or_create(self::folder().path()).unwrap();
    assert_ne!(other.id, made.id);
}

#[test]
fn every_stage_reads_back() {
    let folder = folder();
    for stage in [Stage::FirstStart, Stage::Unbound, Stage::Bound] {
        let id = "0123456789abcdef0123456789abcdef".to_owned();
        let identity = Identity { id, stage };
        identity.save(folder.path()).unwrap();
        assert_eq!(Identity::load(folder.path()).unwrap(), Some(identity));
    }
}

#[test]
fn only_an_empty_folder_is_at_its_first_start() {
    let stage = |file: &str| {
        let folder = folder();
        fs::write(folder.path().join("lock"), "1\n").unwrap();
        fs::write(folder.path().join(file), "").unwrap();
        Identity::load_or_create(folder.path()).unwrap().stage
    };
    assert_eq!(stage("lock"), Stage::FirstStart);
    assert_eq!(stage("relance.db"), Stage::Unbound);
    assert_eq!(stage("relance.db-wal"), Stage::Bound);
    assert_eq!(stage("relance.db.damaged-1"), Stage::Bound);
    assert_eq!(stage("sessions.json"), Stage::Bound);
}

#[test]
fn a_crash_while_the_file_is_written_leaves_no_trace() {
    let folder = folder();
    fs::write(folder.path().join("identity.new"), "half").unwrap();
    let made = Identity::load_or_create(folder.path()).unwrap();
    assert_eq!(Identity::load(folder.path()).unwrap(), Some(made));
    assert!(!folder.path().join("identity.new").exists());
}

#[test]
fn a_file_that_is_no_identity_is_refused_and_kept() {
    for text in [
        "",
        "x\n",
        "0123456789abcdef0123456789abcdef",
        "../../etc/passwd",
    ] {
        let folder = folder();
        let path = folder.path().join("identity");
        fs::write(&path, text).unwrap();
        let error = Identity::load_or_create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("remove it"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn links_are_not_followed() {
    let folder = folder();
    let elsewhere = self::folder();
    let target = elsewhere.path().join("target");
    let identity = Identity::load_or_create(elsewhere.path()).unwrap();
    fs::write(&target, format!("{}\n", identity.id)).unwrap();
    symlink(&target, folder.path().join("identity")).unwrap();
    assert!(Identity::load_or_create(folder.path()).is_err());
    fs::remove_file(folder.path().join("identity")).unwrap();
    symlink(&target, folder.path().join("identity.new")).unwrap();
    Identity::load_or_create(folder.path()).unwrap();
    let kept = fs::read_to_string(&target).unwrap();
    assert_eq!(
        kept,
        format!("{}\n", identity.id),
        "what the link names is as it was"
    );
}
