//! From `/` to a place, one folder after the other.
//!
//! Each is opened from the one before without following a link, and looked at through its descriptor,
//! so that nobody can exchange it in between. A link is followed by reading it, and only where nobody
//! but trusted users could have put it.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use relance_scm::ScmError;
use relance_texts::{Words, place, shown};
use rustix::fs::{FileType, Mode, OFlags, Stat, fchmod, fstat, mkdirat, openat, readlinkat};
use rustix::io::Errno;

use super::trust::{Allowed, Trust, kind};
use super::{refused, unfit};

/// Links on one way, as the kernel counts them.
const LINKS_MAX: u32 = 40;
const FOLDER: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What is asked of a place.
pub(super) struct Walk<'a> {
    /// What lies there, for sentences.
    pub(super) to: Words,
    /// The mode of folders that are made if they are missing.
    pub(super) make: Option<u32>,
    /// Whether a group of the system's may write to folders on the way (`/var/log` of Ubuntu).
    pub(super) system_groups: bool,
    /// Whether there may be folders on the way where everybody makes files and nobody touches those of others (`/tmp`).
    pub(super) shared_folders: bool,
    /// Whether folders on the way may belong to anybody. Then only links that an untrusted user could have put
    /// there are refused.
    pub(super) any_owner: bool,
    pub(super) last: Last<'a>,
}

/// What a place must be, by what is known of it.
pub(super) type Check<'a> = dyn Fn(&Trust, &Path, &Stat) -> Result<(), ScmError> + 'a;

/// What is at the end of the way.
pub(super) enum Last<'a> {
    /// A folder, which is checked by this instead of the rules for those on the way.
    Folder(&'a Check<'a>),
    /// A folder like those on the way.
    FolderOnTheWay,
    /// A file, which is for the caller to check.
    File,
}

/// What was found there.
pub(super) struct Found {
    /// The folder in which it lies.
    pub(super) folder: OwnedFd,
    /// Its name there.
    pub(super) name: OsString,
    /// Its path without links.
    pub(super) path: PathBuf,
    /// The place itself, opened as a path.
    pub(super) fd: OwnedFd,
    pub(super) stat: Stat,
    pub(super) trust: Trust,
}

struct Step {
    fd: OwnedFd,
    stat: Stat,
    path: PathBuf,
    name: OsString,
}

impl Walk<'_> {
    /// The place, which has to be there in the end.
    pub(super) fn open(&self, path: &Path) -> Result<Found, ScmError> {
        self.find(path)?
            .ok_or_else(|| refused(path, "found", Errno::NOENT))
    }

    /// The place; `None` if it or a folder on the way is not there.
    pub(super) fn find(&self, path: &Path) -> Result<Option<Found>, ScmError> {
        let root = Step::root()?;
        let trust = Trust::of_this_process(&root.stat);
        let mut way = vec![root];
        let mut rest = VecDeque::new();
        push_front(&mut rest, path);
        let mut links = 0;
        while let Some(name) = rest.pop_front() {
            let here = way.last().expect("the root stays");
            if name == ".." {
                if way.len() > 1 {
                    way.pop();
                }
                continue;
            }
            let Some(step) = self.step(here, name)? else {
                return Ok(None);
            };
            if kind(&step.stat) == FileType::Symlink {
                links += 1;
                let target = self.read_link(&trust, here, &step, links)?;
                if target.is_absolute() {
                    way.truncate(1);
                }
                push_front(&mut rest, &target);
                continue;
            }
            self.check(&trust, &step, rest.is_empty())?;
            way.push(step);
        }
        Ok(end_of(way, trust))
    }

    fn step(&self, here: &Step, name: OsString) -> Result<Option<Step>, ScmError> {
        let path = here.path.join(&name);
        let opened = match openat(&here.fd, &name, FOLDER, Mode::empty()) {
            Err(Errno::NOENT) => match self.make {
                Some(mode) => make(here.fd.as_fd(), &name, mode)
                    .map_err(|error| refused(&path, "made", error))?,
                None => return Ok(None),
            },
            Err(error) => return Err(refused(&path, "opened", error)),
            Ok(fd) => fd,
        };
        let stat = fstat(&opened).map_err(|error| refused(&path, "looked-at", error))?;
        Ok(Some(Step {
            fd: opened,
            stat,
            path,
            name,
        }))
    }

    fn read_link(
        &self,
        trust: &Trust,
        here: &Step,
        link: &Step,
        links: u32,
    ) -> Result<PathBuf, ScmError> {
        if trust.others_write(&here.stat) || self.any_owner && !trust.owner(&here.stat) {
            let (path, to) = (shown(link.path.display()), self.to);
            return Err(unfit(place::LinkOpen { path, to }));
        }
        if links > LINKS_MAX {
            return Err(refused(&link.path, "followed", Errno::LOOP));
        }
        let target = readlinkat(&link.fd, "", Vec::new())
            .map_err(|error| refused(&link.path, "followed", error))?;
        Ok(OsString::from_vec(target.into_bytes()).into())
    }

    fn check(&self, trust: &Trust, step: &Step, is_last: bool) -> Result<(), ScmError> {
        let is_folder = kind(&step.stat) == FileType::Directory;
        match &self.last {
            Last::File if is_last => return Ok(()),
            Last::Folder(check) if is_last && is_folder => {
                return check(trust, &step.path, &step.stat);
            }
            _ => {}
        }
        if !is_folder {
            let (path, to) = (shown(step.path.display()), self.to);
            return Err(unfit(place::NotAFolder { path, to }));
        }
        if self.any_owner {
            return Ok(());
        }
        let allowed = Allowed {
            system_groups: self.system_groups,
            shared_folders: self.shared_folders,
        };
        trust.check_ancestor(&step.path, &step.stat, self.to, allowed)
    }
}

impl Step {
    fn root() -> Result<Self, ScmError> {
        let path = PathBuf::from("/");
        let fd = rustix::fs::open(&path, FOLDER, Mode::empty())
            .map_err(|error| refused(&path, "opened", error))?;
        let stat = fstat(&fd).map_err(|error| refused(&path, "looked-at", error))?;
        let name = OsString::new();
        Ok(Self {
            fd,
            stat,
            path,
            name,
        })
    }
}

fn end_of(mut way: Vec<Step>, trust: Trust) -> Option<Found> {
    let last = way.pop()?;
    // Nothing of ours goes into the root itself.
    let folder = way.pop()?;
    Some(Found {
        folder: folder.fd,
        name: last.name,
        path: last.path,
        fd: last.fd,
        stat: last.stat,
        trust,
    })
}

/// The steps of a path, before those that are still to come.
fn push_front(rest: &mut VecDeque<OsString>, path: &Path) {
    for part in path.components().rev() {
        match part {
            Component::Normal(name) => rest.push_front(name.to_owned()),
            Component::ParentDir => rest.push_front("..".into()),
            _ => {}
        }
    }
}

/// Makes a folder with this mode, whatever the umask; one that is there meanwhile is looked at like
/// any other.
fn make(above: BorrowedFd<'_>, name: &OsStr, mode: u32) -> rustix::io::Result<OwnedFd> {
    let is_new = match mkdirat(above, name, Mode::from_raw_mode(mode)) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(error) => return Err(error),
    };
    if is_new {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = openat(above, name, flags, Mode::empty())?;
        fchmod(&made, Mode::from_raw_mode(mode))?;
    }
    openat(above, name, FOLDER, Mode::empty())
}
