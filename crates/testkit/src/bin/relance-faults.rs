//! `cargo xtask faults`: kills engines and guardians under load, with and without control groups, and prints the
//! figures. Ends with 1 when a promise was broken.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool prints"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use relance_testkit::daemon::Daemon;
use relance_testkit::faults::{Figures, Killed, Php, Plan, play, table};

const USAGE: &str =
    "relance-faults --relance PROGRAM [--rounds N] [--seed N] [--php PROGRAM --extension FILE]";

/// What is played, with and without control groups.
const PLAYS: [(&str, Killed, bool); 4] = [
    ("engines", Killed::Engines, true),
    ("engines, groups off", Killed::Engines, false),
    ("guardians", Killed::Guardians, true),
    ("guardians, groups off", Killed::Guardians, false),
];

struct Options {
    relance: PathBuf,
    rounds: usize,
    seed: u64,
    php: Option<Php>,
}

fn main() -> ExitCode {
    let Some(options) = options(&std::env::args().skip(1).collect::<Vec<_>>()) else {
        eprintln!("usage: {USAGE}");
        return ExitCode::from(2);
    };
    let plays = PLAYS.map(|(name, killed, groups)| (name, figures(&options, name, killed, groups)));
    println!("{}", table(&plays));
    let broken: Vec<String> = plays
        .iter()
        .flat_map(|(name, figures)| {
            let broken = figures.broken();
            broken
                .into_iter()
                .map(move |text| format!("{name}: {text}"))
        })
        .collect();
    for (name, figures) in &plays {
        // A row of the table of `cargo xtask faults`.
        if figures.broken().is_empty() {
            let what = format!("{} kills under load: {name}", options.rounds);
            println!("FAULT\t{what}\t{}", figures.in_words());
        }
    }
    for text in &broken {
        println!("BROKEN: {text}");
    }
    ExitCode::from(u8::from(!broken.is_empty()))
}

fn figures(options: &Options, name: &str, killed: Killed, groups: bool) -> Figures {
    let daemon = daemon(&options.relance, groups);
    let cgroups = if daemon.cgroups().is_some_and(|folder| folder.exists()) {
        "with control groups"
    } else {
        "without control groups"
    };
    let (rounds, seed) = (options.rounds, options.seed);
    eprintln!("{name}: {rounds} kills, seed {seed}, {cgroups}");
    let plan = Plan {
        killed,
        rounds,
        seed,
        php: options.php.clone(),
    };
    play(daemon, &plan)
}

fn daemon(relance: &Path, groups: bool) -> Daemon {
    if !groups {
        return Daemon::with(relance, &["--cgroups", "off"]);
    }
    Daemon::with_cgroups(relance).unwrap_or_else(|| Daemon::start(relance))
}

fn options(words: &[String]) -> Option<Options> {
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)
    };
    let number = |name: &str, default: u64| value(name).map_or(Some(default), |n| n.parse().ok());
    let php = value("--php").zip(value("--extension"));
    Some(Options {
        relance: value("--relance")?.into(),
        rounds: number("--rounds", 20)?.try_into().ok()?,
        seed: number("--seed", 1)?,
        php: php.map(|(binary, extension)| Php {
            binary: binary.into(),
            extension: extension.into(),
        }),
    })
}
