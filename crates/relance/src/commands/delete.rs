//! `relance delete`

use clap::Parser;
use relance_texts::command;

use crate::cli::{CommandResult, Common};
use crate::selection::Selection;

/// Delete a service; one that runs is gone when it has stopped
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
            manager.ask(|scm, caller, reply| scm.delete_service(caller, name, reply))
        })
}
