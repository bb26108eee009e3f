//! Against the stand-in: rights, the order of calls, what is taken back, what is refused.

mod log;

use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::{
    Affinity, EnvironmentVariable, Extensions, PriorityClass, Rules, Secret, StartType,
};
use relance_scm::failure_actions::FailureActionsChange;
use relance_scm::manager::{Watched, WatchedChange, next_change, wait};
use relance_scm::settings::{
    AFFINITY, BACKOFF, FAILURE_RULES, NO_RESTART_ON_EXIT, QUIET_HOURS, RESET_AFTER_RUN,
    RESTART_LIMIT, RESTART_ON_EXIT, STOP_GRACE, STOP_SIGNAL, WORKING_DIRECTORY,
};
use relance_scm::{RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceKind};

use super::*;
use crate::api::{Notice, RegistryValue};
use crate::recording::Recording;

fn manager() -> (Arc<Recording>, WindowsManager) {
    let api = Arc::new(Recording::default());
    let manager = WindowsManager::over(Arc::clone(&api) as Arc<dyn Api>, "").unwrap();
    api.calls();
    (api, manager)
}

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).unwrap()
}

fn service(text: &str) -> ServiceConfig {
    ServiceConfig::new(name(text), r"C:\w.exe")
}

fn ask<T: Send + 'static>(
    manager: &WindowsManager,
    request: impl FnOnce(&WindowsManager, &Caller, Reply<T>),
) -> Result<T> {
    wait(|reply| request(manager, &Caller::system(), reply))
}

fn create(manager: &WindowsManager, config: ServiceConfig) -> Result<()> {
    let new = NewService {
        config,
        password: Secret::default(),
    };
    ask(manager, |manager, caller, reply| {
        manager.create_service(caller, new, reply);
    })
}

fn restart(delay_ms: u32) -> RecoveryAction {
    RecoveryAction::new(RecoveryActionKind::Restart, delay_ms)
}

#[test]
fn a_plain_service_is_one_call() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    assert_eq!(
        api.calls(),
        ["OpenSCManager 0x3", "CreateService w 0x10002"]
    );
    assert_eq!(api.open_handles(), 0);
}

#[test]
fn everything_that_is_configured_reads_back() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.description = "é漢".into();
    config.start_type = StartType::Auto;
    config.delayed_auto_start = true;
    config.failure_actions.reset_period = ResetPeriod::Seconds(86_400);
    config.failure_actions.actions = [restart(0), restart(3000), restart(9), restart(7)].into();
    config.failure_actions.command = "c.exe %1%".into();
    config.failure_actions_on_non_crash_failures = true;
    config.environment = [EnvironmentVariable::new("A", "1=2").unwrap()].into();
    config.priority = Some(PriorityClass::BelowNormal);
    config.preshutdown_timeout = Some(Duration::from_secs(60));
    config.security = Some(Box::new(
        "D:(A;;RPWP;;;S-1-5-21-1-2-3-1001)".parse().unwrap(),
    ));
    create(&manager, config.clone()).unwrap();
    let calls = api.calls();
    // R51: the handle may start, because a restart is configured; A26: and write the access list.
    assert_eq!(calls[1], "CreateService w 0x50012");
    let read = ask(&manager, |m, caller, reply| {
        m.query_config(caller, &name("w"), reply);
    })
    .unwrap();
    assert_eq!(read, config);
    assert_eq!(api.open_handles(), 0);
}

#[test]
fn r52_reboot_needs_its_privilege_enabled() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.failure_actions.actions = [RecoveryAction::new(RecoveryActionKind::Reboot, 0)].into();
    create(&manager, config).unwrap();
    let calls = api.calls();
    let at = |name: &str| calls.iter().position(|call| call.starts_with(name));
    assert!(at("AdjustTokenPrivileges").unwrap() < at("ChangeServiceConfig2").unwrap());
}

#[test]
fn a_service_that_cannot_be_completed_is_removed_again() {
    for call in [
        "ChangeServiceConfig2",
        "RegSetValue",
        "SetServiceObjectSecurity",
    ] {
        let (api, manager) = manager();
        let mut config = service("w");
        config.description = "d".into();
        config.environment = [EnvironmentVariable::new("A", "1").unwrap()].into();
        config.security = Some(Box::new("D:(A;;RP;;;BA)".parse().unwrap()));
        api.refuse(call, Win32Error::ACCESS_DENIED);
        let error = create(&manager, config).unwrap_err();
        assert_eq!(error.code(), Win32Error::ACCESS_DENIED, "{call}");
        assert!(error.sentence().contains("administrator"));
        assert!(!api.exists("w"), "{call}");
        assert_eq!(api.open_handles(), 0);
    }
}

