//! `relance apply --dry-run --for windows`: how the manager of Windows would handle the services of files, setting
//! by setting. Lists of actions may have any length there, so where growing delays or a limit of restarts are refused, their
//! effect is shown as such a list.

use relance_policy::simulate::simulate;
use relance_scm::failure_actions::{ActionList, RecoveryAction};
use relance_scm::manager::ToApply;
use relance_scm::settings::{
    BACKOFF, OnWindows, QUIET_HOURS, RECOVERY_POLICY, RESTART_GROUP, RESTART_JITTER, RESTART_LIMIT,
    RETRY_FAILED_STARTS, Setting,
};
use relance_scm::{RecoveryActionKind, Sentence, ServiceConfig};
use relance_texts::apply;
use relance_wire::settings::texts;
use serde::Serialize;

use crate::cli::{CommandFailure, Common};
use crate::lang::{lang, say};
use crate::plain::plain;

/// How many failures are simulated.
const FAILURES: usize = 30;

/// How Windows handles one service.
#[derive(Serialize)]
struct Service {
    service: String,
    /// The policy whose settings are copied into it: Windows keeps none.
    #[serde(skip_serializing_if = "Option::is_none")]
    copied_policy: Option<String>,
    /// By the manager of Windows.
    kept: Vec<&'static str>,
    /// By `relance host`.
    by_host: Vec<&'static str>,
    refused: Vec<Refused>,
    /// Whether `relance host` decides what follows a failure, and not Windows' manager.
    host_recovers: bool,
    /// What follows failures, as a list of Windows, where it is said in another way that is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<String>,
}

#[derive(Serialize)]
struct Refused {
    setting: &'static str,
    value: String,
    reason: String,
}

/// Reports it. Whether something is refused.
pub(super) fn report(to_apply: &ToApply, json: bool) -> Result<bool, CommandFailure> {
    let services = to_apply.services.iter();
    let services = services.map(|new| service(to_apply, &new.config, json));
    let services: Vec<Service> = services.collect::<Result<_, _>>()?;
    if json {
        Common::print_json(&services)?;
    } else {
        services.iter().for_each(print);
    }
    Ok(services.iter().any(|service| !service.refused.is_empty()))
}

fn print(found: &Service) {
    let (service, refused) = (&found.service, found.refused.len());
    println!("{}", plain(&say(apply::ForWindows { service, refused })));
    let line = |text: String| println!("  {}", plain(&text));
    if let Some(policy) = &found.copied_policy {
        line(say(apply::ForPolicy { policy }));
    }
    if !found.kept.is_empty() {
        let settings = found.kept.clone();
        line(say(apply::ForKept { settings }));
    }
    if !found.by_host.is_empty() {
        let settings = found.by_host.clone();
        line(say(apply::ForHost { settings }));
    }
    for Refused {
        setting,
        value,
        reason,
    } in &found.refused
    {
        let setting = *setting;
        line(say(apply::ForRefused {
            setting,
            value,
            reason,
        }));
    }
    if found.host_recovers {
        line(say(apply::FOR_HOST_RECOVERS));
    }
    if let Some(actions) = &found.actions {
        line(say(apply::ForActions { actions }));
    }
}

/// `json`: in English.
fn service(
    to_apply: &ToApply,
    config: &ServiceConfig,
    json: bool,
) -> Result<Service, CommandFailure> {
    let policy = to_apply
        .policy_of(config)
        .map(|policy| policy.name.to_string());
    let mut config = to_apply.filled_in(config)?;
    // What `apply` sets on Linux by itself.
    config.extensions.set(RETRY_FAILED_STARTS, false);
    let config = &config;
    let mut found = Service {
        service: config.service_name.to_string(),
        kept: Vec::new(),
        by_host: Vec::new(),
        refused: Vec::new(),
        host_recovers: config.host_recovers(),
        actions: None,
        copied_policy: policy,
    };
    for (setting, value) in given(config) {
        let is_policy = setting.key == RECOVERY_POLICY.setting().key;
        match setting.on_windows(config) {
            OnWindows::Refused(_) if is_policy && found.copied_policy.is_some() => {}
            OnWindows::Refused(_) if is_policy => found.refused.push(Refused {
                setting: setting.key,
                reason: in_words(&apply::ForPolicyNotInFiles { policy: &*value }.into(), json),
                value,
            }),
            OnWindows::Kept => found.kept.push(setting.key),
            OnWindows::ByHost => found.by_host.push(setting.key),
            OnWindows::Refused(reason) => found.refused.push(Refused {
                setting: setting.key,
                value: value.replace('\n', ", "),
                reason: in_words(&reason, json),
            }),
        }
    }
    let (backoff, limit) = (BACKOFF.setting().key, RESTART_LIMIT.setting().key);
    let mut refused = found.refused.iter().map(|refused| refused.setting);
    if refused.any(|setting| setting == backoff || setting == limit) {
        found.actions = as_list(config).map(|list| list.to_string());
    }
    Ok(found)
}

fn in_words(reason: &Sentence, json: bool) -> String {
    if json {
        return reason.to_string();
    }
    reason.of(lang())
}

/// The settings that are not at their defaults, with their values.
fn given(config: &ServiceConfig) -> Vec<(&'static Setting, String)> {
    let mut plain = ServiceConfig::new(config.service_name.clone(), &*config.command_line);
    plain.kind = config.kind;
    let defaults = texts(&plain).map(|(_, text)| text);
    let given = texts(config).zip(defaults);
    given
        .filter(|((setting, text), default)| text != default && !setting.key.is_empty())
        .map(|(given, _)| given)
        .collect()
}

/// What follows failures in quick succession, if growing delays or a limit say it; the last action is that of all later ones.
fn as_list(config: &ServiceConfig) -> Option<ActionList> {
    let extensions = &config.extensions;
    if extensions.get(BACKOFF).is_none() && extensions.get(RESTART_LIMIT).is_none() {
        return None;
    }
    let mut alone = config.clone();
    alone
        .extensions
        .set(RESTART_JITTER, std::time::Duration::ZERO);
    alone.extensions.set(QUIET_HOURS, None);
    alone.extensions.set(RESTART_GROUP, None);
    let script = vec!["crash"; FAILURES].join(", ").parse().ok()?;
    let timeline = simulate(&alone, &script);
    let nothing = RecoveryAction::new(RecoveryActionKind::None, 0);
    let mut actions: Vec<RecoveryAction> = timeline
        .actions()
        .map(|(_, action)| action.unwrap_or(nothing))
        .collect();
    while actions.len() > 1
        && actions[actions.len() - 2..]
            .iter()
            .all(|one| *one == actions[actions.len() - 1])
    {
        actions.pop();
    }
    (*actions != *config.failure_actions.actions).then_some(ActionList(actions))
}
