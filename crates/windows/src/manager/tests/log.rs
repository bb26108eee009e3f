//! The event log: counters that come from it, and entries that go there.

use relance_scm::event::{EventLevel, EventSource};

use super::*;

pub(super) fn logged(id: u32, at: &str, parameters: &[&str]) -> String {
    let data = parameters.join("</Data><Data>");
    format!(
        "<Event><System><Provider Name='Service Control Manager'/><EventID>{id}</EventID>\
         <Level>2</Level><TimeCreated SystemTime='1970-01-01T00:{at}Z'/>\
         <EventRecordID>1</EventRecordID></System><EventData><Data>{data}</Data></EventData></Event>"
    )
}

#[test]
fn r19_the_counter_comes_from_the_log_and_says_so() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.display_name = "Worker".into();
    config.failure_actions.actions = [restart(900_000), restart(1)].into();
    config.failure_actions.reset_period = ResetPeriod::Infinite;
    create(&manager, config).unwrap();
    api.log(logged(
        7031,
        "10:00",
        &["Worker", "1", "900000", "1", "Restart the service"],
    ));
    api.log(logged(
        7031,
        "11:00",
        &["Other", "5", "0", "1", "Restart the service"],
    ));
    let info = ask(&manager, |m, caller, reply| {
        m.query_service(caller, &name("w"), reply);
    })
    .unwrap();
    assert_eq!(
        (info.recovery.failure_count, info.recovery.derived),
        (1, true)
    );
    assert_eq!(info.recovery.pending.len(), 1);
    let told = ask(&manager, |m, caller, reply| {
        m.explain(caller, &name("w"), reply);
    })
    .unwrap();
    assert!(
        told.iter()
            .any(|sentence| sentence.to_string().contains("R31")),
        "{told:?}"
    );
    let filter = EventFilter::default();
    let page = ask(&manager, |m, caller, reply| {
        m.find_events(caller, filter, reply);
    })
    .unwrap();
    let ids: Vec<i64> = page.entries.iter().map(|entry| entry.at.0).collect();
    assert_eq!(ids, [600_000, 660_000], "the oldest first");
}

#[test]
fn x123_why_says_what_the_host_of_a_program_does() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.kind = ServiceKind::Program;
    config.failure_actions.actions = [restart(1000)].into();
    config.extensions.set(RESTART_LIMIT, Some(3));
    create(&manager, config).unwrap();
    let why = |state, code| {
        let status = RawStatus {
            service_type: 16,
            state,
            win32_exit_code: code,
            process_id: 7,
            ..RawStatus::default()
        };
        api.set_status("w", status);
        let told = ask(&manager, |m, caller, reply| {
            m.explain(caller, &name("w"), reply);
        });
        let told: Vec<_> = told.unwrap().iter().map(ToString::to_string).collect();
        told.join(" ")
    };
    let paused = why(7, 0);
    assert!(paused.contains("relance continue w"), "{paused}");
    api.log(logged(1155, "10:00", &["w", "3", "600000"]));
    let stopped = why(1, 1067);
    assert!(
        stopped.contains("nothing more follows") && stopped.contains("It gave up"),
        "{stopped}"
    );
    let by_hand = why(1, 0);
    assert!(!by_hand.contains("It gave up"), "{by_hand}");
}

#[test]
fn an_unreadable_log_hides_no_status() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    api.refuse("EvtQuery", Win32Error::ACCESS_DENIED);
    let info = ask(&manager, |m, caller, reply| {
        m.query_service(caller, &name("w"), reply);
    })
    .unwrap();
    assert_eq!(info.status.exit_code.win32().to_raw(), 1077, "S1");
    let told = ask(&manager, |m, caller, reply| {
        m.explain(caller, &name("w"), reply);
    })
    .unwrap();
    assert!(
        told.last()
            .unwrap()
            .to_string()
            .starts_with("The event log cannot be read")
    );
    api.allow_all();
}

#[test]
fn r19_a_list_has_the_counters_too_from_one_look_at_the_log() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.display_name = "Queue worker".into();
    create(&manager, config).unwrap();
    create(&manager, service("other")).unwrap();
    let failure = logged(7034, "10:00", &["Queue worker", "3"]);
    api.log(failure);
    api.calls();
    let all = ask(&manager, |manager, caller, reply| {
        manager.enumerate(caller, reply);
    })
    .unwrap();
    let counts: Vec<_> = all
        .services
        .iter()
        .map(|info| {
            (
                info.config.service_name.as_str(),
                info.recovery.failure_count,
            )
        })
        .collect();
    assert_eq!(counts, [("other", 0), ("w", 3)]);
    let looks = api.calls();
    let looks = looks.iter().filter(|call| *call == "EvtQuery System");
    assert_eq!(looks.count(), 1);
}

#[test]
fn a_service_writes_to_the_application_log_in_its_own_words() {
    let (api, manager) = manager();
    let write = |event_id| {
        let entry = NewEntry {
            name: "worker".into(),
            event_id,
            level: EventLevel::Warning,
            text: "queue is empty".into(),
        };
        ask(&manager, |manager, caller, reply| {
            manager.write_event(caller, entry, reply);
        })
    };
    write(42).unwrap();
    assert_eq!(
        api.calls(),
        ["ReportEvent Application 2 42 worker|queue is empty"]
    );
    let refused = write(70_000).unwrap_err();
    assert_eq!(refused.code(), Win32Error::INVALID_PARAMETER);
    assert_eq!(api.calls(), [""; 0]);
    // It reads back as the service's own.
    let entry = logged(42, "10:00", &["worker", "queue is empty"]);
    api.log(entry.replace("Service Control Manager", "Application"));
    let page = ask(&manager, |manager, caller, reply| {
        manager.find_events(caller, EventFilter::default(), reply);
    });
    let entry = page.unwrap().entries.remove(0);
    assert_eq!(entry.source, EventSource::Application);
    assert_eq!(entry.service.unwrap().1.as_ref(), "worker");
}