#[test]
fn c19_a_change_writes_only_what_differs() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    api.calls();
    let change = ConfigChange {
        display_name: Some("Worker".into()),
        description: Some(String::new()),
        ..ConfigChange::default()
    };
    ask(&manager, |m, caller, reply| {
        m.change_config(caller, &name("w"), change, reply);
    })
    .unwrap();
    let writes: Vec<String> = api
        .calls()
        .into_iter()
        .filter(|call| call.starts_with("Change"))
        .collect();
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert!(
        writes[0].contains(r#"display_name: Some("Worker")"#) && !writes[0].contains("type: Some")
    );
}

#[test]
fn r61_an_empty_list_is_sent_as_one_and_not_as_keep() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.failure_actions.actions = [restart(0)].into();
    config.failure_actions.reset_period = ResetPeriod::Seconds(9);
    create(&manager, config).unwrap();
    api.calls();
    let change = ConfigChange {
        failure_actions: Some(FailureActionsChange {
            actions: Some(Vec::new()),
            ..FailureActionsChange::default()
        }),
        ..ConfigChange::default()
    };
    ask(&manager, |m, caller, reply| {
        m.change_config(caller, &name("w"), change, reply);
    })
    .unwrap();
    let calls = api.calls();
    let write = calls
        .iter()
        .find(|call| call.starts_with("ChangeServiceConfig2"))
        .unwrap();
    assert!(
        write.contains("reset_period: 0") && write.contains("actions: Some([])"),
        "{write}"
    );
}

#[test]
fn a_change_that_fails_in_the_middle_is_taken_back() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    api.refuse("RegSetValue", Win32Error::ACCESS_DENIED);
    let change = ConfigChange {
        display_name: Some("Worker".into()),
        environment: Some(vec![EnvironmentVariable::new("A", "1").unwrap()]),
        ..ConfigChange::default()
    };
    let changed = ask(&manager, |m, caller, reply| {
        m.change_config(caller, &name("w"), change, reply);
    });
    assert_eq!(changed.unwrap_err().code(), Win32Error::ACCESS_DENIED);
    let config = ask(&manager, |m, caller, reply| {
        m.query_config(caller, &name("w"), reply);
    });
    assert_eq!(&*config.unwrap().display_name, "w");
}

/// A folder, from the root on.
fn whole_path() -> Box<str> {
    if cfg!(windows) { r"C:\srv" } else { "/srv" }.into()
}

#[test]
fn programs_run_under_relance_host() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.kind = ServiceKind::Program;
    config.extensions.set(RESTART_ON_EXIT, [75].into());
    config
        .extensions
        .set(AFFINITY, Affinity::from_mask(0x8000_0000_0000_0005));
    config.extensions.set(STOP_GRACE, Duration::from_secs(3));
    config.extensions.set(WORKING_DIRECTORY, Some(whole_path()));
    create(&manager, config.clone()).unwrap();
    let raw = api.open_service(RawHandleOfManager, "w", 1).unwrap();
    let image = api.query_service_config(raw).unwrap().command_line;
    api.close_service_handle(raw);
    assert_eq!(image, r#""C:\Program Files\Relance\relance.exe" host w"#);
    config.security = None;
    let read = manager.scm.config_without_security(&name("w")).unwrap();
    assert_eq!(read, config);
}

