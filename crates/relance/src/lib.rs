//! `relance`: the service manager and the tools of its operators, one binary.
//!
//! This file only finds the command. Each command parses its own arguments (so that a small one does
//! not pay for the others) and lives in a file of `commands`; `commands.rs` lists them. `daemon` and
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
mod console_address;
#[cfg(unix)]
mod daemon;
#[cfg(unix)]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(any(windows, test))]
mod host;
mod plain;
#[cfg(windows)]
mod service;
#[cfg(unix)]
mod settings;
mod text;
mod waiting;

use std::ffi::OsString;
use std::process::ExitCode;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    // The guardian wants a process in which nothing is open yet, so nothing happens before this.
    cli::end_when_nobody_reads();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match commands::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
