//! Control groups for daemons of tests: the machine's hierarchy, or one that only the daemon sees.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use relance_engine::identity::Identity;
use relance_engine::linux::{GroupNames, cgroup_folder};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tempfile::TempDir;

use crate::puppet::PATIENCE;

/// Where a daemon has its groups.
#[derive(Debug)]
pub(crate) enum Hierarchy {
    /// Wherever it finds one.
    Found,
    /// In a mount of its own.
    Own(TempDir),
}

impl Hierarchy {
    pub(crate) fn found() -> Self {
        Self::Found
    }

    /// `None` where none can be written to and none may be mounted.
    pub(crate) fn found_or_own() -> Option<Self> {
        if is_writable() {
            return Some(Self::Found);
        }
        let is_root = rustix::process::getuid().is_root();
        is_root.then(|| Self::Own(tempfile::tempdir().expect("a folder")))
    }

    /// The command that runs a program in it.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let Self::Own(point) = self else {
            return Command::new(program);
        };
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c"])
            .arg("mount -t cgroup2 none \"$0\" && exec \"$@\"")
            .arg(point.path())
            .arg(program);
        command
    }

    /// The folder in which a daemon with this state folder has its groups.
    pub(crate) fn groups(&self, guardian: u32, state: &Path, socket: &Path) -> Option<PathBuf> {
        let names = names(state, socket)?;
        match self {
            Self::Found => cgroup_folder(&names),
            Self::Own(point) => {
                let point = point.path().strip_prefix("/").expect("an absolute path");
                let seen = Path::new("/proc").join(guardian.to_string());
                let own = seen.join("root").join(point).join(own_group()?);
                Some(own.join(names.name()))
            }
        }
    }
}

/// A daemon's folder of groups, which is to be removed once the daemon is gone, and a mount of its own
/// with it.
#[derive(Debug)]
pub(crate) struct Remains {
    above: fs::File,
    name: OsString,
}

impl Remains {
    /// The daemon must be running when this is called.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        Some(Self {
            above: fs::File::open(folder.parent()?).ok()?,
            name: folder.file_name()?.to_owned(),
        })
    }

    /// Kills what is in the groups and removes them.
    pub(crate) fn remove(&self) {
        let above = Path::new("/proc/self/fd").join(self.above.as_raw_fd().to_string());
        let folder = above.join(&self.name);
        if folder.exists() {
            // The daemon's own group is in it, where it has one.
            let _ = fs::write(folder.join("cgroup.kill"), "1");
            wait_until_empty(&folder);
            remove(&folder);
        }
    }
}

fn names(state: &Path, socket: &Path) -> Option<GroupNames> {
    let identity = Identity::load(state).ok()??;
    let meta = fs::metadata(state).ok()?;
    Some(GroupNames::new(
        &identity.id,
        (meta.dev(), meta.ino()),
        socket,
    ))
}

/// The group of this process, below the root of the hierarchy.
fn own_group() -> Option<PathBuf> {
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    let group = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(group.into())
}

fn is_writable() -> bool {
    // A name that no state folder has.
    let names = GroupNames::new(
        &format!("try-{}", std::process::id()),
        (0, 0),
        Path::new(""),
    );
    let Some(folder) = cgroup_folder(&names) else {
        return false;
    };
    match fs::create_dir(&folder) {
        Ok(()) => fs::remove_dir(&folder).is_ok(),
        // Another test is trying at this moment.
        Err(error) => error.kind() == io::ErrorKind::AlreadyExists,
    }
}

/// Waits until no process is in a group or below it.
fn wait_until_empty(folder: &Path) {
    let Ok(events) = fs::File::open(folder.join("cgroup.events")) else {
        return;
    };
    let mut text = [0; 256];
    loop {
        // The kernel reports changes since the file was last read through this descriptor.
        let len = events.read_at(&mut text, 0).unwrap_or_default();
        if !String::from_utf8_lossy(&text[..len]).contains("populated 1") {
            return;
        }
        wait(
            &events,
            PollFlags::PRI,
            &format!("{} is still in use", folder.display()),
        );
    }
}

fn remove(folder: &Path) {
    for name in groups(folder) {
        remove(&folder.join(name));
    }
    let _ = fs::remove_dir(folder);
}

/// A folder of groups, watched.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    changes: OwnedFd,
}

impl Folder {
    /// Watches a folder from now on.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn watch(path: &Path) -> Self {
        let changes = inotify::init(inotify::CreateFlags::CLOEXEC).expect("inotify");
        let flags = inotify::WatchFlags::CREATE | inotify::WatchFlags::DELETE;
        inotify::add_watch(&changes, path, flags).expect("a watch");
        let path = path.to_owned();
        Self { path, changes }
    }

    /// Waits until the groups in it are as wanted; their names.
    ///
    /// # Panics
    /// If that does not happen.
    #[must_use]
    pub fn wait_until(&self, wanted: impl Fn(&BTreeSet<String>) -> bool) -> BTreeSet<String> {
        loop {
            let names = groups(&self.path);
            if wanted(&names) {
                return names;
            }
            wait(
                &self.changes,
                PollFlags::IN,
                &format!("the groups are {names:?}"),
            );
            let _ = rustix::io::read(&self.changes, &mut [0; 4096]);
        }
    }
}

/// A process that is not a child of this one, by its number as text.
///
/// # Panics
/// If it does not run.
#[must_use]
pub fn process(pid: &str) -> OwnedFd {
    let pid = pid.trim().parse().ok().and_then(Pid::from_raw);
    pidfd_open(pid.expect("a process id"), PidfdFlags::empty()).expect("it runs")
}

/// Waits for the end of a process.
///
/// # Panics
/// If it does not end.
pub fn wait_for_end(process: &OwnedFd) {
    wait(process, PollFlags::IN, "a process runs on");
}

fn groups(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

fn wait(fd: impl AsFd, flags: PollFlags, trouble: &str) {
    let timeout = Timespec::try_from(PATIENCE).expect("a minute");
    let mut changes = [PollFd::from_borrowed_fd(fd.as_fd(), flags)];
    let changed = poll(&mut changes, Some(&timeout)).expect("a descriptor that can be polled");
    assert!(changed > 0, "{trouble}");
}
