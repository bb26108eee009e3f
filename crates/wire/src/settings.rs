//! The settings of a whole configuration, with their values as people write them.

use std::time::Duration;

use relance_scm::ServiceConfig;
use relance_scm::duration;
use relance_scm::settings::{Section, Setting, ValueType, all};
use serde_json::Value as Json;

use crate::api::ConfigBody;
pub use crate::values::{from_json, to_json};

/// The settings of a configuration with their values as people write them, in the order of the rows; an
/// empty text for what is not set.
pub fn texts(config: &ServiceConfig) -> impl Iterator<Item = (&'static Setting, String)> + use<> {
    texts_of(&ConfigBody::from(config))
}

/// The same, for a configuration that need not be legal: what somebody has typed.
pub fn texts_of(body: &ConfigBody) -> impl Iterator<Item = (&'static Setting, String)> + use<> {
    let body = serde_json::to_value(body).unwrap_or_default();
    all().map(move |setting| (setting, text_in(setting, &body)))
}

fn text_in(setting: &Setting, body: &Json) -> String {
    let section = match setting.section {
        Section::Service => body,
        Section::Recovery => &body["recovery"],
        Section::Extensions => &body["extensions"],
    };
    let json = &section[setting.key];
    if let (ValueType::Actions, Some(list)) = (setting.value, json.as_array()) {
        return actions_text(list);
    }
    match from_json(setting, json) {
        Ok(Some(value)) => value.text(setting.value),
        // Left out, so it is the default.
        Ok(None) => (setting.default)().text(setting.value),
        Err(_) => json.to_string(),
    }
}

/// `restart/1m/none/0`.
fn actions_text(list: &[Json]) -> String {
    let words = list.iter().map(|action| {
        let kind = action["kind"].as_str().unwrap_or_default();
        match action["delay_ms"].as_u64() {
            None | Some(0) => format!("{kind}/0"),
            Some(ms) => format!("{kind}/{}", duration::format(Duration::from_millis(ms))),
        }
    });
    words.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use relance_scm::settings::{AFFINITY, EXTENSIONS, OUTPUT, STOP_GRACE, Value, all};
    use relance_scm::{RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceName};
    use serde_json::{Map, json};

    use super::*;
    use crate::api::{ChangeConfigRequest, RecoveryBody};

    #[test]
    fn every_default_reads_back() {
        for setting in all() {
            let default = (setting.default)();
            let read = from_json(setting, &to_json(setting, &default));
            let read = read.expect("it was written by us").unwrap_or(Value::Unset);
            assert_eq!(read, default, "{}", setting.key);
        }
    }

    /// The rows of [`WINDOWS`](relance_scm::settings::WINDOWS) and the fields of the API belong together.
    #[test]
    fn every_row_is_a_field_and_every_field_has_a_row() {
        for setting in all() {
            let json = Map::from_iter([(
                setting.key.to_owned(),
                to_json(setting, &(setting.default)()),
            )]);
            let body = match setting.section {
                Section::Service => json!(json),
                Section::Recovery => json!({ "recovery": json }),
                Section::Extensions => json!({ "extensions": json }),
            };
            let change = serde_json::from_value::<ChangeConfigRequest>(body);
            assert!(change.is_ok(), "{}: {change:?}", setting.key);
        }
        let config = ServiceConfig::new(ServiceName::new("a").expect("a name"), "/a");
        let body = serde_json::to_value(ConfigBody::from(&config)).expect("JSON");
        let of = |section| {
            let settings = all().filter(move |setting| setting.section == section);
            settings.map(|setting| setting.key).collect::<Vec<_>>()
        };
        let not_settings = ["name", "kind", "password", "recovery", "extensions"];
        for key in body.as_object().expect("an object").keys() {
            assert!(
                not_settings.contains(&&**key) || of(Section::Service).contains(&&**key),
                "{key}"
            );
        }
        let recovery = serde_json::to_value(RecoveryBody::default()).expect("JSON");
        for key in recovery.as_object().expect("an object").keys() {
            assert!(of(Section::Recovery).contains(&&**key), "{key}");
        }
    }

    #[test]
    fn values_are_shown_as_people_write_them() {
        let mut config = ServiceConfig::new(ServiceName::new("a").expect("a name"), "/a");
        config.failure_actions.reset_period = ResetPeriod::Seconds(3600);
        config.failure_actions.actions = [
            RecoveryAction::new(RecoveryActionKind::Restart, 90_000),
            RecoveryAction::new(RecoveryActionKind::None, 0),
        ]
        .into();
        let shown = |key: &str| {
            texts(&config)
                .find(|(setting, _)| setting.key == key)
                .map(|(_, text)| text)
        };
        assert_eq!(shown("actions").as_deref(), Some("restart/1m30s/none/0"));
        assert_eq!(shown("reset_period_secs").as_deref(), Some("1h"));
        assert_eq!(shown("stop_grace_ms").as_deref(), Some("10s"));
        assert_eq!(shown("priority").as_deref(), Some(""));
    }

    #[test]
    fn what_version_0_1_0_stored_is_read() {
        let read = |setting: &'static Setting, json: Json| from_json(setting, &json).expect("read");
        assert_eq!(
            read(OUTPUT.setting(), json!(1)),
            Some(Value::Choice("null"))
        );
        assert_eq!(read(AFFINITY.setting(), json!(0)), Some(Value::Unset));
        let processors = read(AFFINITY.setting(), json!(5));
        assert_eq!(
            processors.map(|v| v.text(ValueType::Processors)),
            Some("0,2".to_owned())
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_its_key() {
        for setting in EXTENSIONS {
            let error = from_json(setting, &json!({})).expect_err("an object is never a value");
            assert!(error.sentence().starts_with(setting.key), "{error}");
        }
        let error = from_json(STOP_GRACE.setting(), &json!([1])).expect_err("not an array");
        assert_eq!(error.sentence(), "stop_grace_ms: expected milliseconds");
    }
}
