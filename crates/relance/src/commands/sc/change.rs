//! The verbs of `sc` that change something.

use relance_scm::config::Secret;
use relance_scm::manager::NewService;
use relance_scm::{ConfigChange, ScmError, ServiceConfig, ServiceName, Win32Error};
use relance_texts::{command, sc};
use relance_wire::api::{ChangeConfigRequest, ConfigBody};
use serde_json::{Map, Value as Json, json};

use super::Done;
use super::words::Options;
use crate::cli::{CommandFailure, Manager, misfit, usage};

/// The options of `create` and `config`.
const OF_CONFIG: [&str; 10] = [
    "binpath",
    "type",
    "start",
    "error",
    "group",
    "tag",
    "depend",
    "obj",
    "displayname",
    "password",
];

pub(super) fn create(manager: &Manager, service: &ServiceName, options: &Options) -> Done {
    let mut body = settings(options).map_err(|failure| ("", failure))?;
    if !body.contains_key("command_line") {
        return Err(("", usage(sc::BIN_PATH_MISSING)));
    }
    let failed = |failure| ("CreateService", failure);
    body.insert("name".to_owned(), service.as_str().into());
    body.entry("error_control")
        .or_insert_with(|| "normal".into());
    let body: ConfigBody =
        serde_json::from_value(Json::Object(body)).map_err(|error| failed(misfit(error).into()))?;
    let config = ServiceConfig::try_from(&body).map_err(|error| {
        let (name, problem) = (service.as_str(), error.to_sentence());
        let problem = command::OfFile { name, problem };
        failed(ScmError::new(error.code(), problem).into())
    })?;
    let service = NewService {
        config,
        password: Secret::new(body.password.unwrap_or_default()),
    };
    manager
        .ask(|scm, caller, reply| scm.create_service(caller, service, reply))
        .map_err(failed)?;
    println!("[SC] CreateService SUCCESS");
    Ok(())
}

pub(super) fn config(manager: &Manager, service: &ServiceName, options: &Options) -> Done {
    let body = settings(options).map_err(|failure| ("", failure))?;
    change(manager, service, Json::Object(body), "ChangeServiceConfig")
}

pub(super) fn description(manager: &Manager, service: &ServiceName, words: &[String]) -> Done {
    // Without a text nothing is changed there, either; "" takes it away.
    let body = match words.first() {
        Some(text) if text == "\"\"" => json!({ "description": "" }),
        Some(text) => json!({ "description": text }),
        None => json!({}),
    };
    change(manager, service, body, "ChangeServiceConfig2")
}

pub(super) fn failure(manager: &Manager, service: &ServiceName, options: &Options) -> Done {
    if let Some(name) = options.other_than(&["reset", "reboot", "command", "actions"]) {
        return Err(("", usage(sc::UnknownOption { name })));
    }
    // R72: one of the two alone says nothing.
    if options.get("reset").is_some() != options.get("actions").is_some() {
        return Err(("", usage(sc::RESET_WITH_ACTIONS)));
    }
    let mut recovery = Map::new();
    let pairs = [
        ("reset", "reset_period_secs"),
        ("actions", "actions"),
        ("command", "command"),
        ("reboot", "reboot_message"),
    ];
    for (name, key) in pairs {
        if let Some(value) = options.get(name) {
            recovery.insert(key.to_owned(), value.into());
        }
    }
    change(
        manager,
        service,
        json!({ "recovery": recovery }),
        "ChangeServiceConfig2",
    )
}

pub(super) fn failure_flag(manager: &Manager, service: &ServiceName, words: &[String]) -> Done {
    let set = match words.first().map(String::as_str) {
        Some("1") => true,
        Some("0") => false,
        _ => return Err(("", usage(sc::FLAG_IS_0_OR_1))),
    };
    let body = json!({ "recovery": { "on_error_stop": set } });
    change(manager, service, body, "ChangeServiceConfig2")
}

pub(super) fn security(manager: &Manager, service: &ServiceName, words: &[String]) -> Done {
    let Some(sddl) = words.first() else {
        return Err(("", usage(sc::SDDL_MISSING)));
    };
    change(
        manager,
        service,
        json!({ "security": sddl }),
        "SetServiceObjectSecurity",
    )
}

pub(super) fn delete(manager: &Manager, service: &ServiceName) -> Done {
    let deleted = manager.ask(|scm, caller, reply| scm.delete_service(caller, service, reply));
    deleted.map_err(|failure| ("DeleteService", failure))?;
    println!("[SC] DeleteService SUCCESS");
    Ok(())
}

fn change(manager: &Manager, service: &ServiceName, body: Json, call: &'static str) -> Done {
    let failed = |failure: CommandFailure| (call, failure);
    let body: ChangeConfigRequest =
        serde_json::from_value(body).map_err(|error| failed(misfit(error).into()))?;
    let change = ConfigChange::try_from(&body).map_err(|error| failed(error.into()))?;
    manager
        .ask(|scm, caller, reply| scm.change_config(caller, service, change, reply))
        .map_err(failed)?;
    println!("[SC] {call} SUCCESS");
    Ok(())
}

/// The options of `create` and `config` as settings.
fn settings(options: &Options) -> Result<Map<String, Json>, CommandFailure> {
    if let Some(name) = options.other_than(&OF_CONFIG) {
        return Err(usage(sc::UnknownOption { name }));
    }
    let mut body = Map::new();
    let texts = [
        ("binpath", "command_line"),
        ("error", "error_control"),
        ("group", "load_order_group"),
        ("obj", "account_name"),
        ("displayname", "display_name"),
        ("password", "password"),
    ];
    for (name, key) in texts {
        if let Some(value) = options.get(name) {
            let is_word = name == "error";
            let value = if is_word {
                value.to_ascii_lowercase()
            } else {
                value.to_owned()
            };
            body.insert(key.to_owned(), value.into());
        }
    }
    if let Some(start) = options.get("start") {
        let is_delayed = start.eq_ignore_ascii_case("delayed-auto");
        let start = if is_delayed {
            "auto".to_owned()
        } else {
            start.to_ascii_lowercase()
        };
        body.insert("start_type".to_owned(), start.into());
        body.insert("delayed_auto_start".to_owned(), is_delayed.into());
    }
    if let Some(depend) = options.get("depend") {
        let names: Vec<&str> = depend.split('/').filter(|name| !name.is_empty()).collect();
        body.insert("dependencies".to_owned(), names.into());
    }
    match options.get("type").map(str::to_ascii_lowercase).as_deref() {
        None | Some("own") => {}
        Some("program") => {
            body.insert("kind".to_owned(), "program".into());
        }
        Some("interact") => {
            body.insert("service_type".to_owned(), 272.into());
        }
        Some(other) => {
            return Err(
                ScmError::new(Win32Error::INVALID_PARAMETER, sc::NoType { word: other }).into(),
            );
        }
    }
    Ok(body)
}
