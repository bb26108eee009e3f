//! `relance delete`

use clap::Parser;
use relance_scm::{ServiceName, ServiceState};
use relance_texts::command;

use crate::cli::{CommandResult, Common, Manager};
use crate::lang::say;
use crate::plain::plain;
use crate::selection::Selection;

/// Delete a service; if it runs, it is deleted once it has stopped
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    arguments
        .services
        .each(&arguments.common, command::DONE_DELETED, |manager, name| {
            manager.ask(|scm, caller, reply| scm.delete_service(caller, name, reply))?;
            note_if_it_runs(manager, name);
            Ok(())
        })
}

/// One that runs is only marked.
fn note_if_it_runs(manager: &Manager, name: &ServiceName) {
    let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply));
    if info.is_ok_and(|info| info.status.state != ServiceState::Stopped) {
        let name = plain(name.as_str());
        eprintln!("{}", say(command::StillRuns { name }));
    }
}
