mod authors;
mod names;
mod pruning;

use std::time::Duration;

use relance_policy::{Input, RunPhase, StartCause, Time, step};
use relance_scm::config::{
    Affinity, Dependency, EnvironmentVariable, Extensions, PriorityClass, StartType,
};
use relance_scm::event::{Event, EventLevel};
use relance_scm::failure_actions::{ActionList, FailureActions, ResetPeriod};
use relance_scm::security::SecurityDescriptor;
use relance_scm::settings::{
    AFFINITY, OUTPUT, RESTART_ON_EXIT, STOP_GRACE, STOP_SIGNAL, WORKING_DIRECTORY,
};
use relance_scm::status::ProcessExit;
use relance_scm::{ServiceKind, ServiceName, ServiceState};

use relance_scm::event_log::{Author, EventFilter};

use super::*;
use crate::event_log::{entry_of_manager, entry_of_service};
use crate::sight::Sight;

fn memory() -> Database {
    Database::in_memory().unwrap()
}

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).unwrap()
}

/// A configuration in which nothing has its default.
fn full_config() -> ServiceConfig {
    let mut config = ServiceConfig::new(name("Mailer é"), "\"/opt/my app/mailer\" --run");
    config.display_name = "Mail service".into();
    config.kind = ServiceKind::Program;
    config.start_type = StartType::Auto;
    config.delayed_auto_start = true;
    config.error_control = relance_scm::config::ErrorControl::Severe;
    config.dependencies = [
        Dependency::Service(name("db")),
        Dependency::Group("net".into()),
    ]
    .into();
    config.account_name = relance_scm::config::AccountName::new(r".\mail");
    config.description = "sends mail\nand more".into();
    config.failure_actions = FailureActions {
        reset_period: ResetPeriod::Infinite,
        reboot_message: "down".into(),
        command: "notify %1%".into(),
        actions: "restart/1/none/0/reboot/2/run/3/own_restart/4"
            .parse::<ActionList>()
            .unwrap()
            .0
            .into(),
    };
    config.failure_actions_on_non_crash_failures = true;
    config.environment = [EnvironmentVariable::new("A", "b=c\n").unwrap()].into();
    config.priority = Some(PriorityClass::BelowNormal);
    config.preshutdown_timeout = Some(Duration::from_millis(1500));
    config.security = Some(Box::new(SecurityDescriptor::default_for_service()));
    config
        .extensions
        .set(WORKING_DIRECTORY, Some("/srv".into()));
    config.extensions.set(OUTPUT, "null");
    config.extensions.set(STOP_SIGNAL, 3);
    config
        .extensions
        .set(STOP_GRACE, Duration::from_millis(2500));
    config.extensions.set(RESTART_ON_EXIT, [0, 75].into());
    config
        .extensions
        .set(AFFINITY, Affinity::from_mask(u64::MAX));
    config
}

fn record(id: u32, config: ServiceConfig) -> ServiceRecord {
    ServiceRecord::new(ServiceId(id), Arc::new(config))
}

/// A record in which nothing has its default.
fn busy_record() -> ServiceRecord {
    let mut record = record(7, full_config());
    let now = Time::from_millis(5000);
    let mut input = |now, input| record = step(&record, now, input).record;
    let start = |cause| Input::StartRequested {
        cause,
        arguments: ["x".to_owned()].into(),
    };
    input(now, start(StartCause::Auto));
    let run = RunId {
        service: ServiceId(7),
        number: 1,
    };
    input(
        now,
        Input::DependenciesResolved {
            run,
            result: Ok(()),
        },
    );
    input(
        now,
        Input::ProcessSpawned {
            run,
            pid: 99,
            birth: 7,
        },
    );
    input(
        now,
        Input::ProcessExited {
            run,
            exit: ProcessExit::Signaled(11),
        },
    );
    input(
        now + Duration::from_millis(1),
        Input::TimerFired(relance_policy::Timer::Recovery(relance_policy::ActionId {
            service: ServiceId(7),
            number: 1,
        })),
    );
    let run = RunId {
        service: ServiceId(7),
        number: 2,
    };
    input(
        now,
        Input::DependenciesResolved {
            run,
            result: Ok(()),
        },
    );
    record
}

use relance_policy::RunId;

