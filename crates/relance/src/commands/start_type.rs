//! `relance enable`, `disable`

use std::ffi::OsString;
use std::time::Duration;

use clap::Parser;
use relance_scm::config::StartType;
use relance_scm::{ConfigChange, Win32Error};

use super::{start, stop};
use crate::cli::{CommandResult, Common, Failure, name, parse};

/// Start a service at boot
#[derive(Debug, Parser)]
struct Enable {
    /// The service
    name: String,
    /// Some time after the other automatic ones
    #[arg(long)]
    delayed: bool,
    /// Not at boot, but allow starting it
    #[arg(long, conflicts_with = "delayed")]
    demand: bool,
    /// And start it now
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn enable(arguments: &[OsString]) -> CommandResult {
    let arguments: Enable = parse(arguments)?;
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    let start_type = if arguments.demand {
        StartType::Demand
    } else {
        StartType::Auto
    };
    let change = ConfigChange {
        start_type: Some(start_type),
        delayed_auto_start: Some(arguments.delayed),
        ..ConfigChange::default()
    };
    manager.ask(|scm, caller, reply| scm.change_config(caller, &name, change, reply))?;
    if !arguments.now {
        return Ok(());
    }
    ignore(
        start::start(&manager, &name, Vec::new(), Some(Duration::from_secs(30))),
        Win32Error::SERVICE_ALREADY_RUNNING,
    )
}

/// Never start a service; a pending restart is refused too
#[derive(Debug, Parser)]
struct Disable {
    /// The service
    name: String,
    /// And stop it now
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn disable(arguments: &[OsString]) -> CommandResult {
    let arguments: Disable = parse(arguments)?;
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    let change = ConfigChange {
        start_type: Some(StartType::Disabled),
        ..ConfigChange::default()
    };
    manager.ask(|scm, caller, reply| scm.change_config(caller, &name, change, reply))?;
    if !arguments.now {
        return Ok(());
    }
    let patience = Some(Duration::from_secs(125));
    ignore(
        stop::stop(&manager, &name, patience),
        Win32Error::SERVICE_NOT_ACTIVE,
    )
}

/// What was wanted is so already.
fn ignore(result: CommandResult, code: Win32Error) -> CommandResult {
    match result {
        Err(Failure::Scm(error) | Failure::Json(error)) if error.code() == code => Ok(()),
        other => other,
    }
}
