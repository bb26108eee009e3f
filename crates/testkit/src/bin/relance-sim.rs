//! `cargo xtask sim`: plays worlds of the simulation by their seeds.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool prints"
)]

use std::process::ExitCode;

use relance_testkit::simulation::turmoil;

const USAGE: &str = "relance-sim [--seed N] [--seeds FROM..TO] [--steps N]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let number = |text: &str| -> Option<u64> { text.parse().ok() };
    let steps = value("--steps").map_or(Some(1500), |text| number(&text));
    let seeds = match (value("--seed"), value("--seeds")) {
        (Some(seed), None) => number(&seed).map(|seed| seed..seed + 1),
        (None, Some(range)) => range
            .split_once("..")
            .and_then(|(from, to)| Some(number(from)?..number(to)?)),
        (None, None) => Some(0..100),
        (Some(_), Some(_)) => None,
    };
    let (Some(steps), Some(seeds)) = (steps.and_then(|steps| steps.try_into().ok()), seeds) else {
        eprintln!("usage: {USAGE}");
        return ExitCode::from(2);
    };
    let shows_trace = seeds.end - seeds.start == 1;
    for seed in seeds {
        match turmoil::run(seed, steps) {
            Ok(summary) => {
                if shows_trace {
                    println!("{}", summary.trace.join("\n"));
                }
                println!(
                    "seed {seed}: {} runs, {} of them ordered, {} failures, {} entries, {} engines killed",
                    summary.runs,
                    summary.ordered,
                    summary.failures,
                    summary.entries,
                    summary.engines_killed
                );
            }
            Err(problem) => {
                if shows_trace {
                    println!("{}", problem.trace.join("\n"));
                }
                eprintln!("{problem}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
