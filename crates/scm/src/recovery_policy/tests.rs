use std::time::Duration;

use super::*;
use crate::failure_actions::ActionList;
use crate::settings::{NOTIFY_DOWN_AFTER, RESTART_JITTER, STOP_GRACE};
use crate::{RecoveryActionKind, ResetPeriod};

fn policy() -> RecoveryPolicy {
    let mut policy = RecoveryPolicy::new("workers".parse().expect("a name"));
    policy.failure_actions.actions = "restart/1000/none/0"
        .parse::<ActionList>()
        .expect("actions")
        .0
        .into();
    policy.failure_actions.reset_period = ResetPeriod::Seconds(60);
    policy
        .extensions
        .set(RESTART_JITTER, Duration::from_secs(5));
    policy
}

fn service() -> ServiceConfig {
    ServiceConfig::new(ServiceName::new("a").expect("a name"), "/a")
}

#[test]
fn x101_names_are_kept_in_small_letters() {
    let name = |text: &str| text.parse::<PolicyName>();
    assert_eq!(
        name(" DB-Workers.2 ").expect("a name").as_str(),
        "db-workers.2"
    );
    for wrong in ["", "none", "-a", "a b", "a/b", &"a".repeat(65)] {
        let error = name(wrong).expect_err(wrong);
        assert_eq!(error.code(), Win32Error::INVALID_NAME);
    }
}

#[test]
fn x101_a_service_gets_what_follows_a_failure_and_nothing_else() {
    let mut config = service();
    config.failure_actions_on_non_crash_failures = true;
    config.extensions.set(STOP_GRACE, Duration::from_secs(30));
    config
        .extensions
        .set(NOTIFY_DOWN_AFTER, Some(Duration::from_secs(9)));
    policy().put_on(&mut config);
    assert_eq!(PolicyName::of(&config), Some(policy().name));
    assert!(RecoveryPolicy::like(policy().name, &config).has_settings_of(&policy()));
    assert!(config.failure_actions_on_non_crash_failures);
    assert_eq!(config.extensions.get(STOP_GRACE), Duration::from_secs(30));
    // What the policy does not say has its default.
    assert_eq!(config.extensions.get(NOTIFY_DOWN_AFTER), None);
}

#[test]
fn x101_a_policy_takes_no_settings_of_services() {
    let flag = ConfigChange {
        failure_actions_on_non_crash_failures: Some(true),
        ..ConfigChange::default()
    };
    let mut grace = ConfigChange::default();
    grace.extensions.set(STOP_GRACE, Duration::from_secs(1));
    for (change, key) in [(flag, "on_error_stop"), (grace, "stop_grace_ms")] {
        let error = policy().changed(&change).expect_err("refused");
        assert_eq!(error.code(), Win32Error::INVALID_PARAMETER);
        assert!(error.sentence().contains(key), "{error}");
    }
}

#[test]
fn a_policy_is_changed_in_parts_and_as_a_whole() {
    let change = ConfigChange {
        failure_actions: Some(FailureActionsChange {
            actions: Some(vec![crate::RecoveryAction::new(
                RecoveryActionKind::Restart,
                7,
            )]),
            ..FailureActionsChange::default()
        }),
        ..ConfigChange::default()
    };
    let changed = policy().changed(&change).expect("legal");
    assert_eq!(changed.extensions, policy().extensions);
    assert_eq!(
        changed.failure_actions.reset_period,
        ResetPeriod::Seconds(60)
    );
    let back = changed.changed(&policy().as_change()).expect("legal");
    assert_eq!(back, policy());
    let nothing = RecoveryPolicy::new(policy().name);
    let emptied = changed.changed(&nothing.as_change()).expect("legal");
    assert!(emptied.is_empty());
}
