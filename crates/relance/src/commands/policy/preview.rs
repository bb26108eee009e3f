//! What a changed policy means: its settings before and after, and what follows the next failure of each service.

use std::sync::Arc;

use relance_policy::delays::next_action;
use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::manager::ServiceInfo;
use relance_scm::{RecoveryPolicy, ServiceConfig, ServiceName};
use relance_texts::{Value, policy, shown};

use crate::cli::{CommandResult, Manager};
use crate::commands::apply::plan::changes;
use crate::lang::say;
use crate::plain::{plain, plain_lines};
use crate::words;

/// Prints it.
pub(super) fn print(
    manager: &Manager,
    before: &RecoveryPolicy,
    after: &RecoveryPolicy,
    users: &[ServiceName],
) -> CommandResult {
    for change in changes(&before.as_config(), &after.as_config(), &[]) {
        println!("    {}", plain_lines(&change.said()));
    }
    for name in users {
        let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply))?;
        println!("  {}", plain(&next(&info, after)));
    }
    Ok(())
}

/// What follows the next failure of a service that no rule by cause decides.
fn next(info: &ServiceInfo, after: &RecoveryPolicy) -> String {
    let mut config = ServiceConfig::clone(&info.config);
    after.put_on(&mut config);
    let [before, after] = [&*info.config, &config].map(|config| follows(info.id, config, info));
    let service = shown(&info.config.service_name);
    let count = info.recovery.failure_count;
    if before == after {
        return say(policy::NextStays {
            service,
            count,
            after,
        });
    }
    say(policy::NextChanges {
        service,
        count,
        before,
        after,
    })
}

fn follows(id: ServiceId, config: &ServiceConfig, info: &ServiceInfo) -> Value {
    let record = ServiceRecord::new(id, Arc::new(config.clone()));
    let action = next_action(&record, info.recovery.failure_count + 1);
    action.map_or_else(
        || policy::NOTHING_FOLLOWS.into(),
        |action| words::action(action).into(),
    )
}
