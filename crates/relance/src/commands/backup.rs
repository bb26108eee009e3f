//! `relance backup`

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::{Args, Parser};
use relance_engine::database::backup::{self, Contents};
use relance_engine::linux::place;
use relance_scm::system::Told;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Sentence, command, shown};

use crate::cli::{CommandFailure, CommandResult};
use crate::lang::say;
use crate::private_file;
use crate::settings::{Overrides, Settings};

/// Copy the service database to a file
///
/// Safe while the daemon runs. The file holds every service and the event log, and only its owner
/// may read it. Run it as the user that the daemon runs as, who owns the state folder.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The file to write
    file: PathBuf,
    /// Replace a file that already exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    place: Place,
}

/// Where the state folder is.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Folder of the database [default: the daemon's settings, the system's, the user's own]
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Settings of the daemon [default: /etc/relance/relance.toml, or ~/.config/relance/relance.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Socket of the daemon [default: the daemon's settings, the system's, the user's own]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
}

impl Place {
    /// The state folder, if it was named.
    pub(crate) fn named_state(&self) -> Option<&Path> {
        self.state.as_deref()
    }

    /// The settings of a daemon whose state folder this command may use: what others can put there would lead the
    /// command elsewhere, with the rights of who runs it.
    pub(crate) fn own_settings(&self) -> Result<Settings, CommandFailure> {
        let settings = self.settings()?;
        let folder = &settings.state_folder;
        let owner = fs::metadata(folder).map(|about| about.uid());
        let own = rustix::process::geteuid().as_raw();
        if let Some(owner) = owner.ok().filter(|owner| *owner != own) {
            let sentence = command::StateOfAnother {
                folder: shown(folder.display()),
                owner: shown(owner),
            };
            return Err(ScmError::new(Win32Error::ACCESS_DENIED, sentence).into());
        }
        place::check_state(folder)?;
        Ok(settings)
    }

    /// The daemon's settings. Its socket is, as for every command, that of `RELANCE_SOCKET` if nothing
    /// else is named.
    fn settings(&self) -> Result<Settings, ScmError> {
        let socket = std::env::var_os("RELANCE_SOCKET").map(PathBuf::from);
        Settings::load(Overrides {
            config: self.config.clone(),
            state_folder: self.state.clone(),
            socket: self.socket.clone().or(socket),
            ..Overrides::default()
        })
    }
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let settings = arguments.place.own_settings()?;
    let database = settings.database();
    if !database.is_file() {
        let sentence = command::NoDatabase {
            path: shown(database.display()),
        };
        return Err(CommandFailure::Scm(ScmError::new(
            Win32Error::FILE_NOT_FOUND,
            sentence,
        )));
    }
    refuse_place(&arguments.file, &settings.state_folder)?;
    // The copy is made in the state folder, where no other user can put a link in its place.
    let copy = settings.state_folder.join("relance.db.backup");
    let written = backup::copy(&database, &copy)
        .and_then(|()| backup::check(&copy))
        .map_err(|error| {
            let sentence = command::NotCopied {
                path: shown(database.display()),
                error: error.sentence(),
            };
            CommandFailure::Scm(ScmError::new(Win32Error::BADDB, sentence))
        })
        .and_then(|contents| {
            deliver(&copy, &arguments.file, arguments.force)?;
            Ok(contents)
        });
    let _ = fs::remove_file(&copy);
    let contents = written?;
    println!("{}: {}", arguments.file.display(), summary(&contents));
    for service in &contents.unreadable {
        let text = format!("{}: {service}", service.name);
        eprintln!("{}", say(command::Warning { text }));
    }
    Ok(())
}

/// What is in a backup, for people.
pub(crate) fn summary(contents: &Contents) -> String {
    say(command::BackupHolds {
        services: contents.services,
        entry: contents.last_entry,
    })
}

/// A backup does not go into the state folder, whose files the daemon uses, and replaces nothing but a
/// file.
fn refuse_place(file: &Path, state_folder: &Path) -> CommandResult {
    let refused = |sentence: Sentence| {
        let error = ScmError::new(Win32Error::INVALID_PARAMETER, sentence);
        Err(CommandFailure::Scm(error))
    };
    let path = shown(file.display());
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).unwrap_or_default();
    let state_folder = fs::canonicalize(state_folder).unwrap_or_default();
    if folder.starts_with(&state_folder) {
        return refused(command::InStateFolder { path }.into());
    }
    match fs::symlink_metadata(file) {
        Ok(about) if !about.is_file() => refused(command::NotAFile { path }.into()),
        _ => Ok(()),
    }
}

/// Puts the copy where it is wanted. A link there is not followed: the file is new, or replaces the
/// link itself.
fn deliver(copy: &Path, file: &Path, force: bool) -> CommandResult {
    let new = if force {
        file.with_extension("new")
    } else {
        file.to_owned()
    };
    let mut target = match private_file::create(&new) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let path = shown(new.display());
            let sentence: Sentence = if force {
                command::FileExistsRemove { path }.into()
            } else {
                command::FileExists { path }.into()
            };
            return Err(CommandFailure::Scm(ScmError::new(
                Win32Error::from_raw(183),
                sentence,
            )));
        }
        Err(error) => return Ok(Err(error).writing(&new)?),
    };
    let mut write = || -> io::Result<()> {
        io::copy(&mut File::open(copy)?, &mut target)?;
        target.sync_all()?;
        if force {
            fs::rename(&new, file)?;
        }
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    Ok(written.writing(file)?)
}
