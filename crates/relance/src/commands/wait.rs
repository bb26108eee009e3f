//! `relance wait`

use crate::cli::{CommandResult, Common, name, state};
use crate::selection::service_names;
use crate::text::duration;
use crate::waiting::Follow;
use clap::Parser;

/// Wait until a service is in some state
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The service
    #[arg(add = service_names())]
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

pub(crate) fn run(arguments: Arguments) -> CommandResult {
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
                relance_texts::command::Gone { name: &name },
            )
        })?;
    Ok(())
}
