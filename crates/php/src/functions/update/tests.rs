//! What a service is after `win32_update_service_config`, on a manager in memory.

use relance_scm::config::StartType;
use relance_scm::{FailureActions, RecoveryAction, RecoveryActionKind, ResetPeriod};

use super::*;
use crate::backend::fake::{backend_with, name};

fn stored() -> ServiceConfig {
    let mut config = ServiceConfig::new(name("demo"), "/usr/bin/php old");
    config.start_type = StartType::Auto;
    config.description = "before".into();
    config.failure_actions = FailureActions {
        reset_period: ResetPeriod::Seconds(300),
        reboot_message: "bye".into(),
        actions: [RecoveryAction::new(RecoveryActionKind::Restart, 1000)].into(),
        ..FailureActions::default()
    };
    config
}

/// The configuration after the update, how many requests it took, and what was thrown.
fn updated(details: Details) -> (ServiceConfig, usize, Option<Throwable>) {
    let (backend, memory) = backend_with(stored());
    let failure = change(details, &stored())
        .and_then(|change| apply(&backend, &name("demo"), change))
        .err();
    let memory = memory.lock().unwrap();
    let config = memory.services[&name("demo")].clone();
    (config, memory.requests.len(), failure)
}

fn message(failure: Option<Throwable>) -> String {
    match failure {
        Some(Throwable::Exception { message, .. } | Throwable::ArgumentValue { message, .. }) => {
            message.into_string().unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_array_asks_for_nothing() {
    let (config, requests, failure) = updated(Details::default());
    assert_eq!((config, requests), (stored(), 0));
    assert!(failure.is_none());
}

#[test]
fn t28_given_keys_change_and_the_others_stay() {
    let (config, requests, _) = updated(Details {
        display: Some(b"Demo".into()),
        start_type: Some(3),
        ..Details::default()
    });
    assert_eq!(&*config.display_name, "Demo");
    assert_eq!(config.start_type, StartType::Demand);
    assert_eq!(&*config.description, "before");
    assert_eq!(config.failure_actions, stored().failure_actions);
    assert_eq!(requests, 1);
}

#[test]
fn b22_a_path_without_params_ends_in_a_blank() {
    let (config, ..) = updated(Details {
        path: Some(b"/usr/bin/php".into()),
        ..Details::default()
    });
    assert_eq!(&*config.command_line, "/usr/bin/php ");
}

#[test]
fn b36_params_without_a_path_change_nothing() {
    let (config, requests, _) = updated(Details {
        params: Some(b"new".into()),
        ..Details::default()
    });
    assert_eq!((&*config.command_line, requests), ("/usr/bin/php old", 0));
}

#[test]
fn b37_one_recovery_key_keeps_the_others() {
    let (config, ..) = updated(Details {
        recovery_actions: [None, Some(3), None],
        ..Details::default()
    });
    let recovery = config.failure_actions;
    assert_eq!(recovery.reset_period, ResetPeriod::Seconds(300));
    assert_eq!(&*recovery.reboot_message, "bye");
    assert_eq!(
        recovery.actions[0],
        RecoveryAction::new(RecoveryActionKind::Restart, 1000)
    );
    assert_eq!(recovery.actions[1].kind, RecoveryActionKind::RunCommand);
}

#[test]
fn b39_an_empty_text_clears() {
    let (config, ..) = updated(Details {
        description: Some(Vec::new()),
        recovery_reboot_msg: Some(Vec::new()),
        dependencies: Some(Vec::new()),
        ..Details::default()
    });
    assert_eq!(&*config.description, "");
    assert_eq!(&*config.failure_actions.reboot_message, "");
}

#[test]
fn b21_an_empty_path_is_refused() {
    let (config, _, failure) = updated(Details {
        path: Some(Vec::new()),
        ..Details::default()
    });
    assert_eq!(message(failure), "the value for key 'path' is wrong");
    assert_eq!(config, stored());
}

#[test]
fn the_name_and_the_priority_are_not_looked_at() {
    let (config, _, failure) = updated(Details {
        service: Some(b"bad\xFF".into()),
        base_priority: Some(8),
        ..Details::default()
    });
    assert!(failure.is_none());
    assert_eq!(config, stored());
}

#[test]
fn a_refused_part_is_named_and_what_came_before_stays() {
    let (config, _, failure) = updated(Details {
        display: Some(b"Demo".into()),
        start_type: Some(3),
        delayed_start: Some(true),
        ..Details::default()
    });
    assert_eq!(
        message(failure),
        "Error invalid parameter (error on change the start type)"
    );
    assert_eq!(&*config.display_name, "Demo");
}
