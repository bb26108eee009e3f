use std::os::unix::fs::{MetadataExt, symlink};

use relance_policy::ServiceId;
use relance_scm::{ServiceConfig, ServiceName};

use super::*;
use crate::database::{Batch, Database};
use crate::identity::Identity;

fn create(database: &mut Database, id: u32, name: &str) {
    let config = ServiceConfig::new(ServiceName::new(name).unwrap(), "/bin/a");
    let batch = Batch {
        configs: vec![(ServiceId(id), config.into(), false)],
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
}

#[test]
fn a_backup_of_a_database_in_use_is_whole_and_can_be_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relance.db");
    let backup = folder.path().join("copy");
    let id = Identity::load_or_create(folder.path()).unwrap().id;
    let mut database = Database::open(&path, &id).unwrap();
    create(&mut database, 1, "before");
    copy(&path, &backup).unwrap();
    assert_eq!(fs::metadata(&backup).unwrap().mode() & 0o777, 0o600);
    create(&mut database, 2, "after");
    drop(database);
    let contents = check(&backup).unwrap();
    assert_eq!(
        (contents.services, contents.identity),
        (1, Some(id.clone()))
    );
    let aside = put_in_place(&backup, &path, &id, None).unwrap().unwrap();
    let mut database = Database::open(&path, &id).unwrap();
    assert_eq!(database.notices(), [] as [String; 0]);
    assert_eq!(database.load().unwrap().records.len(), 1);
    assert_eq!(database.meta(Meta::ShutDown).unwrap().as_deref(), Some("1"));
    assert_eq!(check(&aside).unwrap().services, 2, "what was there is kept");
}

#[test]
fn what_is_brought_back_knows_the_last_runs_of_the_database_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relance.db");
    let backup = folder.path().join("copy");
    let id = Identity::load_or_create(folder.path()).unwrap().id;
    let mut database = Database::open(&path, &id).unwrap();
    create(&mut database, 1, "a");
    copy(&path, &backup).unwrap();
    let mut record = (*database.load().unwrap().records[0]).clone();
    record.runs = 5;
    let batch = Batch {
        records: vec![record.into()],
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
    drop(database);
    put_in_place(&backup, &path, &id, Some("boot")).unwrap();
    let mut database = Database::open(&path, &id).unwrap();
    let restored = database.load().unwrap().restored.unwrap();
    assert!(restored.of_another_boot, "this one named none");
    assert_eq!(restored.last_runs[&ServiceId(1)], 5);
}

#[test]
fn what_is_no_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    for bytes in [b"hello".to_vec(), Vec::new(), vec![0; 20_000]] {
        fs::write(&file, bytes).unwrap();
        assert!(check(&file).is_err());
    }
    let id = Identity::load_or_create(folder.path()).unwrap().id;
    let path = folder.path().join("relance.db");
    drop(Database::open(&path, &id).unwrap());
    copy(&path, &file).unwrap();
    let len = fs::metadata(&file).unwrap().len();
    let cut = OpenOptions::new().write(true).open(&file).unwrap();
    cut.set_len(len / 2).unwrap();
    assert!(check(&file).is_err(), "half of one");
}

#[test]
fn a_link_that_was_planted_is_not_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("precious");
    fs::write(&target, "precious").unwrap();
    let link = folder.path().join("link");
    symlink(&target, &link).unwrap();
    new_file(&link).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}