#[test]
fn x123_the_flag_of_a_program_that_its_host_recovers_is_kept_beside_the_program() {
    let (api, manager) = manager();
    let mut config = service("w");
    config.kind = ServiceKind::Program;
    config.failure_actions.actions = [restart(1000)].into();
    config.failure_actions_on_non_crash_failures = true;
    let lines = ["exit:75=restart/1000", "gave-up=run/0"].map(|line| line.parse().unwrap());
    config
        .extensions
        .set(FAILURE_RULES, Rules(lines.into_iter().collect()));
    let backoff = "exponential/1.5".parse().unwrap();
    config.extensions.set(BACKOFF, Some(backoff));
    config.extensions.set(RESTART_LIMIT, Some(3));
    config
        .extensions
        .set(RESET_AFTER_RUN, Some(Duration::from_secs(60)));
    config
        .extensions
        .set(QUIET_HOURS, Some("02:00-04:00".into()));
    config.extensions.set(NO_RESTART_ON_EXIT, [78].into());
    create(&manager, config.clone()).unwrap();
    let calls = api.calls().join("\n");
    assert!(!calls.contains("FailureActionsFlag"), "{calls}");
    let read = manager.scm.config_without_security(&name("w")).unwrap();
    assert_eq!(read, config);
    // Without such settings the manager decides again.
    let mut plain = config.clone();
    plain.extensions = Extensions::default();
    let new = |config: &ServiceConfig| NewService {
        config: config.clone(),
        password: Secret::default(),
    };
    ask(&manager, |manager, caller, reply| {
        let services = vec![new(&plain)];
        manager.apply(caller, services.into(), reply);
    })
    .unwrap();
    let calls = api.calls().join("\n");
    assert!(calls.contains("FailureActionsFlag(true)"), "{calls}");
    let read = manager.scm.config_without_security(&name("w")).unwrap();
    assert_eq!(read, plain);
    // A reboot is not the host's to carry out.
    config.failure_actions.actions = [RecoveryAction::new(RecoveryActionKind::Reboot, 0)].into();
    config.service_name = name("v");
    let refused = create(&manager, config).unwrap_err();
    assert_eq!(refused.code(), Win32Error::NOT_SUPPORTED);
}

/// The stand-in does not look at the manager's handle.
#[allow(
    non_upper_case_globals,
    reason = "reads as the value that it stands for"
)]
const RawHandleOfManager: crate::api::RawHandle = crate::api::RawHandle(0);

#[test]
fn what_windows_has_no_place_for_is_refused_with_the_reason() {
    let (api, manager) = manager();
    let mut signal = service("w");
    signal.extensions.set(STOP_SIGNAL, 2);
    let mut folder = service("w");
    folder.extensions.set(WORKING_DIRECTORY, Some(whole_path()));
    for config in [signal, folder] {
        assert_eq!(
            create(&manager, config).unwrap_err().code(),
            Win32Error::NOT_SUPPORTED
        );
        assert_eq!(api.calls(), [""; 0], "before anything is done");
    }
    let cancel = ask(&manager, |m, caller, reply| {
        m.cancel_recovery(caller, &name("w"), reply);
    });
    assert!(
        cancel.unwrap_err().sentence().contains("disable"),
        "R31, R33"
    );
}

#[test]
fn a24_each_request_asks_for_the_rights_it_needs() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    let w = &name("w");
    let opened = |work: &dyn Fn()| {
        api.calls();
        work();
        let calls = api.calls();
        let mut opens = calls
            .iter()
            .filter_map(|call| call.strip_prefix("OpenService w "));
        opens.next_back().unwrap().to_owned()
    };
    let control = |control| {
        let _ = ask(&manager, |m, caller, reply| {
            m.control_service(caller, w, control, reply);
        });
    };
    let custom = Control::from_raw(200).unwrap();
    assert_eq!(opened(&|| control(Control::Stop)), "0x20");
    assert_eq!(opened(&|| control(Control::Pause)), "0x40");
    assert_eq!(opened(&|| control(Control::Interrogate)), "0x80");
    assert_eq!(opened(&|| control(custom)), "0x100");
    let start = || {
        ask(&manager, |m, caller, reply| {
            m.start_service(caller, w, vec![], reply);
        })
        .unwrap();
    };
    assert_eq!(opened(&start), "0x10");
    let delete = || {
        ask(&manager, |m, caller, reply| {
            m.delete_service(caller, w, reply);
        })
        .unwrap();
    };
    assert_eq!(opened(&delete), "0x10000");
}

#[test]
fn s16_arguments_come_behind_the_name() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    let arguments = vec!["a b".to_owned(), "c".to_owned()];
    ask(&manager, |m, caller, reply| {
        m.start_service(caller, &name("w"), arguments, reply);
    })
    .unwrap();
    assert_eq!(api.calls().last().unwrap(), "StartService w a b c");
}

#[test]
fn d6_the_dependents_that_stand_in_the_way_are_named() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    api.set_dependents("w", &["c", "b"]);
    api.refuse("ControlService", Win32Error::DEPENDENT_SERVICES_RUNNING);
    let stop = ask(&manager, |m, caller, reply| {
        m.control_service(caller, &name("w"), Control::Stop, reply);
    });
    let error = stop.unwrap_err();
    assert_eq!(error.code().to_raw(), 1051);
    assert!(error.sentence().ends_with("stop these first: c, b"));
}

