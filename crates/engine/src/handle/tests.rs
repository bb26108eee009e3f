mod authors;
mod policies;

use std::task::{Context, Poll, Waker};

use relance_policy::ServiceId;
use relance_policy::record::{End, EndReason};
use relance_policy::{Input, StartCause, step};
use relance_scm::config::EnvironmentVariable;
use relance_scm::controllers::Controllers;
use relance_scm::event::{Event, EventLevel};
use relance_scm::event_log::LogEntry;
use relance_scm::manager::{Session, Watched, WatchedChange, wait};
use relance_scm::security::Sid;
use relance_scm::{EndCause, EndCauseKind, ExitCode, ServiceState};

use super::*;
use crate::database::{Batch, Database};
use crate::event_log::entry_of_service;
use crate::identity::Identity;
use crate::publisher;
use crate::queue::queue;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// How a run ended that told of an exception with a secret.
fn end() -> End {
    let service = ServiceId(1);
    End {
        run: RunId { service, number: 1 },
        at: Time::ZERO,
        reason: EndReason::Crashed,
        from: ServiceState::Running,
        stop: None,
        lived: None,
        killed_after: None,
        ceiling: None,
        exit: None,
        cause: Some(EndCause::new(EndCauseKind::UncaughtException, "secret").into()),
        exit_code: ExitCode::SUCCESS,
        failure: Some(1),
        action: None,
        needed: None,
        rule: None,
        with_needed: None,
        waited_for: None,
    }
}

/// A manager with one service, which has secrets in its environment, its output and its exceptions.
fn manager(folder: &Folder) -> (EngineHandle, Arc<LogEntry>) {
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
    config.environment = [EnvironmentVariable::new("KEY", "secret").unwrap()].into();
    let mut record = ServiceRecord::new(ServiceId(1), Arc::new(config));
    record.last_end = Some(Box::new(end()));
    let record = Arc::new(record);
    let failed = Event::Failed {
        failure_count: 1,
        action: None,
    };
    let mut entry = entry_of_service(1, Timestamp(1), &failed, &record);
    entry.details.output = Some("secret".to_owned());
    entry.details.cause = Some("uncaught exception: secret".to_owned());
    let clean = Event::CleanStopAfterError("fatal error: secret".into());
    let clean = entry_of_service(2, Timestamp(2), &clean, &record);
    let mut gone = entry.clone();
    gone.number = 3;
    gone.service = Some((ServiceId(9), "gone".into()));
    let entry = Arc::new(entry);
    let path = folder.0.join("relance.db");
    let batch = Batch {
        entries: vec![Arc::clone(&entry), clean.into(), gone.into()],
        ..Batch::default()
    };
    let id = Identity::load_or_create(&folder.0).unwrap().id;
    Database::open(&path, &id)
        .unwrap()
        .commit(&[&batch])
        .unwrap();
    let publisher = Arc::new(Publisher::new(Timestamp(1)));
    publisher.publish([publisher::Change::Service(record)]);
    let handle = EngineHandle {
        queue: queue(1).0,
        wake: Arc::new(|| {}),
        publisher,
        event_log: EventLog::new(&path),
        output: folder.0.clone(),
        output_signals: Arc::default(),
        cgroups: None,
        controllers: Controllers::NONE,
        unreadable: [].into(),
        signs: Arc::default(),
        console: Arc::default(),
        notices: None,
        clock: Arc::default(),
        check_account: |_| Ok(()),
        uid_of: |_| Some(33),
        machine: || (Time::ZERO, Timestamp(1)),
    };
    (handle, entry)
}

fn caller(sids: &[Sid]) -> Caller {
    Caller {
        name: "somebody".into(),
        sids: sids.into(),
        session: None,
    }
}

/// Everything a caller is told about the service and its failure, as text.
fn told(handle: &EngineHandle, entry: &Arc<LogEntry>, caller: &Caller) -> Vec<String> {
    let name = ServiceName::new("a").unwrap();
    let mut watch = handle.watch(caller, Some(0)).unwrap();
    let mut next = || match watch.poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(watched) => watched,
        Poll::Pending => None,
    };
    assert!(matches!(next(), Some(Watched::Gap(_))));
    let service = handle.publisher.find(&name).unwrap();
    handle.publisher.publish([
        publisher::Change::Service(service),
        publisher::Change::Logged(Arc::clone(entry)),
    ]);
    let text = |filter| wait(|reply| handle.find_events(caller, filter, reply));
    vec![
        format!(
            "{:?}",
            wait(|reply| handle.query_config(caller, &name, reply))
        ),
        format!(
            "{:?}",
            wait(|reply| handle.query_service(caller, &name, reply))
        ),
        format!("{:?}", wait(|reply| handle.enumerate(caller, reply))),
        format!("{:?}", next()),
        format!("{:?}", next()),
        format!("{:?}", wait(|reply| handle.explain(caller, &name, reply))),
        format!("{:?}", text(EventFilter::default())),
    ]
}

