//! Configurations, as JSON for the API and as files.

use relance_scm::{ConfigChange, ServiceConfig};
use relance_wire::api::{ApplyRequest, ChangeConfigRequest, ConfigBody};
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(input: &[u8]) -> Option<T> {
    serde_json::from_slice(input).ok()
}

/// A configuration survives being sent back, whole.
pub(super) fn bodies(input: &[u8]) {
    let apply = read::<ApplyRequest>(input).map(|apply| apply.services);
    let bodies = read::<ConfigBody>(input)
        .into_iter()
        .chain(apply.into_iter().flatten());
    for body in bodies {
        if let Ok(config) = ServiceConfig::try_from(&body) {
            stays(&config);
        }
    }
}

fn stays(config: &ServiceConfig) {
    let text = serde_json::to_string(&ConfigBody::from(config)).expect("plain structures");
    let body: ConfigBody = serde_json::from_str(&text).expect("our own body");
    let again = ServiceConfig::try_from(&body).expect("our own body");
    assert_eq!(&again, config);
    assert_eq!(again.check().is_ok(), config.check().is_ok());
}

/// A change survives being sent.
pub(super) fn changes(input: &[u8]) {
    let Some(body) = read::<ChangeConfigRequest>(input) else {
        return;
    };
    let Ok(change) = ConfigChange::try_from(&body) else {
        return;
    };
    let body = ChangeConfigRequest::from(&change);
    let text = serde_json::to_string(&body).expect("plain structures");
    let sent: ChangeConfigRequest = serde_json::from_str(&text).expect("our own body");
    // There are two ways to say that a setting goes back to its default; they are sent as one.
    let read = ConfigChange::try_from(&sent).expect("our own body");
    assert_eq!(ChangeConfigRequest::from(&read), body);
}

/// A file for `relance apply` means the same as the JSON that the command sends.
pub(super) fn apply_file(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match relance::fuzzing::apply_file(&text) {
        Ok(found) => {
            let services = found.services.iter();
            services.for_each(|service| stays(&service.config));
            for policy in &found.policies {
                assert_eq!(policy.changed(&policy.as_change()).as_ref(), Ok(policy));
            }
        }
        Err(said) => assert!(!said.is_empty()),
    }
}

/// Settings that are understood are the same when they are handed to the engine as JSON.
pub(super) fn settings_file(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match relance::fuzzing::settings_file(&text) {
        Ok(written) => {
            let value: serde_json::Value = serde_json::from_str(&written).expect("our own JSON");
            assert!(value.is_object());
        }
        Err(said) => assert!(!said.is_empty()),
    }
}