#[test]
fn a_watch_tells_changes_in_their_order_and_begins_with_a_gap() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    let mut watch = manager.watch(&Caller::system(), Some(0)).unwrap();
    assert!(matches!(next_change(&mut *watch), Some(Watched::Gap(0))));
    let running = RawStatus {
        state: 4,
        ..RawStatus::default()
    };
    api.set_status("w", running);
    api.notice(Notice::Changed("w".into()));
    api.notice(Notice::Deleted("v".into()));
    api.notice(Notice::Logged(log::logged(
        7036,
        "10:00",
        &["w", "running"],
    )));
    let Some(Watched::Change(1, WatchedChange::Service(info))) = next_change(&mut *watch) else {
        panic!("no change of a service");
    };
    assert_eq!(info.status.state.to_raw(), 4);
    assert!(matches!(
        next_change(&mut *watch),
        Some(Watched::Change(2, WatchedChange::Removed(gone))) if gone == name("v")
    ));
    assert!(matches!(
        next_change(&mut *watch),
        Some(Watched::Change(3, WatchedChange::Logged(entry))) if entry.event_id == 7036
    ));
}

#[test]
fn apply_takes_back_what_it_did_when_one_cannot_be() {
    let (api, manager) = manager();
    create(&manager, service("b")).unwrap();
    let mut changed = service("b");
    changed.display_name = "B".into();
    let mut bad = service("c");
    bad.extensions.set(STOP_SIGNAL, 2);
    let new = |config| NewService {
        config,
        password: Secret::default(),
    };
    let services = vec![new(service("a")), new(changed), new(bad)];
    let applied = ask(&manager, |m, caller, reply| {
        m.apply(caller, services.into(), reply);
    });
    assert_eq!(applied.unwrap_err().code(), Win32Error::NOT_SUPPORTED);
    assert!(!api.exists("a") && !api.exists("c"));
    let b = ask(&manager, |m, caller, reply| {
        m.query_config(caller, &name("b"), reply);
    })
    .unwrap();
    assert_eq!(&*b.display_name, "b");
    let same = vec![new(service("b")), new(service("d"))];
    let applied = ask(&manager, |m, caller, reply| {
        m.apply(caller, same.into(), reply);
    })
    .unwrap();
    assert_eq!(applied, [Outcome::Unchanged, Outcome::Created]);
}

#[test]
fn c32_a_service_marked_for_deletion_is_not_changed() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    let key = program::service_key("w");
    api.registry_write("", &key, "DeleteFlag", &RegistryValue::Number(1))
        .unwrap();
    let change = ConfigChange {
        description: Some("d".into()),
        ..ConfigChange::default()
    };
    let changed = ask(&manager, |m, caller, reply| {
        m.change_config(caller, &name("w"), change, reply);
    });
    assert_eq!(
        changed.unwrap_err().code(),
        Win32Error::SERVICE_MARKED_FOR_DELETE
    );
    let info = ask(&manager, |m, caller, reply| {
        m.query_service(caller, &name("w"), reply);
    })
    .unwrap();
    assert!(info.marked_for_delete);
}

#[test]
fn settings_of_windows_alone_read_back() {
    let (api, manager) = manager();
    create(&manager, service("w")).unwrap();
    let new = settings::WindowsSettings {
        sid_type: 1,
        required_privileges: vec!["SeBackupPrivilege".into()],
        ..settings::WindowsSettings::default()
    };
    manager.change_settings(&name("w"), &new).unwrap();
    assert_eq!(manager.query_settings(&name("w")).unwrap(), new);
    assert_eq!(api.open_handles(), 0);
}

#[test]
fn usage_is_that_of_processes_of_the_services_asked_for() {
    let (api, manager) = manager();
    for (name, process_id) in [("runs", 7), ("other", 8), ("rests", 0)] {
        create(&manager, service(name)).unwrap();
        let status = RawStatus {
            state: 4,
            process_id,
            ..RawStatus::default()
        };
        api.set_status(name, status);
    }
    api.calls();
    let usage = ask(&manager, |manager, caller, reply| {
        let wanted = vec![service_id("runs"), service_id("rests")];
        manager.query_usage(caller, Some(wanted), reply);
    })
    .unwrap();
    assert_eq!(usage.len(), 1);
    assert_eq!(
        (usage[0].service, usage[0].cpu_ms),
        (service_id("runs"), 1500)
    );
    assert!(api.calls().contains(&"OpenProcess 7".to_owned()));
    // A process that nobody may look at is left out.
    api.refuse("OpenProcess", Win32Error::ACCESS_DENIED);
    let usage = ask(&manager, |manager, caller, reply| {
        manager.query_usage(caller, None, reply);
    });
    assert_eq!(usage.unwrap(), []);
}
