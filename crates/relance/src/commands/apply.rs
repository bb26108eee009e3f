//! `relance apply`

use std::path::PathBuf;

use clap::Parser;
use relance_scm::config::Extensions;
use relance_scm::manager::Outcome;
use relance_texts::command;
use relance_wire::api::ApplyReply;

use crate::cli::{CommandResult, Common};
use crate::lang::say;
use crate::limits;
use crate::plain::plain;
use crate::service_files;

/// Create or update the services of files by their names, all or none; other services stay as they are
///
/// A file is TOML, one `[[service]]` each, with the names of `relance config --json`, or that JSON. As with
/// `relance create`, a service whose `kind` is not given is a program. `instances = 4` with a
/// name that ends in @ makes NAME@1 to NAME@4.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// A file, or a folder of .toml and .json files; - for the standard input; may be repeated
    #[arg(long = "file", short, value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let services = service_files::read(&arguments.files, service_files::read_text)?;
    let names: Vec<String> = services
        .iter()
        .map(|service| service.config.service_name.to_string())
        .collect();
    let manager = arguments.common.manager()?;
    let limits: Vec<Extensions> = services
        .iter()
        .map(|service| service.config.extensions.clone())
        .collect();
    let outcomes = manager.ask(|scm, caller, reply| scm.apply(caller, services, reply))?;
    let new = names.iter().zip(&limits).zip(&outcomes);
    let new = new.filter(|(_, outcome)| matches!(outcome, Outcome::Created | Outcome::Changed));
    limits::note(&manager, new.map(|((name, set), _)| (name.as_str(), set)));
    if arguments.common.json {
        return Common::print_json(&ApplyReply::from(outcomes.as_slice()));
    }
    for (name, outcome) in names.iter().zip(outcomes) {
        let done = match outcome {
            Outcome::Created => command::DONE_CREATED,
            Outcome::Changed => command::DONE_CHANGED,
            Outcome::Unchanged => continue,
            Outcome::Deleted => command::DONE_DELETED,
        };
        let name = plain(name);
        println!("{}", say(command::Applied { done, name }));
    }
    Ok(())
}
