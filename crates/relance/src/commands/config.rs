//! `relance config`

mod next_start;

use clap::Parser;
use relance_scm::config::Extensions;
use relance_scm::instance::is_template;
use relance_scm::settings::{ENVIRONMENT_FILES, Section};
use relance_scm::{ConfigChange, ServiceConfig, ServiceName};
use relance_texts::command;
use relance_wire::api::{ChangeConfigRequest, ConfigBody};
use relance_wire::settings::texts;

use super::options::ConfigOptions;
use super::references;
use super::windows_settings::{self, WindowsOptions};
use crate::cli::{CommandFailure, CommandResult, Common, Manager, usage};
use crate::contradictions;
use crate::env_files;
use crate::lang::{lang, say};
use crate::limits;
use crate::plain::plain;
use crate::selection::{Selection, one, service_names};
use crate::text::print_pairs;

/// Show the configuration of a service, or change the settings that are given
///
/// `docs/service-settings.md` says of each setting when a change reaches a running service: limits
/// at once, most others at the next start, and then the command says so. NAME@ changes all
/// instances of the template.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The service
    #[arg(add = service_names())]
    name: String,
    /// The command as one string, by Windows' rules of quoting
    #[arg(long, value_name = "LINE")]
    command_line: Option<String>,
    /// program: any command; service: one that speaks to the manager (PHP's dispatcher)
    #[arg(long, value_parser = ["program", "service"])]
    kind: Option<String>,
    #[command(flatten)]
    options: ConfigOptions,
    #[command(flatten)]
    windows: WindowsOptions,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if is_template(&arguments.name) {
        return change_all(&arguments);
    }
    let manager = arguments.common.manager()?;
    let name = one(&manager, &arguments.name)?;
    let change = change(&arguments)?;
    let changes = change != ChangeConfigRequest::default();
    if changes {
        let change = ConfigChange::try_from(&change)?;
        let before = next_start::before(&manager, &name);
        let sent = change.clone();
        manager.ask(|scm, caller, reply| scm.change_config(caller, &name, sent, reply))?;
        note(&manager, name.as_str(), &change, &name);
        next_start::note(&manager, name.as_str(), [(&name, before)]);
    }
    if changes || !arguments.windows.is_empty() {
        return arguments.windows.apply(&arguments.common, &name);
    }
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))?;
    if arguments.common.json {
        return Common::print_json(&ConfigBody::from(&config));
    }
    print(&config, windows_settings::shown(&arguments.common, &name)?);
    Ok(())
}

/// The change that the options ask for.
fn change(arguments: &Arguments) -> Result<ChangeConfigRequest, CommandFailure> {
    let mut change = arguments.options.change()?;
    change.command_line.clone_from(&arguments.command_line);
    change.kind.clone_from(&arguments.kind);
    arguments.windows.check()?;
    references::note(
        change.command_line.as_deref(),
        change.environment.as_deref().unwrap_or_default(),
    );
    Ok(change)
}

/// Changes every instance of a template (X52).
fn change_all(arguments: &Arguments) -> CommandResult {
    let change = change(arguments)?;
    if change == ChangeConfigRequest::default() {
        return Err(usage(command::WhatToChange {
            name: &*arguments.name,
        }));
    }
    let change = ConfigChange::try_from(&change)?;
    let manager = arguments.common.manager()?;
    let instances = Selection::of(std::slice::from_ref(&arguments.name)).select(&manager)?;
    let before: Vec<_> = instances
        .names
        .iter()
        .map(|name| (name, next_start::before(&manager, name)))
        .collect();
    instances.each(
        &manager,
        &arguments.common,
        command::DONE_CHANGED,
        |manager, name| {
            let change = change.clone();
            manager.ask(|scm, caller, reply| scm.change_config(caller, name, change, reply))?;
            Ok(())
        },
    )?;
    next_start::note(&manager, &arguments.name, before);
    if let Some(one) = instances.names.first() {
        note(&manager, &arguments.name, &change, one);
    }
    note_env_files(&manager, &arguments.name, &change, &instances.names);
    Ok(())
}

/// Says what of a change has no effect here (X53), or none beside the other settings (X47). `shown` is what the
/// person has called it.
fn note(manager: &Manager, shown: &str, change: &ConfigChange, name: &ServiceName) {
    let mut changed = Extensions::default();
    changed.apply(&change.extensions);
    limits::note(manager, [(shown, &changed)]);
    if change.extensions.is_empty() && change.kind.is_none() {
        return;
    }
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply));
    if let Ok(config) = config {
        contradictions::note(shown, &config);
    }
}

/// Says of environment files that were just named with which of them a start would fail (X10).
fn note_env_files(manager: &Manager, shown: &str, change: &ConfigChange, names: &[ServiceName]) {
    let mut changed = Extensions::default();
    changed.apply(&change.extensions);
    if changed.get(ENVIRONMENT_FILES).is_empty() {
        return;
    }
    let config = |name| manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply));
    let configs: Vec<ServiceConfig> = names.iter().flat_map(config).collect();
    env_files::note(shown, &configs);
}

fn print(config: &ServiceConfig, of_windows: Vec<(&'static str, String)>) {
    let body = ConfigBody::from(config);
    println!("{}", plain(&body.name));
    let mut pairs = vec![(say(command::KIND), body.kind.clone())];
    for (setting, text) in texts(config).filter(|(setting, _)| setting.applies_to(config.kind)) {
        let label = setting.label.of(lang());
        match setting.section {
            Section::Service => pairs.push((label.to_owned(), text)),
            Section::Extensions => pairs.push((format!("{label} *"), text)),
            Section::Recovery => {}
        }
    }
    let of_windows = of_windows.into_iter();
    pairs.extend(of_windows.map(|(label, text)| (label.to_owned(), text)));
    pairs.retain(|(_, text)| !text.is_empty());
    print_pairs(&pairs);
    println!("  * {}", say(command::BEYOND_WINDOWS));
}
