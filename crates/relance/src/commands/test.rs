//! `relance test`: scenarios and what is expected of them, played on the services that files describe. `file` reads
//! them, `expectation` holds a time line against them, `report` prints the outcome. Promises about any scenario are an
//! `invariant`, tried on those that `random` makes; `shrink` finds the smallest that breaks one.

mod choice;
mod expectation;
mod file;
mod invariant;
mod random;
mod report;
mod shrink;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use relance_policy::simulate::{Timeline, simulate};
use relance_texts::Text;

use crate::cli::{CommandFailure, CommandResult};
use crate::played::play as play_on;

/// How it ends when a scenario does not hold.
const FAILED: u8 = 1;

/// Test recovery policies: play scenarios in virtual time, and compare the outcome with what is
/// expected
///
/// A file is TOML. It names files of services, as for relance apply, and has one `[[scenario]]` each: `name`, `script`
/// (as for relance simulate), `service` where there are several or `policy` for a named policy of the files, and what is expected: `expect` (what follows each
/// failure, like "restart" or "restart/1s"), `never` ("reboot", "gave-up"), `down_at_most` (a time) and `ends`
/// ("running" or "stopped"). An `[[invariant]]` promises something of any scenario (`never`, and `always` with "up within
/// 5m while failures are at least 1m apart"); it is tried on random ones, and the smallest that breaks it is shown. No
/// manager is needed. Ends with 1 if a scenario or a promise does not hold.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Files of scenarios
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The form in which the outcome is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The seed of the random scenarios, instead of that in the files
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How many random scenarios to try for each invariant
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    scenarios: Option<u32>,
}

/// The form in which the outcome is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// The Test Anything Protocol, version 13
    Tap,
    /// The XML of JUnit, which most CI servers read
    Junit,
    /// An array of objects
    Json,
}

/// A scenario that was played.
struct Played {
    file: String,
    service: String,
    name: String,
    timeline: Timeline,
    /// The expectations that it does not meet.
    problems: Vec<Text>,
    /// How often an invariant was tried.
    tried: Option<Text>,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let begun = Instant::now();
    let mut played = Vec::new();
    for path in &arguments.files {
        played.extend(play(path, &arguments)?);
    }
    match arguments.format {
        Format::Text => report::text(&played, begun.elapsed()),
        Format::Tap => report::tap(&played),
        Format::Junit => report::junit(&played),
        Format::Json => report::json(&played)?,
    }
    if played.iter().all(|played| played.problems.is_empty()) {
        return Ok(());
    }
    Err(CommandFailure::Silent(FAILED))
}

fn play(path: &Path, arguments: &Arguments) -> Result<Vec<Played>, CommandFailure> {
    let tests = file::read(path)?;
    let file = path.display().to_string();
    let scenarios = tests.scenarios.into_iter();
    let played = scenarios.map(|scenario| {
        let config = &scenario.config;
        let timeline = match scenario.begins {
            Some(begin) => play_on(config, &scenario.script, begin)?,
            None => simulate(config, &scenario.script),
        };
        Ok(Played {
            file: file.clone(),
            service: config.service_name.to_string(),
            name: scenario.name,
            problems: scenario.expectation.problems(config, &timeline),
            timeline,
            tried: None,
        })
    });
    let invariants = tests.invariants.into_iter().map(|mut invariant| {
        invariant.odds.seed = arguments.seed.unwrap_or(invariant.odds.seed);
        invariant.scenarios = arguments.scenarios.unwrap_or(invariant.scenarios);
        let (timeline, problems) = invariant.play()?;
        Ok(Played {
            file: file.clone(),
            service: invariant.config.service_name.to_string(),
            tried: Some(invariant.tried()),
            name: invariant.name,
            problems,
            timeline,
        })
    });
    played.chain(invariants).collect()
}
