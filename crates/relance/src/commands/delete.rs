//! `relance delete`

use std::ffi::OsString;

use clap::Parser;

use crate::cli::{CommandResult, Common, name, parse};

/// Delete a service; one that runs is gone when it has stopped
#[derive(Debug, Parser)]
struct Arguments {
    /// The service
    name: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    manager.ask(|scm, caller, reply| scm.delete_service(caller, &name, reply))
}
