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
    let page = EventLog::new(&path).find(&EventFilter::default(), &Sight::All, Interest::default());
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
    let mut writer = Writer::new(
        database,
        Retention::default(),
        Box::new(wall),
        Box::new(done),
    );
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
fn a_backlog_is_written_in_steps_and_none_of_it_is_lost() {
    let database = Database::in_memory().unwrap();
    let wall = || Timestamp(0);
    let (sender, told) = channel();
    let done = move |committed: Committed| sender.send(committed.outcome).unwrap();
    let mut writer = Writer::new(
        database,
        Retention::default(),
        Box::new(wall),
        Box::new(done),
    );
    writer.database().refuse_writes(true).unwrap();
    let many = 2 * BACKLOG_STEP as u64 + 1;
    let submission = |id| Submission {
        id,
        batch: Batch::default(),
        entries: vec![(
            entry_of_manager(id, Timestamp(1), &Event::ManagerStarted),
            None,
        )],
        refusable: false,
    };
    writer.write((1..=many).map(submission).collect());
    writer.database().refuse_writes(false).unwrap();
    writer.write(Vec::new());
    assert_eq!(told.try_iter().last(), Some(CommitOutcome::Recovered(0)));
    assert_eq!(writer.database().load().unwrap().last_entry, many);
    assert!(writer.backlog.is_none());
}

#[test]
fn after_an_end_in_good_order_the_database_needs_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relance.db");
    let id = Identity::load_or_create(folder.path()).unwrap().id;
    let database = Database::open(&path, &id).unwrap();
    let wall = || Timestamp(0);
    let mut writer = WriterThread::start(database, Retention::default(), wall, |_| {}).unwrap();
    writer.submit(Submission {
        id: 1,
        batch: Batch {
            meta: vec![(Meta::Boot, "this one".to_owned())],
            ..Batch::default()
        },
        entries: Vec::new(),
        refusable: false,
    });
    drop(writer);
    std::fs::remove_file(folder.path().join("relance.db-wal")).unwrap();
    let stored = Database::open(&path, &id).unwrap().meta(Meta::Boot);
    assert_eq!(stored.unwrap().as_deref(), Some("this one"));
}

#[test]
fn what_is_remembered_is_kept_while_the_disk_is_full() {
    // Without the boot, a later engine would take itself for the first after a boot, and start
    // what runs a second time.
    let database = Database::in_memory().unwrap();
    let mut writer = Writer::new(
        database,
        Retention::default(),
        Box::new(|| Timestamp(0)),
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

#[test]
fn a_change_whose_database_was_deleted_is_written_with_everything_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relance.db");
    let id = Identity::load_or_create(folder.path()).unwrap().id;
    let mut database = Database::open(&path, &id).unwrap();
    database.load().unwrap();
    let (sender, told) = channel();
    let done = move |committed: Committed| sender.send(committed.outcome).unwrap();
    let wall = || Timestamp(0);
    let mut writer = Writer::new(
        database,
        Retention::default(),
        Box::new(wall),
        Box::new(done),
    );
    let submission = |number, key| Submission {
        id: number,
        batch: Batch {
            meta: vec![(key, "said".to_owned())],
            ..Batch::default()
        },
        entries: Vec::new(),
        refusable: true,
    };
    writer.write(vec![submission(1, Meta::Boot)]);
    let moved = folder.path().join("moved");
    let identity = folder.path().join("identity");
    for file in ["relance.db", "relance.db-wal", "relance.db-shm"] {
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
    // Another folder's identity: nothing is written, and that is said once.
    std::fs::rename(&identity, &moved).unwrap();
    Identity::load_or_create(folder.path()).unwrap();
    writer.write(vec![submission(2, Meta::ManualClock)]);
    writer.write(vec![submission(3, Meta::ManualClock)]);
    std::fs::rename(&moved, &identity).unwrap();
    writer.write(vec![submission(4, Meta::ManualClock)]);
    let told: Vec<_> = told.try_iter().collect();
    use CommitOutcome::{Lost, Recovered, Refused, Saved, Written};
    assert!(
        matches!(
            &told[..],
            [
                Written,
                Lost(_),
                Refused(_),
                Refused(_),
                Saved(_),
                Recovered(0),
                Written
            ]
        ),
        "{told:?}"
    );
    drop(writer);
    let next = Database::open(&path, &id).unwrap();
    for key in [Meta::Boot, Meta::ManualClock] {
        assert_eq!(next.meta(key).unwrap().as_deref(), Some("said"));
    }
}
