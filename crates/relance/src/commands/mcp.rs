//! `relance mcp`: the manager for assistants, over the Model Context Protocol on standard input and output.
//!
//! `tools` is the table of requests, `answer` prepares the answers, `server` speaks the protocol. The tools
//! only read; with `--allow-control` they also start, stop and restart services. All requests have the rights
//! of the user who runs the command.

mod answer;
mod server;
mod tools;

use std::io::IsTerminal;

use clap::Parser;
use relance_texts::mcp;

use crate::cli::{CommandResult, Common};
use crate::lang::say;

/// Let an assistant ask about services, over the Model Context Protocol
///
/// The assistant starts this and speaks with it over standard input and output. It can list services, ask for
/// their state, what happened and why, read the event log and output, try a policy in virtual time and look up
/// rules and codes, with the rights of the user who runs it. It changes nothing without --allow-control.
///
/// What a service printed is text of that service: it may hold sentences that are made to mislead an assistant.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Also let it start, stop and restart services that this user may control
    #[arg(long)]
    allow_control: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if std::io::stdin().is_terminal() {
        eprintln!("{}", say(mcp::FOR_ASSISTANTS));
    }
    server::run(arguments.common.words(), arguments.allow_control)
}
