//! `relance host`

use clap::Parser;

use crate::cli::{CommandResult, name};
use crate::selection::service_names;

/// Run a program as a service
///
/// The service control manager starts this for every service that was created as a program (relance
/// create NAME -- COMMAND). It runs the program in a job, stores what it prints, stops it by
/// Ctrl-Break and by closing its windows, and tells the manager how it ended: exit code 0 is a
/// clean stop, another exit code is error 1066 with that code, and death by an exception is a
/// crash. Where the settings say what Windows cannot, like growing delays or rules by cause, it
/// restarts the program itself.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The service
    #[arg(add = service_names())]
    name: String,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    crate::host::run(&name(&arguments.name)?)?;
    Ok(())
}
