use super::*;
use crate::RecoveryActionKind;
use crate::failure_actions::{FailureActionsChange, RecoveryAction};
use crate::rights::AccessRights;
use crate::settings::{
    LOG_MAX_AGE, PROBE_INTERVAL, PROBE_TIMEOUT, RECYCLE_AFTER, RESTART_JITTER, WATCHDOG,
};

fn config() -> ServiceConfig {
    ServiceConfig::new(ServiceName::new("mailer").unwrap(), "/bin/mailer run")
}

fn refused(config: &ServiceConfig) -> u32 {
    config
        .check()
        .map_or_else(|error| error.code().to_raw(), |()| 0)
}

#[test]
fn the_defaults_are_windows_defaults() {
    let config = config();
    assert_eq!(refused(&config), 0);
    assert_eq!(config.start_type, StartType::Demand);
    assert!(config.account_name.is_local_system());
    assert_eq!(&*config.display_name, "mailer", "C2");
    assert!(config.failure_actions.actions.is_empty(), "R57");
    assert!(!config.failure_actions_on_non_crash_failures, "R3");
}

#[test]
fn c13_types_that_cannot_run_here_are_refused_with_87() {
    for raw in [0x10, 0x110, 0x20, 0x120] {
        assert_eq!(ServiceType::from_raw(raw).unwrap().to_raw(), raw);
    }
    for raw in [0, 1, 2, 4, 8, 0x30, 0x50, 0x100, 0x210] {
        assert_eq!(
            ServiceType::from_raw(raw).unwrap_err().code().to_raw(),
            87,
            "{raw:#x}"
        );
    }
}

#[test]
fn c11_c14_c16_c18_combinations_that_make_no_sense() {
    let with = |change: fn(&mut ServiceConfig)| {
        let mut config = config();
        change(&mut config);
        refused(&config)
    };
    assert_eq!(with(|c| c.start_type = StartType::Boot), 87, "C14");
    assert_eq!(with(|c| c.delayed_auto_start = true), 87, "C16: needs auto");
    let delayed = |c: &mut ServiceConfig| {
        c.start_type = StartType::Auto;
        c.delayed_auto_start = true;
    };
    assert_eq!(with(delayed), 0);
    let mut grouped = config();
    delayed(&mut grouped);
    grouped.load_order_group = "net".into();
    assert_eq!(refused(&grouped), 87, "C16: not in a group");
    let mut interactive = config();
    interactive.service_type = ServiceType::from_raw(0x110).unwrap();
    assert_eq!(refused(&interactive), 0);
    interactive.account_name = AccountName::new(r".\me");
    assert_eq!(refused(&interactive), 87, "C11");
}

#[test]
fn all_problems_come_back_together() {
    let mut config = config();
    config.command_line = "".into();
    config.delayed_auto_start = true;
    let error = config.check().unwrap_err();
    assert!(
        error.sentence().contains("command line is empty"),
        "{error}"
    );
    assert!(error.sentence().contains("delayed start needs"), "{error}");
}

#[test]
fn c5_long_texts() {
    let mut config = config();
    config.command_line = "x".repeat(32_767).into();
    config.description = "d".repeat(8192).into();
    assert_eq!(refused(&config), 0);
    config.command_line = "x".repeat(32_768).into();
    assert_eq!(refused(&config), 87);
}

#[test]
fn c19_a_change_keeps_what_it_does_not_name() {
    let before = config();
    let change = ConfigChange {
        description: Some("sends mail".into()),
        ..Default::default()
    };
    let after = before.changed(&change).unwrap();
    assert_eq!(&*after.description, "sends mail");
    assert_eq!(
        ServiceConfig {
            description: "".into(),
            ..after
        },
        before
    );
    assert!(ConfigChange::default().is_empty());
}

#[test]
fn c16_leaving_auto_leaves_no_delayed_start() {
    let change = |start, delayed| ConfigChange {
        start_type: Some(start),
        delayed_auto_start: delayed,
        ..Default::default()
    };
    let delayed = config()
        .changed(&change(StartType::Auto, Some(true)))
        .unwrap();
    assert!(delayed.delayed_auto_start);
    assert!(
        !delayed
            .changed(&change(StartType::Demand, None))
            .unwrap()
            .delayed_auto_start
    );
}

#[test]
fn c20_an_empty_display_name_goes_back_to_the_service_name() {
    let change = |name: &str| ConfigChange {
        display_name: Some(name.into()),
        ..Default::default()
    };
    let named = config().changed(&change("Mail")).unwrap();
    assert_eq!(&*named.changed(&change("")).unwrap().display_name, "mailer");
}

