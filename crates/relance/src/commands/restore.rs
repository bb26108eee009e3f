//! `relance restore`

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use clap::Parser;
use relance_client::{Target, connect};
use relance_engine::database::OpenError;
use relance_engine::database::backup::{self, Contents};
use relance_engine::identity::{Identity, Stage};
use relance_scm::manager::wait;
use relance_scm::system::{Told, regular};
use relance_scm::{Caller, ScmError, ServiceManager, Win32Error};
use relance_texts::{Sentence, command, file, shown};
use rustix::fs::{FlockOperation, flock};

use super::backup::{Place, summary};
use crate::cli::{CommandFailure, CommandResult};
use crate::lang::say;
use crate::settings::Settings;

/// Restore a backup of the service database
///
/// The whole backup is checked before anything is changed, and the present files are kept under
/// another name. The daemon must be stopped, or must have said that it cannot open its database:
/// then it continues with the backup within seconds, and running services are not disturbed.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The backup
    file: PathBuf,
    /// Accept a backup of another state folder, one that another user could have written, or one in
    /// which some services cannot be read
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let settings = arguments.place.own_settings()?;
    let folder = &settings.state_folder;
    if arguments.place.named_state().is_some() && !folder.is_dir() {
        let sentence = command::NoStateFolder {
            path: shown(folder.display()),
        };
        return Err(CommandFailure::Scm(ScmError::new(
            Win32Error::PATH_NOT_FOUND,
            sentence,
        )));
    }
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.told(|reason| file::FolderNotMade {
        path: shown(folder.display()),
        reason,
    })?;
    let stopped = lock(folder)?;
    // A daemon whose folder was moved away under it holds the lock in the other one.
    let is_waited_for = match is_closed(&settings) {
        Ok(()) => true,
        Err(refusal) if stopped.is_none() => return Err(refusal),
        Err(_) => false,
    };
    let known = Identity::load(folder)?.filter(|known| known.stage == Stage::Bound);
    let copy = folder.join("relance.db.restoring");
    let restored = prepare(&arguments, known.as_ref(), &copy).and_then(|contents| {
        let boot = boot_id()?;
        let boot = (is_waited_for || may_run_on(folder, &boot)).then_some(boot);
        let identity = identity(known, &contents, is_waited_for, folder)?;
        let database = settings.database();
        let aside = backup::put_in_place(&copy, &database, &identity.id, boot.as_deref());
        let aside = aside.map_err(unusable)?;
        identity.save(folder)?;
        Ok((contents, aside))
    });
    let _ = fs::remove_file(&copy);
    let (contents, aside) = restored?;
    let contents = summary(&contents);
    println!("{}", say(command::Restored { contents }));
    if let Some(aside) = aside {
        let path = shown(aside.display());
        println!("{}", say(command::KeptAs { path }));
    }
    let next = if is_waited_for {
        command::RESTORE_WAITED
    } else {
        command::RESTORE_START
    };
    println!("{}", say(next));
    Ok(())
}

/// The identity that the folder is to have: its own, else that of the backup for a daemon that waits for
/// its database, else a new one, because two folders on one machine may not share one.
fn identity(
    known: Option<Identity>,
    contents: &Contents,
    is_waited_for: bool,
    folder: &Path,
) -> Result<Identity, CommandFailure> {
    let of_backup = contents.identity.clone().filter(|_| is_waited_for);
    let identity = match (known, of_backup) {
        (Some(known), _) => known,
        (None, Some(id)) => Identity {
            id,
            stage: Stage::Bound,
        },
        (None, None) => Identity::load_or_create(folder)?,
    };
    Ok(Identity {
        stage: Stage::Bound,
        ..identity
    })
}

/// The lock of the state folder, or `None` where a daemon holds it.
fn lock(folder: &Path) -> Result<Option<OwnedFd>, CommandFailure> {
    let path = folder.join("lock");
    let options = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(options)
        .open(&path)
        .told(|reason| file::NotOpened {
            path: shown(path.display()),
            reason,
        })?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file.into())),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

