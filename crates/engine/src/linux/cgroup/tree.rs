//! The guardian's groups: one for each run, with a number for a name.
//!
//! Making and removing a group takes as long as a tenth of a start. So one group is ready beforehand: it is made while a
//! process of the run before is on its way to its program, or while nothing else waits ([`Tree::tidy`]). One that is
//! over goes then, too.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{Timespec, epoll};
use rustix::fs::{Mode, OFlags};

use super::{GroupNames, Limits, Location, figures, kill, write};
use crate::linux::process::log;

/// Controllers that runs get where they are available.
const CONTROLLERS: [&str; 4] = ["memory", "cpu", "pids", "io"];
/// The group of the daemon's own processes where they must not stay in the one they were given.
const OWN: &str = "daemon";

/// A process that has been killed is gone after this time, unless the kernel itself waits for something.
const DEATH: Duration = Duration::from_secs(1);

/// The group of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Group(pub(crate) u32);

/// See the module.
pub(crate) struct Tree {
    location: Location,
    folder: PathBuf,
    /// Whether runs have the memory controller.
    counts_memory: bool,
    /// The number to try next; an adopted run may have it.
    next: u32,
    /// Empty, for the next run; open, because the kernel wants a descriptor.
    spare: Option<(Group, OwnedFd)>,
    /// Of runs that are over; removed once their processes are gone.
    over: Vec<Over>,
    /// Readable when something has changed in one of these that could not be removed at once.
    changes: OwnedFd,
}

/// The group of a run that is over.
struct Over {
    group: Group,
    /// Its `cgroup.events`, watched.
    events: Option<File>,
}

/// Why runs have no groups.
#[derive(Debug)]
pub(crate) enum Unavailable {
    /// There is no hierarchy of version 2 that could be written to.
    NoHierarchy,
    /// No group can be made there.
    NotWritable(PathBuf, io::Error),
    /// Groups cannot be watched.
    NotWatched(io::Error),
    /// The kernel cannot kill a group (before Linux 5.14).
    NoKill(io::Error),
    /// No process can be created in a group (before Linux 5.7, or a filter of system calls).
    NoClone(io::Error),
}