#[test]
fn r50_r51_a26_rights_of_a_change() {
    let nothing = ConfigChange::default();
    assert_eq!(nothing.rights(), AccessRights::CHANGE_CONFIG, "X110");
    let actions = |kind| ConfigChange {
        failure_actions: Some(FailureActionsChange {
            actions: Some(vec![RecoveryAction::new(kind, 0)]),
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        actions(RecoveryActionKind::None).rights(),
        AccessRights::CHANGE_CONFIG
    );
    let both = AccessRights::CHANGE_CONFIG.union(AccessRights::START);
    assert_eq!(actions(RecoveryActionKind::Restart).rights(), both, "R51");
    let security = ConfigChange {
        security: Some(None),
        ..Default::default()
    };
    assert_eq!(security.rights(), AccessRights::WRITE_DAC, "A26");
}

#[test]
fn d1_dependencies_read_and_print() {
    assert_eq!(Dependency::parse("db").unwrap().to_string(), "db");
    assert_eq!(
        Dependency::parse("+net").unwrap(),
        Dependency::Group("net".into())
    );
    assert_eq!(Dependency::parse("+").unwrap_err().code().to_raw(), 123);
    assert_eq!(Dependency::parse("a/b").unwrap_err().code().to_raw(), 123);
}

#[test]
fn a_secret_never_shows_itself() {
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
}

#[test]
fn environment_variables_are_checked() {
    let variable = EnvironmentVariable::parse("A=b=c").unwrap();
    assert_eq!((variable.name(), variable.value()), ("A", "b=c"));
    for bad in ["", "=x", "novalue", "A\0=b", "A=b\0"] {
        assert!(EnvironmentVariable::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn s47_a_preshutdown_timeout_that_windows_could_not_hold_is_refused() {
    let mut config = config();
    let longest = Duration::from_millis(u32::MAX.into());
    config.preshutdown_timeout = Some(longest);
    assert_eq!(refused(&config), 0);
    for timeout in [longest + Duration::from_millis(1), Duration::MAX] {
        config.preshutdown_timeout = Some(timeout);
        assert_eq!(refused(&config), 87);
    }
}

#[test]
fn a_time_that_is_cut_where_it_acts_is_refused() {
    let longest = Duration::from_secs(49 * 86_400);
    let more = Duration::from_millis(1);
    let mut config = config();
    config.extensions.set(RESTART_JITTER, longest);
    config.extensions.set(LOG_MAX_AGE, Some(longest + more));
    assert_eq!(refused(&config), 0);
    config.extensions.set(RESTART_JITTER, longest + more);
    assert_eq!(refused(&config), 87);
    config.extensions.set(RESTART_JITTER, Duration::ZERO);
    config.extensions.set(LOG_MAX_AGE, Some(Duration::MAX));
    let error = config.check().unwrap_err();
    let error = error.sentence();
    assert!(error.starts_with("log_max_age_ms is "), "{error}");
    assert!(error.ends_with("; give at most 3650 d"), "{error}");
    assert!(config.check_stored().is_ok(), "it can be read");
}

#[test]
fn a_time_that_is_too_short_where_it_acts_is_refused() {
    let short = Duration::from_millis(99);
    let mut config = config();
    config.extensions.set(WATCHDOG, Some(Duration::ZERO));
    config.extensions.set(RECYCLE_AFTER, Some(Duration::ZERO));
    assert_eq!(refused(&config), 0, "zero is none");
    config.extensions.set(WATCHDOG, Some(short));
    assert_eq!(refused(&config), 87);
    config.extensions.set(WATCHDOG, None);
    config
        .extensions
        .set(RECYCLE_AFTER, Some(Duration::from_millis(999)));
    assert_eq!(refused(&config), 87);
    config.extensions.set(RECYCLE_AFTER, None);
    for setting in [PROBE_INTERVAL, PROBE_TIMEOUT] {
        for time in [Duration::ZERO, short, Duration::from_secs(31 * 86_400)] {
            config.extensions.set(setting, time);
            assert_eq!(refused(&config), 87, "{time:?}");
        }
        config.extensions.set(setting, Duration::from_millis(100));
        assert_eq!(refused(&config), 0);
    }
    config.extensions.set(PROBE_INTERVAL, Duration::ZERO);
    let error = config.check().unwrap_err();
    let error = error.sentence();
    assert_eq!(error, "probe_interval_ms is 0 s; give at least 0.1 s");
    assert!(config.check_stored().is_ok(), "it can be read");
}

#[test]
fn what_could_be_set_once_stands_until_it_is_changed() {
    let mut stored = config();
    stored
        .extensions
        .set(RESTART_JITTER, Duration::from_secs(50 * 86_400));
    stored.extensions.set(
        FAILURE_RULES,
        Rules::read(["gave-up=restart/0"]).expect("rules"),
    );
    assert_eq!(refused(&stored), 87, "a later version would refuse both");
    let mut other = ConfigChange {
        description: Some("x".into()),
        ..ConfigChange::default()
    };
    other
        .extensions
        .set(RESTART_JITTER, stored.extensions.get(RESTART_JITTER));
    let changed = stored.changed(&other).expect("neither is touched");
    changed.check_after(&stored).expect("applied as a whole");
    let mut touched = ConfigChange::default();
    touched
        .extensions
        .set(RESTART_JITTER, Duration::from_secs(51 * 86_400));
    let error = stored.changed(&touched).unwrap_err();
    assert!(
        error.sentence().starts_with("restart_jitter_ms is"),
        "{error}"
    );
    assert!(!error.sentence().contains("gave-up"), "{error}");
}

#[test]
fn x83_a_restart_after_giving_up_is_refused() {
    let mut config = config();
    for (rule, code) in [
        ("gave-up=restart/0", 87),
        ("exit:3,gave-up=restart/1s/restart/1m", 87),
        ("gave-up=restart/0/run/3", 0),
        ("gave-up=none", 0),
    ] {
        let rules = Rules::read([rule]).unwrap();
        config.extensions.set(FAILURE_RULES, rules);
        assert_eq!(refused(&config), code, "{rule}");
    }
}
