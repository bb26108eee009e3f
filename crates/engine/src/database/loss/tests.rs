use relance_policy::ServiceId;
use relance_scm::event::Event;
use relance_scm::event_log::Timestamp;
use relance_scm::{ServiceConfig, ServiceName};
use tempfile::TempDir;

use super::*;
use crate::database::Batch;
use crate::event_log::entry_of_manager;

/// A state folder with an open database that holds the service "a" and an entry of the log.
struct Scene {
    folder: TempDir,
    database: Database,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let id = Identity::load_or_create(folder.path()).unwrap().id;
        let path = folder.path().join("relance.db");
        let mut database = Database::open(&path, &id).unwrap();
        database.load().unwrap();
        let entry = entry_of_manager(7, Timestamp(1), &Event::ManagerStarted);
        let batch = Batch {
            entries: vec![entry.into()],
            meta: vec![(Meta::Boot, "this one".to_owned())],
            ..service(1, "a")
        };
        database.commit(&[&batch]).unwrap();
        database.checkpoint().unwrap();
        assert_eq!(database.look(), None);
        Self { folder, database }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("relance.db")
    }

    fn remove(&self, suffixes: &[&str]) {
        for suffix in suffixes {
            fs::remove_file(with_suffix(&self.path(), suffix)).unwrap();
        }
    }

    fn save(&mut self) -> Result<String, SaveError> {
        let loss = self.database.look().expect("a loss");
        self.database.save(&loss)
    }

    /// What an engine finds that starts now: the number of services and of the last entry.
    fn found(&self) -> (usize, u64) {
        let id = Identity::load_or_create(self.folder.path()).unwrap().id;
        let mut next = Database::open(&self.path(), &id).unwrap();
        assert_eq!(next.notices(), [] as [String; 0]);
        let loaded = next.load().unwrap();
        assert_eq!(next.meta(Meta::Boot).unwrap().as_deref(), Some("this one"));
        (loaded.records.len(), loaded.last_entry)
    }
}

fn service(id: u32, name: &str) -> Batch {
    let config = ServiceConfig::new(ServiceName::new(name).unwrap(), "/bin/a");
    Batch {
        configs: vec![(ServiceId(id), config.into(), false)],
        ..Batch::default()
    }
}

#[test]
fn files_that_are_deleted_are_written_again_with_everything() {
    let all: [&[&str]; 4] = [&["", "-wal", "-shm"], &[""], &["-wal"], &["-shm"]];
    for suffixes in all {
        let mut scene = Scene::new();
        scene.remove(suffixes);
        let told = scene.save().unwrap();
        assert!(told.contains("nothing is lost"), "{told}");
        assert_eq!(scene.database.look(), None);
        let meta = scene.path().metadata().unwrap();
        assert_eq!(meta.mode() & 0o777, 0o600);
        scene.database.commit(&[&service(2, "b")]).unwrap();
        assert_eq!(scene.found(), (2, 7), "{suffixes:?}");
    }
}

