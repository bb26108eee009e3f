//! `relance config`

mod next_start;

use clap::Parser;
use relance_scm::config::Extensions;
use relance_scm::instance::is_template;
use relance_scm::settings::Section;
use relance_scm::{ConfigChange, ServiceConfig};
use relance_texts::command;
use relance_wire::api::{ChangeConfigRequest, ConfigBody};
use relance_wire::settings::texts;

use super::options::ConfigOptions;
use super::references;
use super::windows_settings::{self, WindowsOptions};
use crate::cli::{CommandFailure, CommandResult, Common, usage};
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
        let mut changed = Extensions::default();
        changed.apply(&change.extensions);
        let before = next_start::before(&manager, &name);
        manager.ask(|scm, caller, reply| scm.change_config(caller, &name, change, reply))?;
        limits::note(&manager, [(name.as_str(), &changed)]);
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
    let mut changed = Extensions::default();
    changed.apply(&change.extensions);
    limits::note(&manager, [(&*arguments.name, &changed)]);
    Ok(())
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
