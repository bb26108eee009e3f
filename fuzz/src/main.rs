//! Replays the corpora, and inputs made of them: `relance-fuzz [--runs N] [--seed N] [--more FOLDER] [TARGET...]`.
//! `cargo xtask ci fuzz` and `cargo xtask fuzz` call it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool prints"
)]

use std::process::ExitCode;

use relance_fuzz::replay::{Replay, named};

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut replay = Replay {
        runs: 0,
        seed: 1,
        more: Vec::new(),
    };
    let mut names = Vec::new();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--runs" => replay.runs = number(&value()?)?,
            "--seed" => replay.seed = number(&value()?)?,
            "--more" => replay.more.push(value()?.into()),
            _ => names.push(argument),
        }
    }
    let targets = named(&names)?;
    let mut failures = Vec::new();
    for target in targets {
        match replay.play(target) {
            Ok(outcome) => println!(
                "{:<20} {:>4} known {:>7} made {:>6.1} s",
                outcome.target,
                outcome.known,
                outcome.made,
                outcome.time.as_secs_f64()
            ),
            Err(failure) => failures.push(format!("{}: {failure}", target.name)),
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(failures.join("\n"))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a number"))
}
