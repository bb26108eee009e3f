//! `relance simulate`

use std::path::PathBuf;

use clap::Parser;
use relance_policy::simulate::{Script, Timeline, simulate};
use relance_scm::system::Told;
use relance_scm::{ConfigChange, ServiceConfig, ServiceKind, ServiceName};
use relance_texts::command;

use super::options::FailureOptions;
use crate::cli::{CommandFailure, CommandResult, Common, name, usage};
use crate::comparison::{Comparison, find};
use crate::lang::{lang, say};
use crate::plain::plain_lines;
use crate::service_files;

/// Try a recovery policy in virtual time: failures in, time line out
///
/// The policy is given by options, or is that of a service, with the options over it. A script says
/// what happens, for instance: "crash @0s, crash @2s, quiet 61s, crash". Its words: crash, exit N,
/// kill N, hang, probe-fails, out-of-memory, memory-limit, time-limit, exception CLASS, stopped CODE, stop, stop exit N, start, quiet T, no-connect, spawn-fails CODE, disable;
/// @T is a time since the beginning, +T since the one before; a failure without a time happens as
/// soon as the service runs.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// A service whose policy is tried
    name: Option<String>,
    /// A service whose policy is compared with that of the first
    #[arg(value_name = "OTHER", requires = "compare")]
    other: Option<String>,
    /// Two policies side by side: those of two services, or that of one as it is and with the options
    #[arg(long, conflicts_with = "with")]
    compare: bool,
    /// Compare the service with what it is in this file, which is one for relance apply
    #[arg(long, value_name = "FILE", requires = "name")]
    with: Vec<PathBuf>,
    /// Draw the comparison into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    failure: FailureOptions,
    /// Simulate a program instead of a service
    #[arg(long)]
    program: bool,
    /// What happens
    #[arg(
        long,
        default_value = "crash, crash, crash, crash",
        conflicts_with = "file"
    )]
    script: String,
    /// The same, from a file
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let script = script(&arguments)?;
    if arguments.compare || !arguments.with.is_empty() {
        return compare(&arguments, &script);
    }
    if arguments.svg.is_some() {
        return Err(usage(command::COMPARE_WHAT));
    }
    let timeline = timeline(&arguments)?;
    if arguments.common.json {
        return Common::print_json(&relance_api::simulation_reply(&timeline));
    }
    print!("{}", plain_lines(&timeline.of(lang())));
    Ok(())
}

/// What would happen.
pub(super) fn timeline(arguments: &Arguments) -> Result<Timeline, CommandFailure> {
    let config = changed(arguments, &first(arguments)?)?;
    Ok(simulate(&config, &script(arguments)?))
}

fn script(arguments: &Arguments) -> Result<Script, CommandFailure> {
    let text = match &arguments.file {
        Some(path) => std::fs::read_to_string(path).reading(path)?,
        None => arguments.script.clone(),
    };
    Ok(text.parse()?)
}

fn compare(arguments: &Arguments, script: &Script) -> CommandResult {
    let first = first(arguments)?;
    let name = first.service_name.to_string();
    let (titles, other) = match &arguments.other {
        Some(_) if !arguments.failure.is_empty() => return Err(usage(command::COMPARE_WHAT)),
        Some(text) => ([name, text.clone()], stored(arguments, text)?),
        None if arguments.with.is_empty() && arguments.failure.is_empty() => {
            return Err(usage(command::COMPARE_WHAT));
        }
        None => {
            let other = if arguments.with.is_empty() {
                first.clone()
            } else {
                find(
                    &service_files::configs(&arguments.with)?,
                    &first.service_name,
                )?
                .clone()
            };
            let titles = [say(command::COMPARE_AS_IS), say(command::COMPARE_CHANGED)];
            (titles, changed(arguments, &other)?)
        }
    };
    let comparison = Comparison::of(titles, [&first, &other], script);
    if let Some(path) = &arguments.svg {
        comparison.draw(path)?;
    }
    if arguments.common.json {
        return Common::print_json(&comparison.sides());
    }
    comparison.print();
    Ok(())
}

/// The service that is named, or one without a policy.
fn first(arguments: &Arguments) -> Result<ServiceConfig, CommandFailure> {
    let mut config = match &arguments.name {
        Some(text) => stored(arguments, text)?,
        None => ServiceConfig::new(ServiceName::new("the service")?, "simulation"),
    };
    if arguments.program {
        config.kind = ServiceKind::Program;
    }
    Ok(config)
}

fn stored(arguments: &Arguments, text: &str) -> Result<ServiceConfig, CommandFailure> {
    let name = name(text)?;
    let manager = arguments.common.manager()?;
    manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))
}

/// With the options over it.
fn changed(arguments: &Arguments, config: &ServiceConfig) -> Result<ServiceConfig, CommandFailure> {
    let change = arguments.failure.change()?;
    Ok(config.changed(&ConfigChange::try_from(&change)?)?)
}
