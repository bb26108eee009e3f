//! `relance notify check` and `send`: what needs a file of targets and no manager.

use std::path::{Path, PathBuf};

use relance_notify::carriers;
use relance_notify::message::{Letter, Message};
use relance_notify::targets;
use relance_scm::event;
use relance_scm::notice::NoticeKind;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{notice, shown, target};

use crate::cli::{CommandFailure, CommandResult, Common};
use crate::lang::say;
use crate::plain::plain;
use crate::text::now;

/// What is told.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The name of the target
    target: String,
    /// What happened
    text: Option<String>,
    /// The service that it is about
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// failure, recovery, give-up, flapping, still-down or recycling
    #[arg(long, value_name = "NOTICE", default_value = "give-up")]
    notice: String,
    /// The file of targets [default: that of the daemon]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// The file of the daemon.
#[cfg(unix)]
fn own_file() -> Result<PathBuf, CommandFailure> {
    let settings = crate::settings::Settings::load(crate::settings::Overrides::default())?;
    settings
        .notify
        .ok_or_else(|| crate::cli::usage(notice::NO_FILE))
}

#[cfg(windows)]
fn own_file() -> Result<PathBuf, CommandFailure> {
    let folder =
        std::env::var_os("ProgramData").ok_or_else(|| crate::cli::usage(notice::NO_FILE))?;
    let folder = PathBuf::from(folder).join("Relance");
    Ok(folder.join(relance_notify::FILE_NAME))
}

fn load(file: Option<&Path>) -> Result<(PathBuf, targets::Targets), CommandFailure> {
    let file = match file {
        Some(file) => file.to_owned(),
        None => own_file()?,
    };
    if !file.exists() {
        let file = shown(file.display());
        let code = Win32Error::FILE_NOT_FOUND;
        return Err(ScmError::new(code, notice::NoFileAt { file }).into());
    }
    let read = targets::load(&file).map_err(|problem| {
        let problem = problem.sentence();
        ScmError::new(Win32Error::INVALID_DATA, notice::BadFile { problem })
    })?;
    Ok((file, read))
}

pub(super) fn check(file: Option<&Path>, common: &Common) -> CommandResult {
    let (file, read) = load(file)?;
    let count = read.targets.len();
    if common.json {
        return Common::print_json(&serde_json::json!({ "file": file, "targets": count }));
    }
    let file = shown(file.display());
    println!("{}", plain(&say(notice::Checked { count, file })));
    Ok(())
}

pub(super) fn run(arguments: &Arguments) -> CommandResult {
    let kind: NoticeKind = arguments.notice.parse()?;
    let (file, read) = load(arguments.file.as_deref())?;
    let name = &arguments.target;
    let found = read.targets.get(name.as_str()).ok_or_else(|| {
        let file = shown(file.display());
        ScmError::new(
            Win32Error::NOT_FOUND,
            notice::NoSuchTarget { target: name, file },
        )
    })?;
    if found.runs_as_service() {
        let problem = target::SEND_ACCOUNT;
        let told = notice::TargetNotTold {
            target: name,
            problem,
        };
        return Err(ScmError::new(Win32Error::NOT_SUPPORTED, told).into());
    }
    let at = now().0;
    let message = Message::said(
        kind,
        at,
        arguments.service.as_deref(),
        arguments.text.clone(),
    );
    let letter = Letter {
        id: &format!("sent-{at}-{}", std::process::id()),
        message: &message,
        machine: &relance_notify::machine(),
    };
    carriers::tell(found, letter, None).map_err(|failed| {
        let problem = event::problem(&failed.problem);
        let told = notice::TargetNotTold {
            target: name,
            problem,
        };
        ScmError::new(Win32Error::NOT_FOUND, told).into()
    })
}