#[test]
fn configurations_and_records_read_back() {
    let mut database = memory();
    let mut record = busy_record();
    let author = Author {
        name: "root".into(),
        uid: Some(0),
        service: None,
    };
    record.asked = Some(Arc::new(relance_policy::Asked {
        start: Some(Arc::new(author)),
        ..Default::default()
    }));
    let batch = Batch {
        configs: vec![(record.id, Arc::clone(&record.config), false)],
        records: vec![Arc::new(record.clone())],
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
    let loaded = database.load().unwrap();
    assert_eq!(loaded.records, [Arc::new(record)]);
    assert_eq!(loaded.last_service, 7);
}

#[test]
fn a_row_of_the_first_format_is_still_read() {
    let mut database = memory();
    let insert = r#"
        INSERT INTO services VALUES (3, 'A', 'a', 'a', 'service', 16, 3, 0, 0, '/bin/a', '', '[]',
            'LocalSystem', '', 60, '', '', 'restart/1000', 0, '[]', NULL, NULL, NULL, '{}', 0);
        INSERT INTO runtime VALUES (3, 2, 0, 0, 0, 0, 2000, 42, 5, 1, 17, 2,
            '{"run":{"id":{"service":3,"number":5},"kind":"service",
                "cause":{"recovery":[{"service":3,"number":2},{"kind":"restart","delay_ms":1000}]},
                "arguments":[],"phase":{"connecting":30},"pid":42,"birth":1,"started_at":10,"stop":null,
                "controls_sent":0,"control":null,"waiting_controls":[],"last_report":0,
                "hang_at":null,"kill_at":null},
              "last_end":{"run":{"service":3,"number":4},"at":9,"reason":"crashed",
                "from":"running","stop":null,"exit":{"signaled":9},
                "exit_code":{"win32":1067},"failure":1,"action":{"kind":"restart","delay_ms":1000}},
              "short_recycles":0}');"#;
    database.connection.execute_batch(insert).unwrap();
    let loaded = database.load().unwrap();
    let record = &loaded.records[0];
    assert_eq!(record.state, ServiceState::StartPending);
    let run = record.run.as_ref().unwrap();
    assert_eq!(run.phase, RunPhase::Connecting(Time::from_nanos(30)));
    assert!(matches!(run.cause, StartCause::Recovery(..)));
    assert_eq!(
        record.last_end.as_ref().unwrap().exit,
        Some(ProcessExit::Signaled(9))
    );
    assert_eq!(record.config.extensions, Extensions::default());
}

#[test]
fn a_batch_is_written_whole_or_not_at_all() {
    let mut database = memory();
    let good = record(1, ServiceConfig::new(name("a"), "/a"));
    let same_name = record(2, ServiceConfig::new(name("b"), "/b"));
    let config = |record: &ServiceRecord| (record.id, Arc::clone(&record.config), false);
    let entry = Arc::new(entry_of_manager(1, Timestamp(5), &Event::ManagerStarted));
    let batch = Batch {
        configs: vec![config(&good), config(&same_name)],
        // The same number twice: refused by the table.
        entries: vec![Arc::clone(&entry), entry],
        ..Batch::default()
    };
    assert!(database.commit(&[&batch]).is_err());
    let loaded = database.load().unwrap();
    assert!(loaded.records.is_empty());
    assert_eq!(loaded.last_entry, 0);
}

#[test]
fn a_removed_service_leaves_its_number_to_the_log() {
    let mut database = memory();
    let record = Arc::new(record(9, ServiceConfig::new(name("a"), "/a")));
    let entry = entry_of_service(1, Timestamp(5), &Event::Deleted, &record);
    let create = Batch {
        configs: vec![(record.id, Arc::clone(&record.config), false)],
        records: vec![Arc::clone(&record)],
        ..Batch::default()
    };
    let remove = Batch {
        removed: vec![record.id],
        entries: vec![Arc::new(entry)],
        ..Batch::default()
    };
    database.commit(&[&create]).unwrap();
    database.commit(&[&remove]).unwrap();
    let loaded = database.load().unwrap();
    assert!(loaded.records.is_empty());
    assert_eq!(loaded.last_service, 9, "never given again");
}

#[test]
fn remembered_values() {
    let mut database = memory();
    assert_eq!(database.meta(Meta::Boot).unwrap(), None);
    for value in ["one", "two"] {
        let batch = Batch {
            meta: vec![(Meta::Boot, value.into())],
            ..Batch::default()
        };
        database.commit(&[&batch]).unwrap();
        assert_eq!(database.meta(Meta::Boot).unwrap().as_deref(), Some(value));
    }
}