#[test]
fn what_a_service_keeps_to_itself_is_told_to_those_who_may_change_it() {
    let name = format!("relance-handle-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    let (handle, entry) = manager(&folder);
    let peer = caller(&[Sid::Interactive, Sid::Everyone]);
    for text in told(&handle, &entry, &peer) {
        assert!(text.contains('a') && !text.contains("secret"), "{text}");
        assert!(!text.contains("gone"), "{text}");
    }
    let search = || EventFilter {
        text: Some("secret".to_owned()),
        ..EventFilter::default()
    };
    let found = |caller: &Caller| {
        let page = wait(|reply| handle.find_events(caller, search(), reply));
        page.unwrap().entries.len()
    };
    assert_eq!(found(&peer), 0, "nor can it be guessed by a search");
    let administrator = caller(&[Sid::Administrators]);
    for text in told(&handle, &entry, &administrator) {
        assert!(text.contains("secret"), "{text}");
    }
    assert_eq!(found(&administrator), 3);
}

#[test]
fn nothing_is_told_of_a_service_that_a_caller_may_not_see() {
    let name = format!("relance-handle-hidden-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    let (handle, entry) = manager(&folder);
    let record = handle.publisher.find(&ServiceName::new("a").unwrap());
    let mut record = ServiceRecord::clone(&record.unwrap());
    let mut config = ServiceConfig::clone(&record.config);
    config.security = Some(Box::new("D:(A;;GA;;;BA)".parse().unwrap()));
    record.config = config.into();
    let record = Arc::new(record);
    let change = || publisher::Change::Service(Arc::clone(&record));
    handle.publisher.publish([change()]);
    let peer = caller(&[Sid::Interactive, Sid::Everyone]);
    for text in told(&handle, &entry, &peer) {
        assert!(
            !text.contains("secret") && !text.contains("\"a\""),
            "{text}"
        );
    }
    let since = handle.publisher.generation();
    let mut watch = handle.watch(&peer, Some(since)).unwrap();
    let removed = publisher::Change::Removed(Arc::clone(&record));
    handle.publisher.publish([change(), removed]);
    for _ in 0..2 {
        let watched = watch.poll_next(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Some(Watched::Change(_, change))) = watched else {
            panic!("{watched:?}")
        };
        assert!(matches!(change, WatchedChange::Hidden), "{change:?}");
    }
}

#[test]
fn numbers_beyond_those_of_the_log_find_nothing_or_all() {
    let name = format!("relance-handle-numbers-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    let (handle, _) = manager(&folder);
    let root = caller(&[Sid::Administrators]);
    let found = |after, before| {
        let filter = EventFilter {
            after,
            before,
            ..EventFilter::default()
        };
        let page = wait(|reply| handle.find_events(&root, filter, reply));
        page.unwrap().entries.len()
    };
    assert_eq!(found(Some(u64::MAX), None), 0);
    assert_eq!(found(None, Some(u64::MAX)), 3);
}

/// A caller of this user, in this session, as it was seen at that time.
fn user(uid: u32, leader: u32, seen: u64) -> Caller {
    Caller {
        session: Some(Session { leader, seen }),
        ..caller(&[Sid::Interactive, Sid::Everyone, Sid::UnixUser(uid)])
    }
}

#[test]
fn e12_who_may_write_to_the_event_log_and_as_whom() {
    let name = format!("relance-handle-author-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    let (handle, _) = manager(&folder);
    let record = handle.publisher.find(&ServiceName::new("a").unwrap());
    let mut record = ServiceRecord::clone(&record.unwrap());
    let mut config = ServiceConfig::clone(&record.config);
    // Its account is the user 33, by the handle of this test.
    config.account_name = AccountName::new("www-data");
    record.config = config.into();
    let service = record.id;
    let start = Input::StartRequested {
        cause: StartCause::Demand,
        arguments: [].into(),
    };
    let run = RunId { service, number: 1 };
    let resolved = Input::DependenciesResolved {
        run,
        result: Ok(()),
    };
    let (pid, birth) = (700, 1);
    let spawned = Input::ProcessSpawned { run, pid, birth };
    for input in [start, resolved, spawned] {
        record = step(&record, Time::ZERO, input).record;
    }
    handle
        .publisher
        .publish([publisher::Change::Service(record.into())]);
    let author = |caller: &Caller, name: &str| {
        let entry = NewEntry {
            name: name.into(),
            event_id: 7034,
            level: EventLevel::Error,
            text: "failed unexpectedly".into(),
        };
        entry.check().and_then(|()| handle.author(caller, &entry))
    };
    for name in ["a", "A", "My App"] {
        let refused = author(&user(34, 5, 1), name).unwrap_err();
        assert_eq!(refused.code(), Win32Error::ACCESS_DENIED);
        let account = author(&user(33, 5, 1), name).unwrap();
        assert_eq!((account.uid, account.service), (Some(33), None));
        let itself = author(&user(34, 700, 1), name).unwrap();
        assert_eq!(itself.service.as_deref(), Some("a"));
        let of_before = author(&user(34, 700, 0), name).unwrap_err();
        assert_eq!(
            of_before.code(),
            Win32Error::ACCESS_DENIED,
            "its number was another's"
        );
        assert!(author(&caller(&[Sid::Administrators]), name).is_ok());
    }
    let root = caller(&[Sid::Administrators]);
    for name in ["Relance", " service control manager "] {
        let refused = author(&root, name).unwrap_err();
        assert_eq!(refused.code(), Win32Error::INVALID_PARAMETER);
    }
}

#[test]
fn x27_what_could_not_be_loaded_is_told_to_administrators() {
    let name = format!("relance-handle-unreadable-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    let (mut handle, _) = manager(&folder);
    let service = Unreadable {
        service: 7,
        name: "Lost".into(),
        name_key: "LOST".into(),
        place: "services.actions".into(),
        reason: "it has no delay".into(),
    };
    handle.unreadable = [service].into();
    let listed = |caller: &Caller| wait(|reply| handle.enumerate(caller, reply)).unwrap();
    let asked = |caller: &Caller| {
        let lost = ServiceName::new("LOST").unwrap();
        let error = wait(|reply| handle.query_service(caller, &lost, reply)).unwrap_err();
        assert_eq!(error.code(), Win32Error::SERVICE_DOES_NOT_EXIST);
        error.sentence().contains("services.actions")
    };
    let administrator = caller(&[Sid::Administrators]);
    let told = listed(&administrator).unreadable;
    assert_eq!((told.len(), &*told[0].name), (1, "Lost"));
    assert!(told[0].problem.to_string().contains("has no delay"));
    assert!(asked(&administrator));
    let peer = caller(&[Sid::Interactive, Sid::Everyone]);
    assert_eq!(listed(&peer).unreadable, []);
    assert!(!asked(&peer));
}

/// The notifier's records: a message about a service, and one about another.
#[derive(Debug)]
struct Book;

impl NoticeBook for Book {
    fn read(&self) -> std::io::Result<Notices> {
        let message = |service: &str| relance_scm::manager::MessageInfo {
            services: vec![service.to_owned()],
            problem: Some("host.internal".to_owned()),
            ..Default::default()
        };
        Ok(Notices {
            targets: vec![relance_scm::manager::TargetInfo {
                name: "ops".to_owned(),
                place: "host.internal".to_owned(),
                problem: Some("host.internal".to_owned()),
                ..Default::default()
            }],
            messages: vec![message("A"), message("gone")],
            problem: Some("host.internal".to_owned()),
            file: Some("/etc/host.internal".to_owned()),
            file_is_missing: false,
        })
    }
}

#[test]
fn x92_where_targets_are_is_for_administrators_and_so_is_a_test() {
    let name = format!("relance-handle-notices-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    let (mut handle, _) = manager(&folder);
    let peer = caller(&[Sid::Interactive, Sid::Everyone]);
    let administrator = caller(&[Sid::Administrators]);
    let ask =
        |handle: &EngineHandle, caller: &Caller| wait(|reply| handle.query_notices(caller, reply));
    let code = |result: Result<(), ScmError>| result.map_err(|error| error.code());
    let test = |handle: &EngineHandle, caller: &Caller, target: &str| {
        code(wait(|reply| handle.test_notice(caller, target, reply)))
    };
    let nobody = ask(&handle, &administrator).map_err(|error| error.code());
    assert_eq!(nobody, Err(Win32Error::NOT_SUPPORTED));
    handle.notices = Some(Arc::new(Book));
    let seen = ask(&handle, &peer).unwrap();
    assert_eq!((seen.targets.len(), seen.messages.len()), (1, 1));
    assert!(!format!("{seen:?}").contains("host.internal"), "{seen:?}");
    assert_eq!(ask(&handle, &administrator).unwrap().messages.len(), 2);
    let denied = Err(Win32Error::ACCESS_DENIED);
    assert_eq!(test(&handle, &peer, "ops"), denied);
    let invalid = Err(Win32Error::INVALID_PARAMETER);
    assert_eq!(test(&handle, &administrator, "../ops"), invalid);
    let report = NoticeReport::Reachable("ops".to_owned());
    let reported = wait(|reply| handle.report_notices(&peer, report, reply));
    assert_eq!(code(reported), denied);
}
