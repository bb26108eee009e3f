//! `relance apply`

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Parser;
use relance_scm::config::Secret;
use relance_scm::manager::{NewService, Outcome};
use relance_scm::{ScmError, ServiceConfig};
use relance_wire::api::{ApplyReply, ConfigBody};
use serde::Deserialize;

use crate::cli::{CommandFailure, CommandResult, Common};
use crate::plain::plain;

/// Create or update the services of a file by their names, all or none; other services stay as they are
///
/// The file is TOML, one `[[service]]` each, with the names of `relance config --json`. As with
/// `relance create`, a service whose `kind` is not given is a program.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
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

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let bodies = parse_file(&read(&arguments.file)?)
        .with_context(|| format!("{} is not valid", arguments.file.display()))?;
    let services = services(&bodies)?;
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

fn read(path: &Path) -> Result<String, CommandFailure> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    Ok(std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?)
}

/// What a file says of each service.
pub(crate) fn parse_file(text: &str) -> Result<Vec<ConfigBody>, toml::de::Error> {
    let mut services = toml::from_str::<File>(text)?.service;
    let given: toml::Table = toml::from_str(text)?;
    let given = given.get("service").and_then(toml::Value::as_array);
    for (service, given) in services.iter_mut().zip(given.into_iter().flatten()) {
        if given.get("kind").is_none() {
            "program".clone_into(&mut service.kind);
        }
    }
    Ok(services)
}

/// The services that are described.
pub(crate) fn services(bodies: &[ConfigBody]) -> Result<Vec<NewService>, ScmError> {
    bodies.iter().map(new_service).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_called_a_service_is_a_program() {
        let text = "[[service]]\nname = 'a'\ncommand_line = '/a'\n\
                    [[service]]\nname = 'b'\ncommand_line = '/b'\nkind = 'service'\n";
        let services = parse_file(text).unwrap();
        let kinds: Vec<_> = services.iter().map(|body| body.kind.as_str()).collect();
        assert_eq!(kinds, ["program", "service"]);
        let error = parse_file("[[service]]\nnam = 'a'\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
