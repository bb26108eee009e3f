//! `relance delete`

use clap::Parser;
use relance_scm::{ServiceName, ServiceState};
use relance_texts::command;

use crate::cli::{CommandResult, Common, Manager, usage};
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
    let manager = arguments.common.manager()?;
    if arguments.services.is_word_for_all(&manager) {
        return Err(usage(command::DELETE_ALL));
    }
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
