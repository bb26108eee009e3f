//! `relance terminate`

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_scm::{ServiceName, ServiceState};
use relance_texts::command;

use crate::cli::{CommandResult, Common, Manager};
use crate::selection::Selection;
use crate::text::duration;
use crate::waiting::{Follow, Patience, run_of};

/// End a service by force: its whole process tree is killed. Logged, and not counted as a failure
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// How long to wait
    #[arg(long, value_name = "TIME", default_value = "30s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let patience = duration(&arguments.timeout)?;
    arguments
        .services
        .each(&arguments.common, command::DONE_ENDED, |manager, name| {
            terminate(manager, name, patience)
        })
}

/// Ends a service by force and waits until it is over.
pub(crate) fn terminate(
    manager: &Manager,
    name: &ServiceName,
    patience: impl Into<Patience>,
) -> CommandResult {
    let mut follow = Follow::begin(manager, name)?;
    let before = run_of(manager, name);
    manager.ask(|scm, caller, reply| scm.terminate_service(caller, name, reply))?;
    // One that is being restarted is started again at once (X22).
    let over = |info: &ServiceInfo| {
        let run = info.run.as_ref().map(|run| run.id);
        info.status.state == ServiceState::Stopped || run != before
    };
    follow.until(patience, over)?;
    Ok(())
}
