use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::config::{
    Extensions, ExtensionsChange, OutputMode, PriorityClass, Probe, Readiness, StartType,
};
use crate::controllers::{Controller, Controllers};
use crate::{ServiceConfig, ServiceKind, ServiceName};

#[test]
fn rows_are_whole_and_no_key_or_option_stands_twice() {
    let mut keys = BTreeSet::new();
    let mut options = BTreeSet::new();
    for setting in all() {
        let key = setting.key;
        assert!(
            keys.insert((setting.section == Section::Recovery, key)),
            "{key}"
        );
        assert!(options.insert(setting.option), "{key}");
        for words in [setting.label, setting.about] {
            assert!(!words.en.is_empty() && !words.fr.is_empty(), "{key}");
            assert!(
                !words.en.ends_with('.') && !words.fr.ends_with('.'),
                "{key}"
            );
        }
        let in_ms = matches!(
            setting.value,
            ValueType::Duration | ValueType::OptionalDuration
        );
        assert_eq!(key.ends_with("_ms"), in_ms, "{key}: units are in the key");
        let is_shown = Subject::OF_EXTENSIONS.contains(&setting.subject);
        assert_eq!(
            is_shown,
            setting.section == Section::Extensions,
            "{key}: its subject"
        );
    }
}

#[test]
fn every_default_is_a_value_that_reads_back() {
    for setting in all() {
        let default = (setting.default)();
        let text = default.text(setting.value);
        let read = setting.value.parse(&text);
        assert!(
            read == Ok(default.clone()) || default == Value::Unset,
            "{}",
            setting.key
        );
    }
}

#[test]
fn words_of_choices_are_those_of_the_types() {
    for mode in OutputMode::ALL {
        assert!(OUTPUT.setting().value.parse(mode.name()).is_ok());
    }
    let setting = |key: &str| WINDOWS.iter().find(|setting| setting.key == key).unwrap();
    for class in PriorityClass::ALL {
        assert!(setting("priority").value.parse(class.name()).is_ok());
    }
    for start in StartType::ALL.iter().filter(|start| start.to_raw() > 1) {
        assert!(setting("start_type").value.parse(start.name()).is_ok());
    }
}

#[test]
fn values_are_read_and_refused_with_what_is_expected() {
    let parse = |value: ValueType, text: &str| value.parse(text).map(|v| v.text(value));
    let ok = |text: &str| Ok(text.to_owned());
    assert_eq!(parse(ValueType::Octal(0o777), "22"), ok("022"));
    for (given, read) in [
        ("10m", "10M"),
        ("1024", "1K"),
        ("1000", "1000"),
        ("2GiB", "2G"),
    ] {
        assert_eq!(parse(ValueType::Size, given), ok(read));
    }
    assert_eq!(parse(ValueType::SizeOrZero, "0"), ok("0"));
    assert_eq!(parse(ValueType::Percent(1, 200), "150 %"), ok("150%"));
    assert_eq!(parse(ValueType::Percent(1, 200), "50"), ok("50%"));
    assert_eq!(parse(ValueType::Signal, "sigquit"), ok("QUIT"));
    assert_eq!(parse(ValueType::Duration, "90"), ok("1m30s"));
    assert_eq!(parse(ValueType::Statuses, "0, 75"), ok("0,75"));
    assert_eq!(
        parse(ValueType::Actions, "restart/60s"),
        ok("restart/60000")
    );
    assert_eq!(parse(ValueType::ResetPeriod, "3600"), ok("1h"));
    assert_eq!(parse(ValueType::Integer(-9, 9), "-9"), ok("-9"));
    assert_eq!(parse(ValueType::Capabilities, "CAP_KILL"), ok("kill"));
    let signals = ValueType::ControlSignals;
    assert_eq!(parse(signals, "200=sigusr1, 128=34"), ok("200=USR1,128=34"));
    for (value, text) in [
        (signals, "127=USR1"),
        (signals, "200=NONE"),
        (signals, "200"),
        (signals, "200=USR1,200=USR2"),
        (ValueType::Octal(0o777), "9"),
        (ValueType::Octal(0o777), "1000"),
        (ValueType::Size, "0"),
        (ValueType::Size, "ten"),
        (ValueType::SizeOrZero, "-1"),
        (ValueType::Percent(1, 200), "201%"),
        (ValueType::Percent(1, 200), "%"),
        (ValueType::Size, "99999999T"),
        (ValueType::Signal, "65"),
        (ValueType::Signal, ""),
        (ValueType::Duration, "soon"),
        (ValueType::Statuses, "256"),
        (ValueType::Path, "relative"),
        (ValueType::Number(1, 5), "6"),
        (ValueType::Integer(-9, 9), "-10"),
        (ValueType::Capabilities, "root"),
        (ValueType::Flag, "perhaps"),
        (ValueType::Choice(&["a"]), "b"),
    ] {
        assert!(value.parse(text).is_err(), "{value:?} {text}");
    }
}

