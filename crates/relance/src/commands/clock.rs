//! `relance clock`

use clap::{Parser, Subcommand};
use relance_policy::Time;

use crate::cli::{CommandResult, Common};
use crate::text::duration;

/// Move the clock of a daemon started with --clock manual
///
/// Everything that falls due meanwhile happens. The clock stops at the next deadline.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Move it to the next deadline
    Advance {
        /// At most this far
        #[arg(long, value_name = "TIME")]
        by: Option<String>,
    },
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let Action::Advance { by } = &arguments.action;
    let by = by.as_deref().map(duration).transpose()?;
    let manager = arguments.common.manager()?;
    let now = manager.ask(|scm, caller, reply| scm.advance_clock(caller, by, reply))?;
    println!("{}", Time::from_nanos(now));
    Ok(())
}
