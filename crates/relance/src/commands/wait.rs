//! `relance wait`

use std::ffi::OsString;

use crate::cli::{CommandResult, Common, name, parse, state};
use crate::text::duration;
use crate::waiting::Follow;
use clap::Parser;

/// Wait until a service is in some state
#[derive(Debug, Parser)]
struct Arguments {
    /// The service
    name: String,
    /// running, stopped, paused, or a pending state like start_pending
    #[arg(long, default_value = "running")]
    state: String,
    /// How long to wait without any change of the service
    #[arg(long, value_name = "TIME", default_value = "1h")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    let name = name(&arguments.name)?;
    let state = state(&arguments.state)?;
    let manager = arguments.common.manager()?;
    let mut follow = Follow::begin(&manager, &name)?;
    let patience = duration(&arguments.timeout)?;
    follow
        .until(patience, |info| info.status.state == state)?
        .ok_or_else(|| {
            relance_scm::ScmError::new(
                relance_scm::Win32Error::SERVICE_DOES_NOT_EXIST,
                format!("{name} is gone"),
            )
        })?;
    Ok(())
}
