//! Plays the scenarios of this folder against the real service control manager, in real time.
//!
//! `relance-compliance FOLDER [ID...]` installs a service for each scenario (this program again, as
//! `relance-compliance puppet ORDERS`), makes happen what the scenario says, and prints what the manager did. Windows
//! only; elsewhere the same scenarios are played by the tests of `policy` and `engine`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool prints"
)]

#[cfg(windows)]
mod orders;
#[cfg(windows)]
mod puppet;
#[cfg(windows)]
mod run;
#[cfg(windows)]
mod subject;

use std::process::ExitCode;

#[cfg(windows)]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["puppet", orders] => puppet::run(std::path::Path::new(orders)),
        [folder, ids @ ..] if !folder.starts_with('-') => {
            run::run(std::path::Path::new(folder), ids)
        }
        _ => {
            eprintln!("usage: relance-compliance FOLDER [ID...]");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(windows))]
fn main() -> ExitCode {
    eprintln!(
        "error: the real service control manager is only on Windows; cargo test plays the scenarios here"
    );
    ExitCode::FAILURE
}
