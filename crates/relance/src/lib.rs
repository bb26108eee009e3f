//! `relance`: the service manager and the tools of its operators, one binary.
//!
//! Each command lives in a file of `commands`; `commands.rs` lists them and finds the one that is meant.
//! `selection` is how commands name several services. `daemon` and
//! `settings` are the daemon's start on Linux; on Windows `service` is this process as a service, and
//! `host` keeps programs as services.
//!
//! The binary is `main.rs`. All else is a library, so that `fuzz/` reaches what is read from outside.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool prints"
)]

mod cli;
mod commands;
mod comparison;
mod console_address;
mod contradictions;
#[cfg(unix)]
mod daemon;
mod env_files;
#[cfg(unix)]
#[doc(hidden)]
pub mod fuzzing;
mod help;
#[cfg(any(windows, test))]
mod host;
mod instances;
mod lang;
mod last_lines;
mod limits;
mod misuse;
mod plain;
mod played;
mod policies;
mod private_file;
mod rewriting;
mod selection;
#[cfg(windows)]
mod service;
mod service_files;
#[cfg(unix)]
mod settings;
mod similar;
mod table;
mod targets;
#[cfg(test)]
mod testing;
mod text;
mod waiting;
mod words;
mod zone;

use std::ffi::OsString;
use std::process::ExitCode;

use clap_complete::CompleteEnv;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    // The guardian needs a process without open descriptors, so nothing may happen before this.
    cli::end_when_nobody_reads();
    // A shell asks what could come next: answered, and ended, here.
    CompleteEnv::with_factory(commands::whole)
        .var("RELANCE_COMPLETE")
        .complete();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match commands::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(cli::wants_json(&arguments)),
    }
}