#[test]
fn an_empty_text_takes_every_setting_back() {
    for setting in all() {
        assert_eq!(
            setting.parse(" "),
            Ok((setting.default)()),
            "{}",
            setting.key
        );
    }
}

#[test]
fn only_what_differs_from_its_default_is_kept() {
    let mut extensions = Extensions::default();
    assert_eq!(extensions.get(STOP_GRACE), Duration::from_secs(10));
    extensions.set(STOP_GRACE, Duration::from_secs(3));
    extensions.set(OUTPUT, "null");
    let given: Vec<_> = extensions.given().map(|(setting, _)| setting.key).collect();
    assert_eq!(given, ["output", "stop_grace_ms"]);
    assert_eq!(extensions.get(OUTPUT), "null");
    let mut change = ExtensionsChange::default();
    change.add(STOP_GRACE.setting(), None);
    change.set(OUTPUT, "file");
    extensions.apply(&change);
    assert_eq!(extensions, Extensions::default());
}

#[test]
fn what_the_manager_reads_with_its_own_rights_is_for_administrators() {
    let before = Extensions::default();
    let mut after = before.clone();
    after.set(OUTPUT, "null");
    assert_eq!(after.needs_administrator(&before), None);
    after.set(ENVIRONMENT_FILES, ["/etc/shadow".into()].into());
    assert!(after.needs_administrator(&before).is_some());
    assert_eq!(
        after.needs_administrator(&after),
        None,
        "it was there before"
    );
    let may_set = |set: &dyn Fn(&mut Extensions)| {
        let mut after = before.clone();
        set(&mut after);
        assert_ne!(after, before);
        after.needs_administrator(&before).is_none()
    };
    let probe = |text: &str| Some(text.parse::<Probe>().unwrap());
    assert!(!may_set(
        &|to| to.set(PROBE, probe("tcp:169.254.169.254:80"))
    ));
    assert!(!may_set(&|to| to.set(PROBE, probe("http://127.0.0.1:80/"))));
    let ready = |text: &str| Some(text.parse::<Readiness>().unwrap());
    assert!(!may_set(
        &|to| to.set(READY, ready("tcp:169.254.169.254:80"))
    ));
    assert!(!may_set(
        &|to| to.set(READY, ready("unix:/run/private.sock"))
    ));
    // These are asked of its own process.
    for own in ["notify", "fd:3", "output:ready", "command:/bin/true"] {
        assert!(may_set(&|to| to.set(READY, ready(own))), "{own}");
    }
}

#[test]
fn what_a_user_who_may_change_a_service_may_not_set_is_this() {
    let mut kept: Vec<&str> = all()
        .filter(|setting| setting.set_by != SetBy::Changers)
        .map(|setting| setting.key)
        .collect();
    kept.sort_unstable();
    let expected = [
        "end_manager_with",
        "environment_files",
        "log_group",
        "log_mode",
        "log_owner",
        "pass_environment",
        "probe",
        "ready",
        "stderr_file",
        "stdout_file",
    ];
    assert_eq!(kept, expected);
}

#[test]
fn x53_limits_without_their_controller_are_named() {
    let mut extensions = Extensions::default();
    extensions.set(UMASK, Some(0o27));
    assert_eq!(extensions.lacking(Controllers::NONE), None);
    extensions.set(MEMORY_MAX, Some(1 << 20));
    extensions.set(CPU_QUOTA, Some(50));
    let lacking = |controllers| extensions.lacking(controllers);
    let only_cpu = Controllers::NONE.with(Controller::Cpu);
    assert_eq!(lacking(only_cpu).as_deref(), Some("memory_max (memory)"));
    let both = "memory_max (memory), cpu_quota (cpu)";
    assert_eq!(lacking(Controllers::NONE).as_deref(), Some(both));
    assert_eq!(lacking(Controllers::ALL), None);
}

#[test]
fn x109_each_setting_of_recovery_is_kept_or_refused_with_a_reason_on_windows() {
    let mut config = ServiceConfig::new(ServiceName::new("a").expect("a name"), "/a");
    for kind in [ServiceKind::Program, ServiceKind::Service] {
        config.kind = kind;
        for setting in all().filter(|setting| setting.subject == Subject::Recovery) {
            let expected = match setting.section {
                Section::Recovery => OnWindows::Kept,
                _ => match setting.system {
                    System::Linux(reason) => OnWindows::Refused(reason.into()),
                    System::Hosted(reason) if kind == ServiceKind::Service => {
                        OnWindows::Refused(reason.into())
                    }
                    System::Hosted(_) => OnWindows::ByHost,
                    System::Any => panic!("{}: neither kept, played nor refused", setting.key),
                },
            };
            assert_eq!(setting.on_windows(&config), expected, "{}", setting.key);
        }
    }
}
