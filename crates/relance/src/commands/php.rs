//! `relance php install`, `uninstall` and `doctor`: the extension in the PHPs of this machine.
//!
//! `find` finds the PHPs, `probe` asks one what it is and what it loads, `place` puts the extension
//! where it is loaded.

mod find;
mod place;
mod probe;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use serde::Serialize;

use relance_scm::{ScmError, Win32Error};
use relance_texts::{Lang, Sentence, php, shown};

use crate::cli::{CommandFailure, CommandResult, Common};
use crate::lang::say;
use crate::plain::plain_lines;
use probe::Php;

/// The PHP extension win32service on this machine
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    common: Common,
}

/// What became of one PHP, as JSON.
#[derive(Debug, Serialize)]
struct Outcome {
    program: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// What was done or found, or what is wrong; in English.
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<u32>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Put the extension into every PHP of this machine, and check that it loads
    Install {
        /// Only into this PHP; may be repeated
        #[arg(long, value_name = "PROGRAM")]
        php: Vec<PathBuf>,
        /// The extension [default: the one that came with relance, in ../lib/relance or beside it]
        #[arg(long, value_name = "FILE")]
        extension: Option<PathBuf>,
    },
    /// Take the extension out again
    Uninstall {
        /// Only out of this PHP; may be repeated
        #[arg(long, value_name = "PROGRAM")]
        php: Vec<PathBuf>,
    },
    /// Say of every PHP whether it has the extension, and what is wrong otherwise
    Doctor {
        /// Only this PHP; may be repeated
        #[arg(long, value_name = "PROGRAM")]
        php: Vec<PathBuf>,
    },
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let json = arguments.common.json;
    match &arguments.action {
        Action::Install { php, extension } => each(php, json, |php| {
            let extension = match extension {
                Some(extension) => extension.clone(),
                None => find::extension(&php.program)?,
            };
            place::install(php, &extension)?;
            probe::load(php)
        }),
        Action::Uninstall { php } => each(php, json, |php| {
            let removed = place::uninstall(php)?;
            Ok(if removed {
                php::REMOVED
            } else {
                php::NOT_THERE
            }
            .into())
        }),
        Action::Doctor { php } => each(php, json, examine),
    }
}

fn examine(php: &Php) -> Result<Sentence, ScmError> {
    match place::missing(php) {
        Some(problem) => Err(ScmError::new(Win32Error::FILE_NOT_FOUND, problem)),
        None => probe::load(php),
    }
}

/// Every PHP of this machine, and whether it loads the extension or what is wrong.
pub(crate) fn examine_all() -> Vec<(PathBuf, Result<Sentence, ScmError>)> {
    let examined = find::programs().into_iter().map(|program| {
        let outcome = probe::ask(&program).and_then(|php| examine(&php));
        (program, outcome)
    });
    examined.collect()
}

/// Does something for each PHP; one that fails does not keep the others from their turn.
fn each(
    named: &[PathBuf],
    json: bool,
    mut act: impl FnMut(&Php) -> Result<Sentence, ScmError>,
) -> CommandResult {
    let programs = if named.is_empty() {
        find::programs()
    } else {
        named.to_vec()
    };
    if programs.is_empty() {
        return Err(ScmError::new(Win32Error::NOT_FOUND, php::NONE).into());
    }
    let mut failed = false;
    let mut outcomes = Vec::new();
    for path in programs {
        let outcome = probe::ask(&path).and_then(|found| {
            let said = act(&found)?;
            Ok((found.version, said))
        });
        failed |= outcome.is_err();
        if json {
            outcomes.push(as_json(&path, outcome));
        } else {
            println!("{}", plain_lines(&in_words(&path, outcome)));
        }
    }
    if json {
        Common::print_json(&outcomes)?;
    }
    if failed {
        return Err(CommandFailure::Silent(1));
    }
    Ok(())
}

type Done = Result<(String, Sentence), ScmError>;

fn in_words(path: &Path, outcome: Done) -> String {
    let program = shown(path.display());
    match outcome {
        Ok((version, said)) => say(php::Of {
            program,
            version,
            said,
        }),
        Err(error) => {
            let problem = error.to_sentence();
            say(php::ProblemOf { program, problem })
        }
    }
}

fn as_json(path: &Path, outcome: Done) -> Outcome {
    let program = path.display().to_string();
    match outcome {
        Ok((version, said)) => Outcome {
            program,
            version: Some(version),
            message: said.of(Lang::En),
            error: None,
        },
        Err(error) => Outcome {
            program,
            version: None,
            message: error.sentence_in(Lang::En).into_owned(),
            error: Some(error.code().to_raw()),
        },
    }
}