/// A daemon that runs may have its database replaced only if it says that it cannot open it.
fn is_closed(settings: &Settings) -> CommandResult {
    let asked = connect(&Target::Socket(settings.socket.clone()))
        .and_then(|manager| wait(|reply| manager.query_manager(&Caller::system(), reply)));
    let closed = [
        Win32Error::BADDB,
        Win32Error::DATABASE_DOES_NOT_EXIST,
        Win32Error::REGISTRY_IO_FAILED,
    ];
    match asked {
        Err(error) if closed.contains(&error.code()) => Ok(()),
        Ok(_) => Err(CommandFailure::Scm(ScmError::new(
            Win32Error::SERVICE_ALREADY_RUNNING,
            command::DatabaseUsed {
                folder: shown(settings.state_folder.display()),
            },
        ))),
        Err(error) => Err(CommandFailure::Scm(ScmError::new(
            error.code(),
            command::DatabaseSilent {
                folder: shown(settings.state_folder.display()),
                socket: shown(settings.socket.display()),
                error: error.to_sentence(),
            },
        ))),
    }
}

/// A checked copy of the backup in the state folder.
fn prepare(
    arguments: &Arguments,
    known: Option<&Identity>,
    copy: &Path,
) -> Result<Contents, CommandFailure> {
    let file = &arguments.file;
    let mut source = regular::open(file).reading(file)?;
    if !arguments.force {
        check_author(file, &source)?;
    }
    let mut target = backup::new_file(copy).writing(copy)?;
    let copied = io::copy(&mut source, &mut target);
    copied.told(|reason| file::NotCopied {
        path: shown(file.display()),
        target: shown(copy.display()),
        reason,
    })?;
    drop(target);
    let contents = backup::check(copy).map_err(|error| {
        let sentence = command::NotABackup {
            path: shown(file.display()),
            problem: fault(&error),
        };
        CommandFailure::Scm(ScmError::new(Win32Error::BADDB, sentence))
    })?;
    let ids = contents.identity.as_ref().zip(known);
    let is_of_another = ids.is_some_and(|(id, known)| *id != known.id);
    let objection = match contents.unreadable.first() {
        _ if arguments.force => None,
        _ if is_of_another => Some(Sentence::from(command::OfAnother {
            path: shown(file.display()),
        })),
        Some(service) => Some(
            command::UnreadableService {
                path: shown(file.display()),
                name: shown(&service.name),
                problem: shown(service),
            }
            .into(),
        ),
        None => None,
    };
    match objection {
        Some(sentence) => Err(CommandFailure::Scm(ScmError::new(
            Win32Error::INVALID_DATA,
            sentence,
        ))),
        None => Ok(contents),
    }
}

/// A backup that somebody else could have written starts what that user wants, as root perhaps.
fn check_author(path: &Path, backup: &File) -> CommandResult {
    let about = backup.metadata().reading(path)?;
    let own = rustix::process::geteuid().as_raw();
    let is_of_another = about.uid() != 0 && about.uid() != own;
    if !is_of_another && about.mode() & 0o002 == 0 {
        return Ok(());
    }
    let path = shown(path.display());
    let sentence: Sentence = if is_of_another {
        let owner = shown(about.uid());
        command::BackupOfAnother { path, owner }.into()
    } else {
        command::BackupForAll { path }.into()
    };
    Err(ScmError::new(Win32Error::ACCESS_DENIED, sentence).into())
}

/// Whether a daemon of this boot was killed, so that what it started may still run: the journal of its
/// runs, which goes at an end in good order, is there.
fn may_run_on(folder: &Path, boot: &str) -> bool {
    let journal = fs::read(folder.join("runs")).unwrap_or_default();
    let head = &journal[..journal.len().min(256)];
    String::from_utf8_lossy(head).contains(boot)
}

/// What is wrong with the file that was named. The errors' own sentences are about the database in the
/// state folder, and advise to restore a backup.
fn fault(error: &OpenError) -> Sentence {
    match error {
        OpenError::TooNew(version) => command::BackupNewer { version: *version }.into(),
        OpenError::Format(_, version) => command::BackupFormat { version: *version }.into(),
        OpenError::Incomplete(_, table) => command::BackupTable { table: *table }.into(),
        OpenError::Other(error) => Sentence::foreign(error.to_string()),
        other => other.sentence(),
    }
}

fn unusable(error: OpenError) -> CommandFailure {
    let sentence = command::NotPutInPlace {
        error: error.sentence(),
    };
    CommandFailure::Scm(ScmError::new(Win32Error::WRITE_FAULT, sentence))
}

fn boot_id() -> Result<String, CommandFailure> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(text.trim().to_owned())
}
