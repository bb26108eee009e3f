//! `relance create`

use std::path::Path;

use clap::Parser;
#[cfg(unix)]
use relance_engine::linux::SERVICE_PATH;
use relance_scm::config::{Probe, Secret};
use relance_scm::instance::is_template;
use relance_scm::manager::NewService;
use relance_scm::scaling::of_template;
#[cfg(unix)]
use relance_scm::settings::{ENVIRONMENT_FILES, PASS_ENVIRONMENT, ROOT_DIRECTORY};
use relance_scm::settings::{PROBE, RETRY_FAILED_STARTS};
use relance_scm::{ConfigChange, ServiceConfig, ServiceKind, command_line};
use relance_texts::{Message, Text, command};

use super::doctor::program_file::{self, Wrong};
use super::here;
use super::options::{ConfigOptions, FailureOptions};
use super::references;
use super::shell_words;
use super::traps;
use super::windows_settings::WindowsOptions;
use crate::cli::{CommandFailure, CommandResult, Common, name, usage};
use crate::env_files;
use crate::instances::{self, INSTANCES_MAX};
use crate::lang::say;
use crate::limits;
use crate::plain::plain;

/// Create a service
///
/// The command follows --, word by word: relance create worker -- php /srv/worker.php --queue=high
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The name: 1 to 256 characters without / and \; NAME@ with --instances
    name: String,
    /// Create this many services NAME@1, NAME@2, ...; %i in the command, paths and variables becomes the number
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=INSTANCES_MAX))]
    instances: Option<u32>,
    /// The command, word by word
    #[arg(last = true, value_name = "COMMAND")]
    words: Vec<String>,
    /// The command as one string, by Windows' rules of quoting
    #[arg(long, value_name = "LINE", conflicts_with = "words")]
    command_line: Option<String>,
    /// program: any command; service: one that speaks to the manager (PHP's dispatcher)
    #[arg(long, value_parser = ["program", "service"], default_value = "program")]
    kind: String,
    #[command(flatten)]
    options: ConfigOptions,
    #[command(flatten)]
    windows: WindowsOptions,
    #[command(flatten, next_help_heading = "Recovery")]
    failure: FailureNames,
    #[command(flatten)]
    common: Common,
}

/// The options of `relance failure`, under names that also make sense here.
#[derive(Debug, clap::Args)]
struct FailureNames {
    #[command(flatten)]
    failure: FailureOptions,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let config = configured(&arguments)?;
    let service = NewService {
        config,
        password: Secret::default(),
    };
    arguments.windows.check()?;
    let config = service.config.clone();
    if let Some(count) = arguments.instances {
        let manager = arguments.common.manager()?;
        instances::create(&manager, &service.config, count)?;
        limits::note(&manager, [(&*arguments.name, &config.extensions)]);
        traps::note(&manager, &arguments.name, None, &config);
        let created = of_template(&config, 1..=count)?;
        env_files::note(&arguments.name, created.iter().map(|new| &new.config));
        return Ok(());
    }
    if is_template(&arguments.name) {
        return Err(usage(command::HowMany {
            name: &*arguments.name,
        }));
    }
    let name = service.config.service_name.clone();
    let missing = missing_program(&service.config);
    let manager = arguments.common.manager()?;
    manager.ask(|scm, caller, reply| scm.create_service(caller, service, reply))?;
    let applied = arguments.windows.apply(&arguments.common, &name);
    if applied.is_err() {
        // All or nothing, as far as possible: removing the service may fail too.
        let _ = manager.ask(|scm, caller, reply| scm.delete_service(caller, &name, reply));
    }
    if applied.is_ok() {
        if let Some(missing) = missing {
            eprintln!("{}", say(missing));
        }
        limits::note(&manager, [(name.as_str(), &config.extensions)]);
        traps::note(&manager, name.as_str(), None, &config);
        env_files::note(name.as_str(), [&config]);
    }
    applied
}

/// What the options make of the new service.
fn configured(arguments: &Arguments) -> Result<ServiceConfig, CommandFailure> {
    let line = match &arguments.command_line {
        Some(line) => line.clone(),
        None if arguments.words.is_empty() => {
            return Err(usage(command::CommandMissing {
                name: &*arguments.name,
            }));
        }
        None => command_line::join(&arguments.words),
    };
    let mut config = ServiceConfig::new(name(&arguments.name)?, line);
    if arguments.kind == "program" {
        config.kind = ServiceKind::Program;
        // A program reports nothing but its exit status: an error status is a failure unless
        // its owner decides otherwise.
        config.failure_actions_on_non_crash_failures = true;
        // Its folder may be away for the moment of a deploy (X14).
        config.extensions.set(RETRY_FAILED_STARTS, cfg!(unix));
    }
    let change = arguments.options.with(&arguments.failure.failure)?;
    let config = config.changed(&ConfigChange::try_from(&change)?)?;
    references::note(
        Some(&config.command_line),
        change.environment.as_deref().unwrap_or_default(),
    );
    Ok(config)
}

/// The program, if it has no folder and is in none of those where the manager looks for it.
#[cfg(unix)]
fn missing_in_path(config: &ServiceConfig, line: &str) -> Option<String> {
    let program = command_line::split(line).into_iter().next()?;
    let has_own = config
        .environment
        .iter()
        .any(|variable| variable.name() == "PATH");
    let is_elsewhere = has_own
        || program.contains('/')
        || !config.extensions.get(PASS_ENVIRONMENT).is_empty()
        || !config.extensions.get(ENVIRONMENT_FILES).is_empty()
        || config.extensions.get(ROOT_DIRECTORY).is_some();
    let mut folders = SERVICE_PATH.split(':');
    let is_there = folders.any(|folder| Path::new(folder).join(&program).is_file());
    (!is_elsewhere && !is_there).then_some(program)
}

/// Windows has its own order of folders.
#[cfg(windows)]
fn missing_in_path(_: &ServiceConfig, _: &str) -> Option<String> {
    None
}

/// A warning about a program that is not there. It is not an error, because the program may come
/// with a deployment.
fn missing_program(config: &ServiceConfig) -> Option<Text> {
    let name = &config.service_name;
    let exists = |path: &str| Path::new(path).is_file();
    if let Some(said) = shell_words::program(config) {
        return Some(said);
    }
    if let Some(said) = here::note(config) {
        return Some(said);
    }
    if let Some(Wrong::Missing(path)) = program_file::check(&config.command_line, exists) {
        let is_folder = Path::new(&path).is_dir();
        let path = plain(&path);
        if is_folder {
            return Some(command::ProgramIsFolder { name, path }.text());
        }
        return Some(command::MissingProgram { name, path }.text());
    }
    if let Some(path) = missing_in_path(config, &config.command_line) {
        let path = plain(&path);
        return Some(command::MissingInPath { name, path }.text());
    }
    let Some(Probe::Command(line)) = config.extensions.get(PROBE) else {
        return None;
    };
    let path = match program_file::check(&line, exists) {
        Some(Wrong::Missing(path)) => path,
        _ => missing_in_path(config, &line)?,
    };
    let path = plain(&path);
    Some(command::MissingProbe { name, path }.text())
}