impl Tree {
    /// Makes the folder of the daemon's groups and sees whether they work: `try_clone` creates a
    /// process in a group, which ends at once.
    pub(crate) fn set_up(
        names: &GroupNames,
        try_clone: impl FnOnce(BorrowedFd<'_>) -> io::Result<()>,
    ) -> Result<Self, Unavailable> {
        let location = Location::find(names).ok_or(Unavailable::NoHierarchy)?;
        let changes = epoll::create(epoll::CreateFlags::CLOEXEC);
        let changes = changes.map_err(|error| Unavailable::NotWatched(error.into()))?;
        let folder = location.folder();
        create_if_missing(&folder)
            .map_err(|error| Unavailable::NotWritable(folder.clone(), error))?;
        let counts_memory = enable_controllers(&location.base(), &folder).unwrap_or_else(|error| {
            log(&format!(
                "no group can be made for the daemon itself: {error}"
            ));
            false
        });
        let mut tree = Self {
            counts_memory,
            location,
            folder,
            next: 0,
            spare: None,
            over: Vec::new(),
            changes,
        };
        match tree.try_out(try_clone) {
            Ok(()) => Ok(tree),
            Err(why) => {
                tree.close();
                Err(why)
            }
        }
    }

    fn try_out(
        &mut self,
        try_clone: impl FnOnce(BorrowedFd<'_>) -> io::Result<()>,
    ) -> Result<(), Unavailable> {
        let (group, fd) = self
            .take()
            .map_err(|error| Unavailable::NotWritable(self.folder.clone(), error))?;
        self.release(group);
        kill(&self.path(group)).map_err(Unavailable::NoKill)?;
        try_clone(fd.as_fd()).map_err(Unavailable::NoClone)
    }

    /// Where the groups are.
    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// Whether runs have the memory controller.
    pub(crate) fn counts_memory(&self) -> bool {
        self.counts_memory
    }

    /// An empty group for a run.
    pub(crate) fn take(&mut self) -> io::Result<(Group, OwnedFd)> {
        match self.spare.take() {
            Some(spare) => Ok(spare),
            None => self.make(),
        }
    }

    fn make(&mut self) -> io::Result<(Group, OwnedFd)> {
        loop {
            let group = Group(self.next);
            self.next = self.next.wrapping_add(1);
            let path = self.path(group);
            match create(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            match rustix::fs::open(&path, flags, Mode::empty()) {
                Ok(fd) => return Ok((group, fd)),
                Err(error) => {
                    self.release(group);
                    return Err(error.into());
                }
            }
        }
    }

    /// Kills all that is in the group of a run. It was there when it was made, so it can be.
    pub(crate) fn kill(&self, group: Group) {
        if let Err(error) = kill(&self.path(group)) {
            let path = self.path(group);
            log(&format!("{} cannot be killed: {error}", path.display()));
        }
    }

    /// How many processes of a run the kernel has killed because memory ran out.
    pub(crate) fn memory_kills(&self, group: Group) -> u32 {
        if self.counts_memory {
            figures::memory_kills(&self.path(group))
        } else {
            0
        }
    }

    /// Limits what the run of a group may use, before there is a process in it.
    pub(crate) fn limit(&self, group: Group, limits: &Limits) -> io::Result<()> {
        limits.set(&self.path(group))
    }

    /// How many processes are in the group of a run beside this one.
    pub(crate) fn others(&self, group: Group, process: u32) -> u32 {
        let all = figures::processes(&self.path(group)).into_iter();
        let others = all.filter(|pid| *pid != process).count();
        u32::try_from(others).unwrap_or(u32::MAX)
    }

    /// The run is over and forgotten; so is its group, once it is empty.
    pub(crate) fn release(&mut self, group: Group) {
        let events = None;
        self.over.push(Over { group, events });
    }

    /// To be called while nothing else waits, and whenever [`Tree::changes`] is readable.
    pub(crate) fn tidy(&mut self) {
        self.remove_over();
        self.make_spare();
    }

    /// Makes the group of the next run, if it is not there. Through rustix alone: a child that shares memory with the
    /// guardian may be on its way ([`Spawner::spawn_beside`](crate::linux::spawn::Spawner::spawn_beside)).
    pub(crate) fn make_spare(&mut self) {
        if self.spare.is_none() {
            // Where this fails, so does the start of the next run, which says so.
            self.spare = self.make().ok();
        }
    }

    /// Removes the groups that are over, and watches those that are not empty yet.
    fn remove_over(&mut self) {
        let folder = &self.folder;
        self.over
            .retain(|over| !remove(&folder.join(over.group.name())));
        for over in self.over.iter_mut().filter(|over| over.events.is_none()) {
            over.events = watch(&self.changes, &folder.join(over.group.name()));
        }
    }

    /// Readable when a group that is over may be empty.
    pub(crate) fn changes(&self) -> BorrowedFd<'_> {
        self.changes.as_fd()
    }

    /// Takes notice that groups have changed; [`Tree::tidy`] looks at all of them.
    pub(crate) fn changed(&self) {
        self.wait_for_change(Duration::ZERO);
    }

    /// `false` if nothing has changed for so long.
    fn wait_for_change(&self, patience: Duration) -> bool {
        let mut events = [epoll::Event {
            flags: epoll::EventFlags::empty(),
            data: epoll::EventData::new_u64(0),
        }; 16];
        let timeout = Timespec::try_from(patience).ok();
        // Events that do not fit are reported again.
        epoll::wait(&self.changes, &mut events[..], timeout.as_ref()).is_ok_and(|count| count > 0)
    }

    /// The group that is this folder, if it is of this tree.
    pub(crate) fn group_at(&self, folder: &Path) -> Option<Group> {
        let group = Group(folder.file_name()?.to_str()?.parse().ok()?);
        (self.path(group) == folder).then_some(group)
    }

    /// Whether a group is there.
    pub(crate) fn has(&self, group: Group) -> bool {
        self.path(group).exists()
    }

    /// Kills what is in groups that belong to no run. Their runs ended while nobody looked.
    pub(crate) fn keep(&mut self, started: &BTreeSet<Group>) {
        for name in figures::groups(&self.folder) {
            let Some(group) = name.parse().ok().map(Group) else {
                continue;
            };
            let is_spare = self
                .spare
                .as_ref()
                .is_some_and(|(spare, _)| *spare == group);
            let is_over = self.over.iter().any(|over| over.group == group);
            let is_known = is_spare || is_over || started.contains(&group);
            if is_known {
                continue;
            }
            self.end_leftovers(group);
            self.release(group);
        }
    }

    /// Kills what is left of a run that ended while nobody looked.
    pub(crate) fn end_leftovers(&self, group: Group) {
        let left = figures::processes(&self.path(group));
        if !left.is_empty() {
            log(&format!(
                "processes that outlived their run are killed: {left:?}"
            ));
        }
        self.kill(group);
    }

    /// The daemon ends in good order: its groups are removed, except for one that it is in itself or that holds
    /// a process that does not die.
    pub(crate) fn close(mut self) {
        if let Some((group, _)) = self.spare.take() {
            self.release(group);
        }
        self.remove_over();
        while !self.over.is_empty() && self.wait_for_change(DEATH) {
            self.remove_over();
        }
        let _ = fs::remove_dir(&self.folder);
    }

    /// The folder of a group.
    pub(crate) fn path(&self, group: Group) -> PathBuf {
        self.folder.join(group.name())
    }
}

impl Group {
    fn name(self) -> String {
        self.0.to_string()
    }
}

/// Makes a group that only the daemon's own user may write to and everybody may look at, as a service
/// does to learn its limits; independent of the umask.
fn create(folder: &Path) -> io::Result<()> {
    let mode = Mode::from_raw_mode(0o755);
    rustix::fs::mkdir(folder, mode)?;
    Ok(rustix::fs::chmod(folder, mode)?)
}

fn create_if_missing(folder: &Path) -> io::Result<()> {
    match create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

/// Watches whether a group is empty; told at least once from now on, so nothing is missed.
fn watch(changes: &OwnedFd, folder: &Path) -> Option<File> {
    let events = File::open(folder.join("cgroup.events")).ok()?;
    let flags = epoll::EventFlags::PRI | epoll::EventFlags::ET;
    epoll::add(changes, &events, epoll::EventData::new_u64(0), flags).ok()?;
    Some(events)
}

/// Removes a group, and those that its run has made in it; `false` while a process is in one.
fn remove(folder: &Path) -> bool {
    let gone = || match fs::remove_dir(folder) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    gone() || {
        for name in figures::groups(folder) {
            remove(&folder.join(name));
        }
        gone()
    }
}

/// Gives the groups of runs their controllers, as far as they are to be had. Whether they have the
/// one for memory.
///
/// A group that hands on controllers must not hold processes itself: the kernel refuses some, and with
/// others it makes the groups below unusable. The init of a container makes room by moving into a group
/// of its own; anyone who is started again by a manager above must not, because that manager could not put
/// it there a second time (systemd: `DelegateSubgroup=`).
fn enable_controllers(base: &Path, folder: &Path) -> io::Result<bool> {
    if !may_hand_on(base) && std::process::id() == 1 {
        let own = folder.join(OWN);
        create_if_missing(&own)?;
        write(&own.join("cgroup.procs"), "0")?;
    }
    if may_hand_on(base) {
        enable(base);
        enable(folder);
    }
    Ok(has(folder, "cgroup.subtree_control", CONTROLLERS[0]))
}

/// The root of the whole hierarchy may, and any group without a process.
fn may_hand_on(group: &Path) -> bool {
    let is_root = !group.join("cgroup.type").exists();
    is_root || fs::read_to_string(group.join("cgroup.procs")).is_ok_and(|text| text.is_empty())
}

/// Hands on each controller that the group has. One that is refused is missing below, nothing more.
fn enable(folder: &Path) {
    for name in CONTROLLERS {
        if has(folder, "cgroup.controllers", name) && !has(folder, "cgroup.subtree_control", name) {
            let _ = write(&folder.join("cgroup.subtree_control"), &format!("+{name}"));
        }
    }
}

fn has(folder: &Path, file: &str, controller: &str) -> bool {
    let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
    text.split_whitespace().any(|name| name == controller)
}

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoHierarchy => f.write_str("no hierarchy of version 2 is mounted writable"),
            Self::NotWritable(folder, error) => {
                write!(f, "{} cannot be made: {error}", folder.display())
            }
            Self::NotWatched(error) => write!(f, "groups cannot be watched: {error}"),
            Self::NoKill(error) => write!(f, "the kernel has no cgroup.kill: {error}"),
            Self::NoClone(error) => write!(f, "no process can be created in a group: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A group as the kernel would show it, in a folder of the test's own.
    fn group(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("relance-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_group_with_processes_hands_nothing_on_unless_it_is_the_root() {
        let base = [
            ("cgroup.controllers", "cpu io memory pids\n"),
            ("cgroup.subtree_control", ""),
        ];
        let with = |name, more: &[(&'static str, &'static str)]| {
            let folder = group(name, &[&base[..], more].concat());
            let own = group(&format!("{name}-own"), &base[..1]);
            let counts = enable_controllers(&folder, &own).unwrap();
            assert!(!counts, "a file that is written to is not a controller");
            let handed = fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap();
            fs::remove_dir_all(&folder).unwrap();
            fs::remove_dir_all(&own).unwrap();
            handed
        };
        let procs = ("cgroup.procs", "12\n");
        let inner = ("cgroup.type", "domain\n");
        assert_eq!(with("inner", &[inner, procs]), "");
        // The kernel takes each word in a write of its own; in this folder each write replaces the
        // one before.
        let handed_on = "+io";
        assert!(with("root", &[procs]).starts_with(handed_on));
        assert!(with("leaf", &[inner, ("cgroup.procs", "")]).starts_with(handed_on));
    }

    #[test]
    fn why_there_are_no_groups_is_said_in_words() {
        let error = || io::Error::from_raw_os_error(libc::EROFS);
        let not_writable = Unavailable::NotWritable("/sys/fs/cgroup/relance-1".into(), error());
        let text = not_writable.to_string();
        assert!(
            text.starts_with("/sys/fs/cgroup/relance-1 cannot be made: Read-only"),
            "{text}"
        );
        assert!(Unavailable::NoHierarchy.to_string().contains("version 2"));
    }
}
