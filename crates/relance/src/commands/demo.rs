//! `relance demo`: a real PHP service fails in the ways that services fail, and gets back up by its
//! own rules, live on the terminal.
//!
//! `daemon` is the manager of its own that it runs on, `scripts` the PHP side (the files of
//! `examples/php`), `play` what tells and checks, `scenes` what happens, `report` the end.

mod daemon;
mod play;
mod report;
mod scenes;
mod scripts;

use std::path::PathBuf;

use clap::Parser;

use crate::cli::{CommandFailure, CommandResult};
use daemon::Daemon;
use play::Play;
use scripts::Scripts;

/// Watch a PHP service fail in seven ways and get back up
///
/// Runs on a daemon and a database of its own, which are removed afterwards; takes about 13
/// seconds. The exit status is 0 if everything happened as the rules say.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The PHP to use
    #[arg(long, value_name = "PATH", default_value = "php")]
    php: PathBuf,
    /// The extension win32service [default: what php.ini loads]
    #[arg(long, value_name = "PATH")]
    extension: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let daemon = Daemon::start()?;
    let scripts = Scripts::prepare(&daemon, arguments.php, arguments.extension.as_deref())?;
    let mut play = Play::begin(&daemon)?;
    let played = scenes::play(&mut play, &scripts);
    // What was logged says most about a scene that went wrong.
    report::event_log(&play)?;
    played?;
    report::delays(&play);
    daemon.stop()?;
    if report::verdict(&play) {
        Ok(())
    } else {
        Err(CommandFailure::Silent(1))
    }
}
