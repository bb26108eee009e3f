//! `relance simulate`

use std::path::PathBuf;

use clap::Parser;
use relance_policy::simulate::{Script, simulate};
use relance_scm::system::Told;
use relance_scm::{ConfigChange, ServiceConfig, ServiceKind, ServiceName};

use super::options::FailureOptions;
use crate::cli::{CommandResult, Common, name};
use crate::plain::plain_lines;

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
    let config = config(&arguments)?;
    let text = match &arguments.file {
        Some(path) => std::fs::read_to_string(path).reading(path)?,
        None => arguments.script.clone(),
    };
    let script: Script = text.parse()?;
    let timeline = simulate(&config, &script);
    if arguments.common.json {
        return Common::print_json(&relance_api::simulation_reply(&timeline));
    }
    print!("{}", plain_lines(&timeline.to_string()));
    Ok(())
}

fn config(arguments: &Arguments) -> Result<ServiceConfig, crate::cli::CommandFailure> {
    let mut config = match &arguments.name {
        Some(text) => {
            let name = name(text)?;
            let manager = arguments.common.manager()?;
            manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))?
        }
        None => ServiceConfig::new(ServiceName::new("the service")?, "simulation"),
    };
    if arguments.program {
        config.kind = ServiceKind::Program;
    }
    let change = arguments.failure.change()?;
    Ok(config.changed(&ConfigChange::try_from(&change)?)?)
}
