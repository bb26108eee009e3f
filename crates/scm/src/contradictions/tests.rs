use std::time::Duration;

use super::*;
use crate::config::Rules;
use crate::settings::{
    BACKOFF_MAX, FAILURE_RULES, PROBE_INTERVAL, PROBE_TEXT, RECYCLE_JITTER, RESTART_LIMIT_PERIOD,
    STOP_DEADLINE, WATCHDOG_SIGNAL, WHEN_START_MISSED,
};
use crate::{ServiceKind, ServiceName};

fn config() -> ServiceConfig {
    let name = ServiceName::new("a").expect("a name");
    let mut config = ServiceConfig::new(name, "/bin/a");
    config.kind = ServiceKind::Program;
    config
}

fn said_as(config: &ServiceConfig, naming: Naming) -> Vec<String> {
    let found = of(config, naming).into_iter();
    found
        .map(|found| format!("{}; {}", found.problem, found.advice))
        .collect()
}

fn count(config: &ServiceConfig) -> usize {
    said_as(config, Naming::Options).len()
}

#[test]
fn x47_settings_that_wait_for_another_are_told_until_it_is_there() {
    let mut config = config();
    let set = &mut config.extensions;
    set.set(PROBE_INTERVAL, Duration::from_secs(3));
    set.set(WATCHDOG_SIGNAL, Some(6));
    set.set(WHEN_START_MISSED, "run");
    set.set(RECYCLE_JITTER, Duration::from_secs(3));
    assert_eq!(count(&config), 4);
    let set = &mut config.extensions;
    set.set(PROBE, Some(Probe::Output));
    set.set(SCHEDULE, Some("daily".into()));
    set.set(RECYCLE_AFTER, Some(Duration::from_secs(60)));
    assert_eq!(count(&config), 0);
}

#[test]
fn x47_settings_about_what_follows_a_failure_need_something_that_follows() {
    let mut config = config();
    let set = &mut config.extensions;
    set.set(BACKOFF_MAX, Duration::from_secs(3));
    set.set(RESTART_LIMIT_PERIOD, Duration::from_secs(3));
    assert_eq!(count(&config), 2);
    let set = &mut config.extensions;
    set.set(BACKOFF, "linear".parse().ok());
    set.set(RESTART_LIMIT, Some(3));
    set.set(QUIET_HOURS, Some("02:00-04:00".into()));
    assert_eq!(count(&config), 3, "nothing follows a failure");
    let said = said_as(&config, Naming::Options).join("\n");
    assert!(
        said.contains("--backoff has no effect without --actions (X47)"),
        "{said}"
    );
    let rules = Rules::read(["exit:3=restart/1s"]).expect("a rule");
    config.extensions.set(FAILURE_RULES, rules);
    assert_eq!(count(&config), 0);
}

#[test]
fn x47_each_reader_is_told_by_the_names_that_are_used_there() {
    let mut config = config();
    config.extensions.set(PROBE_TEXT, Some("fine".into()));
    let said = |naming| said_as(&config, naming).join("\n");
    assert_eq!(
        said(Naming::Options),
        "--probe-text has no effect without --probe http:// (X47); give --probe http:// too, or take --probe-text out"
    );
    assert!(said(Naming::Keys).starts_with("probe_text has no effect without probe http:// (X47)"));
    let french = said(Naming::Labels(Lang::Fr));
    assert!(
        french.contains(PROBE_TEXT.setting().label.fr),
        "labels of the form: {french}"
    );
}

#[test]
fn x47_what_can_never_be_reached_is_told() {
    let mut config = config();
    config.extensions.set(READY_AFTER, Duration::from_secs(60));
    assert_eq!(count(&config), 0, "no deadline is in its way");
    let set = &mut config.extensions;
    set.set(START_DEADLINE, Some(Duration::from_secs(60)));
    set.set(RECYCLE_ABOVE, Some(1 << 20));
    set.set(MEMORY_HIGH, Some(1 << 20));
    set.set(MEMORY_MAX, Some(1 << 20));
    assert_eq!(count(&config), 3);
    let set = &mut config.extensions;
    set.set(START_DEADLINE, Some(Duration::from_secs(61)));
    set.set(MEMORY_MAX, Some(2 << 20));
    assert_eq!(count(&config), 0);
    config.extensions.set(START_DEADLINE, Some(Duration::ZERO));
    assert_eq!(count(&config), 0, "zero is no deadline");
}

#[test]
fn x47_a_setting_for_services_of_the_other_kind_is_told() {
    let mut config = config();
    let deadline = Some(Duration::from_secs(3));
    config.extensions.set(STOP_DEADLINE, deadline);
    let said = said_as(&config, Naming::Options);
    assert!(
        said[0].starts_with("--stop-deadline has no effect on a program"),
        "{said:?}"
    );
    config.kind = ServiceKind::Service;
    assert_eq!(count(&config), 0);
    config.extensions.set(READY_AFTER, Duration::from_secs(60));
    let said = said_as(&config, Naming::Options);
    assert!(
        said[0].starts_with("--ready-after has no effect on a service"),
        "{said:?}"
    );
}

#[test]
fn the_table_names_settings_that_there_are() {
    for need in NEEDS {
        for option in need.options.iter().chain(need.needed) {
            assert!(find(option).is_some(), "{option}");
        }
    }
}

#[test]
fn x47_single_quotes_that_hold_nothing_together_are_told() {
    let said = |line: &str| {
        let mut config = config();
        config.command_line = line.into();
        said_as(&config, Naming::Keys).concat()
    };
    for (line, part) in [
        ("/bin/sh -c 'cd /srv; php a.php'", "'cd /srv; php a.php'"),
        ("php a.php --queue='high'", "--queue='high'"),
        ("'/srv/my app/worker' x", "'/srv/my app/worker'"),
    ] {
        let said = said(line);
        assert!(
            said.contains(part) && said.contains("double quotes"),
            "{said}"
        );
    }
    for line in [
        "/bin/sh -c \"echo 'a b'\"",
        "/bin/sh -c \"'a b' c\"",
        "php don't",
        "php 'tis",
        "/bin/a",
    ] {
        assert_eq!(said(line), "", "{line}");
    }
    let mut config = config();
    config
        .extensions
        .set(STOP_COMMAND, Some("/bin/sh -c 'touch x'".into()));
    assert_eq!(count(&config), 1);
}
