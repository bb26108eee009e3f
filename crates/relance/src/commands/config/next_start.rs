//! Says which changes of a running service wait for its next start.

use std::sync::Arc;

use relance_scm::settings::{TakesEffect, ValueType};
use relance_scm::{ServiceConfig, ServiceName, ServiceState};
use relance_texts::command;
use relance_wire::settings::texts;

use crate::cli::Manager;
use crate::lang::say;
use crate::plain::plain;

/// The settings with which a service would be started now; `None` if they are not known, or it does
/// not run.
pub(super) fn before(manager: &Manager, name: &ServiceName) -> Option<Arc<ServiceConfig>> {
    let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply));
    let info = info.ok()?;
    (info.status.state != ServiceState::Stopped).then_some(info.config)
}

/// Prints that for the services that were just changed; `shown` is the name that the person typed.
pub(super) fn note<'a>(
    manager: &Manager,
    shown: &str,
    services: impl IntoIterator<Item = (&'a ServiceName, Option<Arc<ServiceConfig>>)>,
) {
    let mut settings: Vec<&str> = Vec::new();
    for (name, before) in services {
        let Some(before) = before else { continue };
        let after = manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply));
        let Ok(after) = after else { continue };
        let pairs = texts(&before).zip(texts(&after));
        let waiting = pairs.filter(|((setting, before), (_, after))| {
            // A limit of setrlimit that is taken away stays with the processes that have it (X76).
            let stays = matches!(setting.value, ValueType::Limit(_)) && after.is_empty();
            before != after && (setting.takes_effect == TakesEffect::NextStart || stays)
        });
        for ((setting, _), _) in waiting {
            if !settings.contains(&setting.key) {
                settings.push(setting.key);
            }
        }
    }
    if !settings.is_empty() {
        let settings = settings.join(", ");
        let name = plain(shown);
        eprintln!("{}", say(command::FromNextStart { settings, name }));
    }
}