#[test]
fn what_stands_in_the_place_is_put_aside() {
    let mut scene = Scene::new();
    scene.remove(&["", "-wal", "-shm"]);
    fs::write(scene.path(), "precious").unwrap();
    let told = scene.save().unwrap();
    assert!(told.contains("relance.db.replaced-1"), "{told}");
    let aside = scene.folder.path().join("relance.db.replaced-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), "precious");
    assert_eq!(scene.found(), (1, 7));
}

#[test]
fn from_files_that_are_emptied_or_overwritten_services_come_back() {
    let overwrite: [fn(&Path); 3] = [
        |path| fs::write(path, "").unwrap(),
        |path| fs::write(path, vec![b'x'; 5000]).unwrap(),
        |path| {
            fs::write(path, "").unwrap();
            fs::write(with_suffix(path, "-wal"), "").unwrap();
        },
    ];
    for overwrite in overwrite {
        let mut scene = Scene::new();
        // What SQLite has in memory of them would be good enough.
        scene.database.connection.release_memory().unwrap();
        overwrite(&scene.path());
        let told = scene.save().unwrap();
        assert!(told.contains("relance.db.damaged-1"), "{told}");
        assert!(told.contains("event log before this one are not"), "{told}");
        scene.database.commit(&[&service(2, "b")]).unwrap();
        // No number of an entry is given twice, although those before are lost.
        assert_eq!(scene.found(), (2, 7));
    }
}

#[test]
fn files_that_are_emptied_before_anybody_has_looked_at_them_are_noticed() {
    for suffix in ["", "-wal"] {
        let mut scene = Scene::new();
        scene.remove(&["-wal"]);
        scene.save().unwrap();
        scene.database.commit(&[&service(2, "b")]).unwrap();
        scene.database.connection.release_memory().unwrap();
        fs::write(with_suffix(&scene.path(), suffix), "").unwrap();
        scene.save().unwrap();
        assert_eq!(scene.found(), (2, 7), "{suffix:?}");
    }
}

#[test]
fn the_number_of_a_service_that_was_removed_is_not_given_again_with_the_log_lost() {
    let mut scene = Scene::new();
    let removed = Batch {
        removed: vec![ServiceId(5)],
        ..Batch::default()
    };
    scene.database.commit(&[&service(5, "b")]).unwrap();
    scene.database.commit(&[&removed]).unwrap();
    scene.database.checkpoint().unwrap();
    assert_eq!(scene.database.look(), None);
    scene.database.connection.release_memory().unwrap();
    fs::write(scene.path(), "").unwrap();
    scene.save().unwrap();
    let loaded = scene.database.load().unwrap();
    assert_eq!((loaded.records.len(), loaded.last_service), (1, 5));
}

#[test]
fn a_header_that_is_overwritten_is_seen_and_written_again() {
    let mut scene = Scene::new();
    let file = fs::OpenOptions::new().write(true).open(scene.path());
    file.unwrap().write_all_at(&[b'x'; 100], 0).unwrap();
    let told = scene.save().unwrap();
    assert!(told.contains("relance.db was overwritten"), "{told}");
    scene.database.commit(&[&service(2, "b")]).unwrap();
    assert_eq!(scene.found(), (2, 7));
}

#[test]
fn a_database_that_was_only_made_smaller_keeps_its_log() {
    let mut scene = Scene::new();
    let files = scene.database.files.as_mut().unwrap();
    files.held[0].len += 1;
    scene.save().unwrap();
    assert_eq!(scene.found(), (1, 7));
}

#[test]
fn a_folder_that_is_gone_or_another_one_is_not_written() {
    let mut scene = Scene::new();
    let moved = scene.folder.path().with_extension("moved");
    fs::rename(scene.folder.path(), &moved).unwrap();
    let refused = scene.save().unwrap_err();
    assert!(matches!(&refused, SaveError::Other(why) if why.contains("cannot be written again")));
    fs::create_dir(scene.folder.path()).unwrap();
    Identity::load_or_create(scene.folder.path()).unwrap();
    let refused = scene.save().unwrap_err();
    assert!(matches!(&refused, SaveError::Other(why) if why.contains("another state folder")));
    fs::remove_file(scene.folder.path().join("identity")).unwrap();
    scene.save().unwrap();
    fs::remove_dir_all(&moved).unwrap();
}

#[test]
fn an_engine_that_thaws_does_not_put_its_successors_database_aside() {
    let mut scene = Scene::new();
    let id = Identity::load_or_create(scene.folder.path()).unwrap().id;
    let mut successor = Database::open(&scene.path(), &id).unwrap();
    successor.load().unwrap();
    scene.remove(&[""]);
    let loss = successor.look().unwrap();
    successor.save(&loss).unwrap();
    assert!(matches!(scene.save(), Err(SaveError::Fenced)));
    assert_eq!(successor.look(), None);
}
