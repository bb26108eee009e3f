//! `relance php install`, `uninstall` and `doctor`: the extension in the PHPs of this machine.
//!
//! `find` finds the PHPs, `probe` asks one what it is and what it loads, `place` puts the extension
//! where it is loaded.

mod find;
mod place;
mod probe;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use relance_scm::{ScmError, Win32Error};
use relance_texts::{Sentence, php, shown};

use crate::cli::{CommandFailure, CommandResult};
use crate::lang::say;
use crate::plain::plain_lines;
use probe::Php;

/// The PHP extension win32service on this machine
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
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
    match &arguments.action {
        Action::Install { php, extension } => each(php, |php| {
            let extension = match extension {
                Some(extension) => extension.clone(),
                None => find::extension(&php.program)?,
            };
            place::install(php, &extension)?;
            probe::load(php)
        }),
        Action::Uninstall { php } => each(php, |php| {
            let removed = place::uninstall(php)?;
            Ok(if removed {
                php::REMOVED
            } else {
                php::NOT_THERE
            }
            .into())
        }),
        Action::Doctor { php } => each(php, examine),
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
    for path in programs {
        let outcome = probe::ask(&path).and_then(|found| {
            let said = act(&found)?;
            Ok((found.version, said))
        });
        let program = shown(path.display());
        let line = match outcome {
            Ok((version, said)) => say(php::Of {
                program,
                version,
                said,
            }),
            Err(error) => {
                failed = true;
                let problem = error.to_sentence();
                say(php::ProblemOf { program, problem })
            }
        };
        println!("{}", plain_lines(&line));
    }
    if failed {
        return Err(CommandFailure::Silent(1));
    }
    Ok(())
}
