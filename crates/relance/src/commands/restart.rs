//! `relance restart`

use std::ffi::OsString;

use clap::Parser;
use relance_scm::Win32Error;

use crate::cli::{CommandResult, Common, Failure, name, parse};
use crate::text::duration;

use super::{start, stop};

/// Stop a service and start it again; one that does not run is started
#[derive(Debug, Parser)]
struct Arguments {
    /// The service
    name: String,
    /// How long to wait for each without progress
    #[arg(long, value_name = "TIME", default_value = "125s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    let name = name(&arguments.name)?;
    let patience = duration(&arguments.timeout)?;
    let manager = arguments.common.manager()?;
    match stop::stop(&manager, &name, Some(patience)) {
        Ok(()) => {}
        Err(Failure::Scm(error) | Failure::Json(error))
            if error.code() == Win32Error::SERVICE_NOT_ACTIVE => {}
        Err(failure) => return Err(failure),
    }
    start::start(&manager, &name, Vec::new(), Some(patience))
}
