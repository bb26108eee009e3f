//! `relance apply`

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Parser;
use relance_scm::config::Secret;
use relance_scm::manager::{NewService, Outcome};
use relance_scm::{ScmError, ServiceConfig};
use relance_wire::api::{ApplyReply, ConfigBody};
use serde::Deserialize;

use crate::cli::{CommandResult, Common, Failure, parse};
use crate::text::plain;

/// Create the services of a file, or make those of their names like it: all or nothing. Others are
/// left alone
///
/// The file is TOML, one `[[service]]` each, with the names of `relance config --json`.
#[derive(Debug, Parser)]
struct Arguments {
    /// The file; - for the standard input
    #[arg(long, short, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    service: Vec<ConfigBody>,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    let file: File = toml::from_str(&read(&arguments.file)?)
        .with_context(|| format!("{} makes no sense", arguments.file.display()))?;
    let services = file
        .service
        .iter()
        .map(new_service)
        .collect::<Result<Vec<_>, _>>()?;
    let names: Vec<String> = services
        .iter()
        .map(|service| service.config.service_name.to_string())
        .collect();
    let manager = arguments.common.manager()?;
    let outcomes = manager.ask(|scm, caller, reply| scm.apply(caller, services, reply))?;
    if arguments.common.json {
        return Common::print_json(&ApplyReply::from(outcomes.as_slice()));
    }
    for (name, outcome) in names.iter().zip(outcomes) {
        let word = match outcome {
            Outcome::Created => "created",
            Outcome::Changed => "changed",
            Outcome::Unchanged => continue,
            Outcome::Deleted => "deleted",
        };
        println!("{word} {}", plain(name));
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    Ok(std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?)
}

/// Errors name the service they are about.
fn new_service(body: &ConfigBody) -> Result<NewService, ScmError> {
    let config = ServiceConfig::try_from(body)
        .map_err(|error| ScmError::new(error.code(), format!("{}: {error}", body.name)))?;
    Ok(NewService {
        config,
        password: Secret::new(body.password.clone().unwrap_or_default()),
    })
}
