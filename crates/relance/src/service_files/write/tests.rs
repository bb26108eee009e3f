//! What is exported and read again is what it was, for random configurations.

use proptest::prelude::*;
use relance_scm::config::ExtensionsChange;
use relance_scm::settings::{EXTENSIONS, Value, WINDOWS, all};
use relance_wire::api::ConfigBody;
use relance_wire::settings::to_json;
use serde_json::{Map, Value as Json};

use super::*;
use crate::service_files::{Problems, read_one};

/// Values of each type that people may have written.
fn values(setting: &Setting) -> Vec<String> {
    let texts: &[&str] = match setting.value {
        _ if setting.key == "service_type" => &["16", "32", "272"],
        ValueType::Text => &["plain", "two words", "qu\"ot\\ed 'x' ${A} %i é"],
        ValueType::Lines => &["one", "one\ntwo\n\tthree"],
        ValueType::Path => &["/srv", "/srv/a b/%i", "/"],
        ValueType::Flag => &["yes", "no"],
        ValueType::Choice(words) | ValueType::OptionalChoice(words) => words,
        ValueType::Number(least, most) => return vec![least.to_string(), most.to_string()],
        ValueType::Integer(least, most) => return vec![least.to_string(), most.to_string()],
        ValueType::Size | ValueType::SizeOrZero => &["64M", "1000001", "2G"],
        ValueType::Percent(least, most) => return vec![format!("{least}%"), format!("{most}")],
        ValueType::Octal(_) => &["022", "7"],
        ValueType::Limit(_) => &["1000", "1000:2000", "unlimited", "10M", "30s"],
        ValueType::Duration | ValueType::OptionalDuration => &["1500ms", "30s", "1h1m1s", "2d"],
        ValueType::TimeOfDay => &["03:00", "23:59"],
        ValueType::QuietHours => &["02:00-04:00", "22:00-06:00"],
        ValueType::Signal | ValueType::OptionalSignal => &["INT", "64", "USR1"],
        ValueType::ControlSignals => &["200=USR1,201=HUP"],
        ValueType::Readiness => &["notify", "fd:3", "tcp:127.0.0.1:80"],
        ValueType::Probe => &["http://127.0.0.1:8080/", "unix:/run/a.sock"],
        ValueType::Backoff => &["exponential"],
        ValueType::PolicyName => &["workers"],
        ValueType::Notify => &["nobody", "ops\nmail=recovery,give-up"],
        ValueType::Rules => &[
            "exit:75=restart/0",
            "exit:3-9,signal:SEGV=restart/1s/none/0\nany=none/0",
        ],
        ValueType::Schedule => &["Mon..Fri 02:30", "hourly"],
        ValueType::Statuses => &["0", "0,75,255"],
        ValueType::Processors => &["0", "0-3,6"],
        ValueType::Capabilities => &["net_bind_service", "none"],
        ValueType::List => &[
            "A=1",
            "A=1\nB=two words\nC=\"'\\",
            "HOME\nAPP_*",
            "/etc/a.env",
        ],
        ValueType::Sddl => &["D:(A;;GA;;;BA)"],
        ValueType::Actions => &["restart/1s/run/1500ms/none/0", "reboot/1m"],
        ValueType::ResetPeriod => &["INFINITE", "90s", "1h"],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A configuration with some of these settings; those that are refused are left out.
fn config(name: &str, command: &str, is_program: bool, chosen: &[(usize, usize)]) -> ServiceConfig {
    let name = ServiceName::new(name).expect("a name");
    let mut body = ConfigBody::from(&ServiceConfig::new(name, command));
    let kind = if is_program { "program" } else { "service" };
    kind.clone_into(&mut body.kind);
    let mut config = ServiceConfig::try_from(&body).expect("legal");
    let settings: Vec<_> = all().collect();
    for (setting, value) in chosen {
        let setting = settings[setting % settings.len()];
        let values = values(setting);
        let Ok(value) = setting.value.parse(&values[value % values.len()]) else {
            continue;
        };
        if let Some(changed) = with(&config, setting, &value) {
            config = changed;
        }
    }
    // What a policy says stands in no file beside its name.
    policies::without_values(&config)
}

fn with(config: &ServiceConfig, setting: &'static Setting, value: &Value) -> Option<ServiceConfig> {
    let mut changed = config.clone();
    if EXTENSIONS.iter().any(|row| row.key == setting.key) {
        let mut change = ExtensionsChange::default();
        change.add(setting, Some(value.clone()));
        changed.extensions.apply(&change);
    } else if WINDOWS.iter().any(|row| row.key == setting.key) && setting.key != "command_line" {
        let mut body = serde_json::to_value(ConfigBody::from(config)).expect("JSON");
        let place: &mut Map<String, Json> = match setting.section {
            Section::Recovery => body["recovery"].as_object_mut()?,
            _ => body.as_object_mut()?,
        };
        place.insert(setting.key.to_owned(), to_json(setting, value));
        let body: ConfigBody = serde_json::from_value(body).ok()?;
        changed = ServiceConfig::try_from(&body).ok()?;
    }
    changed.check().ok()?;
    Some(changed)
}

fn read_back(text: &str) -> Vec<ServiceConfig> {
    let read = read_one("a.toml", text).map_err(Problems::error);
    let read = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let configs = read.services.into_iter().map(|found| found.service.config);
    let mut configs: Vec<_> = configs.collect();
    configs.sort_by_key(|config| config.service_name.key());
    configs
}

proptest! {
    #[test]
    fn what_is_exported_is_read_back_as_it_was(
        services in prop::collection::vec(
            (
                prop::sample::select(vec!["w@1", "w@2", "w@10", "x@eu", "x@us", "a", "b é", "c'\""]),
                prop::sample::select(vec!["/bin/a", "/bin/a \"b c\" %i", "  /odd   'x' ", "\"/a b\" \\ ${X}"]),
                any::<bool>(),
                prop::sample::select(vec!["", "Worker %i", "Other"]),
                prop::collection::vec((0..1000_usize, 0..10_usize), 0..12),
            ),
            1..8,
        )
    ) {
        let mut configs: Vec<ServiceConfig> = Vec::new();
        for (name, command, is_program, shown, chosen) in services {
            let mut config = config(name, command, is_program, &chosen);
            if !shown.is_empty() {
                config.display_name = config.service_name.fill_in(shown).into();
            }
            configs.retain(|known| known.service_name != config.service_name);
            configs.push(config);
        }
        configs.sort_by_key(|config| config.service_name.key());
        let text = file(&[], &configs);
        prop_assert_eq!(read_back(&text), configs.clone(), "{}", text);
        let text = explained("a", &configs);
        prop_assert_eq!(read_back(&text), configs, "{}", text);
    }
}

#[test]
fn x120_each_setting_of_a_policy_comes_back() {
    for setting in all().filter(|setting| is_of_policies(setting)) {
        for text in values(setting) {
            let Ok(value) = setting.value.parse(&text) else {
                continue;
            };
            let plain = config("a", "/bin/a", false, &[]);
            let Some(config) = with(&plain, setting, &value) else {
                continue;
            };
            for name in ["workers", "w.2"] {
                let name = name.parse().expect("a name");
                let policy = RecoveryPolicy::like(name, &config);
                let text = file(std::slice::from_ref(&policy), &[]);
                let read = read_one("a.toml", &text).map_err(Problems::error);
                let read = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
                let policies: Vec<_> = read.into_to_apply().policies;
                assert_eq!(policies, [policy], "{text}");
            }
        }
    }
}

#[test]
fn each_setting_comes_back() {
    for setting in all().filter(|setting| setting.key != "command_line") {
        let mut tried = 0;
        for text in values(setting) {
            let Ok(value) = setting.value.parse(&text) else {
                continue;
            };
            for is_program in [true, false] {
                let plain = config("a", "/bin/a", is_program, &[]);
                if let Some(config) = with(&plain, setting, &value) {
                    tried += 1;
                    assert_eq!(
                        read_back(&file(&[], std::slice::from_ref(&config))),
                        [config],
                        "{} {text}",
                        setting.key
                    );
                }
            }
        }
        assert!(
            tried > 0 || setting.key == "reset_period_secs",
            "{}",
            setting.key
        );
    }
}

#[test]
fn instances_that_are_alike_are_one_definition() {
    let mut configs: Vec<_> = ["w@1", "w@2", "w@3", "x@eu", "x@us", "y@1"]
        .iter()
        .map(|name| config(name, "/bin/w %i", true, &[]))
        .collect();
    configs[1].display_name = "Worker 2".into();
    let text = file(&[], &configs);
    assert!(
        text.contains("name = \"w@\"\ninstances = [\"1\", \"3\"]"),
        "{text}"
    );
    assert!(
        text.contains("name = \"w@2\"\n") && text.contains("name = \"y@1\"\n"),
        "{text}"
    );
    assert!(
        text.contains("name = \"x@\"\ninstances = [\"eu\", \"us\"]"),
        "{text}"
    );
    configs[1].display_name = "Only %i".into();
    assert_eq!(
        read_back(&file(&[], &configs)),
        configs,
        "%i in a text of one service stays as it is"
    );
    configs[1].display_name = "w@2".into();
    assert!(file(&[], &configs).contains("name = \"w@\"\ninstances = 3\n"));
    assert!(file(&[], &configs).contains("command = [\"/bin/w\", \"%i\"]"));
}