fn log(database: &mut Database) {
    let a = record(1, ServiceConfig::new(name("a"), "/a"));
    let b = record(2, ServiceConfig::new(name("b_%"), "/b"));
    let failed = Event::Failed {
        failure_count: 1,
        action: None,
    };
    let running = Event::StateEntered(ServiceState::Running);
    let entries = (1..=100).map(|n| {
        let record = if n % 2 == 0 { &a } else { &b };
        let event = if n % 10 == 0 { &failed } else { &running };
        let mut entry = entry_of_service(n, Timestamp(n.cast_signed() * 10), event, record);
        if n == 50 {
            entry.details.output = Some("PHP Fatal error: 100% wrong".into());
            entry.details.exit = Some(ProcessExit::Exited(255));
            entry.details.due = Some(Timestamp(77));
        }
        Arc::new(entry)
    });
    let batch = Batch {
        entries: entries.collect(),
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
}

fn numbers(database: &Database, filter: EventFilter) -> Vec<u64> {
    let page = events::find(&database.connection, &filter, &Sight::All).unwrap();
    page.entries.iter().map(|entry| entry.number).collect()
}

#[test]
fn entries_are_found_by_every_filter() {
    let mut database = memory();
    log(&mut database);
    let any = || EventFilter {
        limit: 200,
        ..EventFilter::default()
    };
    let find = |filter| numbers(&database, filter);
    assert_eq!(
        find(EventFilter { limit: 3, ..any() }),
        [98, 99, 100],
        "the newest, in order"
    );
    assert_eq!(find(any()).len(), 100);
    assert_eq!(
        find(EventFilter {
            service: Some(ServiceId(2)),
            ..any()
        })
        .len(),
        50
    );
    let bad = EventFilter {
        level: Some(EventLevel::Error),
        ..any()
    };
    assert_eq!(find(bad), (1..=10).map(|n| n * 10).collect::<Vec<_>>());
    assert_eq!(
        find(EventFilter {
            event_ids: vec![7034, 1],
            ..any()
        })
        .len(),
        10
    );
    let between = EventFilter {
        since: Some(Timestamp(500)),
        until: Some(Timestamp(520)),
        ..any()
    };
    assert_eq!(find(between), [50, 51]);
    assert_eq!(
        find(EventFilter {
            after: Some(97),
            before: Some(100),
            ..any()
        }),
        [98, 99]
    );
    let text = |text: &str| EventFilter {
        text: Some(text.into()),
        ..any()
    };
    assert_eq!(find(text("fatal error")), [50]);
    assert_eq!(find(text("100% wrong")), [50], "a wildcard is a character");
    assert_eq!(find(text("b_%")).len(), 50);
    assert_eq!(find(text("nothing")), [0; 0]);
}

#[test]
fn entries_read_back_and_pages_say_whether_there_is_more() {
    let mut database = memory();
    log(&mut database);
    let filter = EventFilter {
        limit: 1,
        before: Some(51),
        ..EventFilter::default()
    };
    let page = events::find(&database.connection, &filter, &Sight::All).unwrap();
    assert!(page.more);
    let entry = &page.entries[0];
    assert_eq!(entry.event_id, 7034);
    assert_eq!(entry.parameters, ["a", "1"]);
    assert_eq!(entry.details.exit, Some(ProcessExit::Exited(255)));
    assert_eq!(entry.details.due, Some(Timestamp(77)));
    assert_eq!(&*entry.service.as_ref().unwrap().1, "a");
}

#[test]
fn the_log_is_pruned_by_age_and_by_size() {
    let mut database = memory();
    log(&mut database);
    database.prune(Timestamp(500), u64::MAX).unwrap();
    let all = || EventFilter {
        limit: 200,
        ..EventFilter::default()
    };
    assert_eq!(numbers(&database, all()).first(), Some(&50));
    database.prune(Timestamp(0), 0).unwrap();
    assert!(numbers(&database, all()).is_empty());
}

fn boot(text: &str) -> Batch {
    Batch {
        meta: vec![(Meta::Boot, text.to_owned())],
        ..Batch::default()
    }
}

fn is_fenced(result: Result<(), CommitError>) -> bool {
    matches!(result, Err(CommitError::Fenced))
}

#[test]
fn only_who_opened_the_database_last_writes_it() {
    let folder = std::env::temp_dir().join(format!("relance-epoch-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("relance.db");
    let id = crate::identity::Identity::load_or_create(&folder)
        .unwrap()
        .id;
    let mut frozen = Database::open(&path, &id).unwrap();
    frozen.commit(&[&boot("first")]).unwrap();
    let mut successor = Database::open(&path, &id).unwrap();
    // Before the successor has written anything of its own, too.
    assert!(is_fenced(frozen.commit(&[&boot("stale")])));
    successor.commit(&[&boot("second")]).unwrap();
    assert!(is_fenced(frozen.commit(&[&boot("stale")])));
    assert!(is_fenced(frozen.prune(Timestamp(i64::MAX), 0)));
    assert_eq!(successor.meta(Meta::Boot).unwrap().unwrap(), "second");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_engine_begins_although_the_disk_is_full_and_fences_as_soon_as_it_writes() {
    let mut database = memory();
    database.refuse_writes(true).unwrap();
    let before = database.begin_epoch().unwrap();
    assert!(database.commit(&[&boot("full")]).is_err());
    database.refuse_writes(false).unwrap();
    database.commit(&[&boot("room")]).unwrap();
    database.commit(&[&boot("and again")]).unwrap();
    database.set_epoch(before);
    assert!(is_fenced(database.commit(&[&boot("stale")])));
}

/// Two services, one of which has run; then something else writes into the second.
fn with_foreign_hand(statement: &str) -> Loaded {
    let mut database = memory();
    let good = record(1, ServiceConfig::new(name("good"), "/a"));
    let bad = busy_record();
    let batch = Batch {
        configs: [&good, &bad]
            .map(|record| (record.id, Arc::clone(&record.config), false))
            .into(),
        records: vec![Arc::new(good), Arc::new(bad)],
        ..Batch::default()
    };
    database.commit(&[&batch]).unwrap();
    database.connection.execute_batch(statement).unwrap();
    database.load().unwrap()
}

#[test]
fn a_row_that_makes_no_sense_costs_its_service_alone_and_is_named() {
    let cases = [
        (
            "UPDATE services SET actions = 'bogus/1' WHERE id = 7",
            "services.actions",
        ),
        (
            "UPDATE services SET environment = '[1]' WHERE id = 7",
            "services.environment",
        ),
        (
            "UPDATE services SET extensions = '{' WHERE id = 7",
            "services.extensions",
        ),
        (
            "UPDATE services SET start_type = 77 WHERE id = 7",
            "services.start_type",
        ),
        (
            "UPDATE services SET start_type = -1 WHERE id = 7",
            "services.start_type",
        ),
        (
            "UPDATE services SET security = 'X' WHERE id = 7",
            "services.security",
        ),
        (
            "UPDATE services SET name = 'x' || char(0) WHERE id = 7",
            "services.name",
        ),
        (
            "UPDATE runtime SET details = '{not json' WHERE service_id = 7",
            "runtime.details",
        ),
        (
            "UPDATE runtime SET state = 99 WHERE service_id = 7",
            "runtime.state",
        ),
        (
            "UPDATE runtime SET runs = -1 WHERE service_id = 7",
            "runtime.runs",
        ),
    ];
    for (statement, place) in cases {
        let loaded = with_foreign_hand(statement);
        let names: Vec<_> = loaded.records.iter().map(|record| record.id.0).collect();
        assert_eq!(names, [1], "{statement}");
        let unreadable = &loaded.unreadable[0];
        assert_eq!((unreadable.service, &*unreadable.place), (7, place));
        let sentence = unreadable.to_string();
        assert!(sentence.contains("relance restore FILE"), "{sentence}");
        assert_eq!(loaded.last_service, 7, "its number is not given again");
    }
}

#[test]
fn a_row_that_cannot_be_read_is_not_overwritten() {
    let mut database = memory();
    let batch = |id, text: &str| Batch {
        configs: vec![(
            ServiceId(id),
            ServiceConfig::new(name(text), "/a").into(),
            false,
        )],
        ..Batch::default()
    };
    database.commit(&[&batch(1, "a")]).unwrap();
    assert!(database.commit(&[&batch(2, "A")]).is_err());
    database.commit(&[&batch(1, "b")]).unwrap();
    let loaded = database.load().unwrap();
    assert_eq!(loaded.records[0].config.service_name.as_str(), "b");
}

/// A database that version 0.1.0 wrote, with settings that are not the defaults.
#[test]
fn a_database_of_version_0_1_0_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relance.db");
    std::fs::write(&path, include_bytes!("fixtures/format-1.db")).unwrap();
    let id = crate::identity::Identity::load_or_create(folder.path())
        .unwrap()
        .id;
    let loaded = Database::open(&path, &id).unwrap().load().unwrap();
    assert!(loaded.unreadable.is_empty());
    let config = |name: &str| {
        let mut records = loaded.records.iter();
        let found = records.find(|record| record.config.service_name.as_str() == name);
        Arc::clone(&found.unwrap().config)
    };
    let worker = config("worker");
    let extensions = &worker.extensions;
    assert_eq!(extensions.get(WORKING_DIRECTORY).as_deref(), Some("/srv"));
    assert_eq!(extensions.get(OUTPUT), "null");
    assert_eq!(extensions.get(STOP_SIGNAL), 2);
    assert_eq!(extensions.get(STOP_GRACE), Duration::from_millis(2500));
    assert_eq!(*extensions.get(RESTART_ON_EXIT), [0, 75]);
    assert_eq!(extensions.get(AFFINITY), Affinity::from_mask(1));
    assert_eq!(worker.failure_actions.actions.len(), 4);
    assert_eq!(worker.environment.len(), 2);
    assert_eq!(config("plain").kind, ServiceKind::Service);
    assert_eq!(config("plain").extensions, Extensions::default());
}
