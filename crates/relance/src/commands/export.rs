//! `relance export`: services as a file for `relance apply`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_scm::system::Told;
use relance_scm::{PolicyName, RecoveryPolicy, ServiceConfig};
use relance_texts::{apply, import, shown};
use relance_wire::api::{ConfigBody, PolicyBody};

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::say;
use crate::plain::plain;
use crate::policies;
use crate::private_file;
use crate::selection::{Selection, service_names, warn_of_unreadable};
use crate::service_files::write;

/// What stands for a value of an environment that the caller may not see.
const HIDDEN: &str = "***";

/// Write services as a file for `relance apply`, which changes nothing as long as they stay the
/// same
///
/// All services, or those that are named. Settings with their default are left out, and instances
/// that are alike become one definition. The policies that the services use are included, and
/// without names all policies. Passwords of accounts are not exported. With --json it prints the
/// list that the API gives; with policies, an object of both.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Services: names, patterns with * and ?, or NAME@ for all instances; all if left out
    #[arg(value_name = "NAME", add = service_names())]
    names: Vec<String>,
    /// Where to write it; the file must not exist yet [default: the standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let mut configs = configs(&manager, &arguments.names)?;
    let hidden = hide_environments(&mut configs);
    let policies = policies_of(&manager, &configs, arguments.names.is_empty())?;
    let text = if arguments.common.json {
        json(&policies, &configs).map_err(anyhow::Error::from)?
    } else {
        write::file(&policies, &configs)
    };
    match &arguments.output {
        None => print!("{text}"),
        Some(path) => {
            let written = private_file::write(path, &text);
            let path = shown(path.display());
            written.told(|reason| import::CannotWrite { path, reason })?;
        }
    }
    if !hidden.is_empty() {
        let names = hidden.join(" ");
        eprintln!("{}", say(apply::HiddenEnvironment { names }));
    }
    Ok(())
}

/// The policies that these services use; with all services, all policies.
fn policies_of(
    manager: &Manager,
    configs: &[ServiceConfig],
    all: bool,
) -> Result<Vec<RecoveryPolicy>, CommandFailure> {
    let named: BTreeSet<PolicyName> = configs.iter().filter_map(PolicyName::of).collect();
    if !all && named.is_empty() {
        return Ok(Vec::new());
    }
    let kept = policies::kept(manager)?.unwrap_or_default().into_iter();
    let policies = kept.map(|info| info.policy);
    Ok(policies
        .filter(|policy| all || named.contains(&policy.name))
        .collect())
}

/// The list that the API gives; with policies a file that has both.
fn json(policies: &[RecoveryPolicy], configs: &[ServiceConfig]) -> serde_json::Result<String> {
    let bodies: Vec<_> = configs.iter().map(ConfigBody::from).collect();
    let text = if policies.is_empty() {
        serde_json::to_string_pretty(&bodies)
    } else {
        let policies = policies.iter().map(|policy| {
            let mut body = serde_json::to_value(PolicyBody::from(policy))?;
            let body = body.as_object_mut().map(std::mem::take).unwrap_or_default();
            let said = body.into_iter().filter(|(key, _)| key != "name");
            Ok((policy.name.to_string(), said.collect()))
        });
        let policies = policies.collect::<serde_json::Result<serde_json::Map<_, _>>>()?;
        serde_json::to_string_pretty(
            &serde_json::json!({ "policies": policies, "service": bodies }),
        )
    };
    Ok(text? + "\n")
}

/// The configurations of services as they are; of all if none is named.
pub(super) fn configs(
    manager: &Manager,
    names: &[String],
) -> Result<Vec<ServiceConfig>, CommandFailure> {
    if cfg!(unix) && names.is_empty() {
        let list = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
        warn_of_unreadable(&list.unreadable);
        // A service that is marked for deletion is not exported.
        let stays = |info: &&ServiceInfo| !info.marked_for_delete;
        let services = list.services.iter().filter(stays);
        let configs = services.map(|info| ServiceConfig::clone(&info.config));
        return Ok(configs.collect());
    }
    let selection = if names.is_empty() {
        Selection::of(&["*".to_owned()])
    } else {
        Selection::of(names)
    };
    let query = |name| manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply));
    selection.select(manager)?.names.iter().map(query).collect()
}

/// Removes environments with hidden values; returns the names of their services.
fn hide_environments(configs: &mut [ServiceConfig]) -> Vec<String> {
    let mut names = Vec::new();
    for config in configs {
        let mut variables = config.environment.iter();
        if !config.environment.is_empty() && variables.all(|variable| variable.value() == HIDDEN) {
            config.environment = [].into();
            names.push(plain(config.service_name.as_str()));
        }
    }
    names
}
