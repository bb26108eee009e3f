//! `relance host`

use std::ffi::OsString;

use clap::Parser;

use crate::cli::{CommandResult, name, parse};

/// Keep a program as a service
///
/// The service control manager starts this, for every service that was created as a program (relance
/// create NAME -- COMMAND). It runs the program in a job, stores what it prints, stops it by Ctrl-Break
/// and by closing its windows, and tells the manager how it ended: exit code 0 is a clean stop, another
/// one error 1066 with that code, a death by an exception a crash.
#[derive(Debug, Parser)]
struct Arguments {
    /// The service
    name: String,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    crate::host::run(&name(&arguments.name)?)?;
    Ok(())
}
