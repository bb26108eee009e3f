//! Where the daemon's groups are: from what the kernel says in `/proc` to a folder.

use std::io;
use std::path::{Component, Path, PathBuf};

use relance_scm::controllers::Controllers;
use serde::{Deserialize, Serialize};

use crate::linux::process::{is_gone, read_text};

/// Where the unified hierarchy is mounted, and which part of it is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mount {
    point: PathBuf,
    /// The group that is the folder `point`.
    root: PathBuf,
}

/// The place of a daemon's groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Location {
    mount: Mount,
    /// The group that the daemon was given, as `/proc/PID/cgroup` names it.
    base: PathBuf,
    /// The name of its own folder in it.
    name: String,
    /// The name that it had under version 0.1; empty if the guardian is of that version itself.
    #[serde(default)]
    former: String,
}

/// What the folder of a daemon's groups is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupNames {
    name: String,
    former: String,
}

impl GroupNames {
    /// The names for a state folder, by its identity and by what it is to the kernel, so that a copy
    /// has groups of its own. Version 0.1 named them by the socket.
    #[must_use]
    pub fn new(identity: &str, device_and_inode: (u64, u64), socket: &Path) -> Self {
        let (device, inode) = device_and_inode;
        Self {
            name: name(format!("{identity}:{device}:{inode}").as_bytes()),
            former: name(socket.as_os_str().as_encoded_bytes()),
        }
    }

    /// What the folder is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The folder in which a daemon that this thread starts has its groups, by the name it has for them;
/// `None` where there is no hierarchy that could be written to.
#[must_use]
pub fn folder(names: &GroupNames) -> Option<PathBuf> {
    Location::find(names).map(|location| location.folder())
}

impl Location {
    /// The place of the daemon with these names.
    pub(super) fn find(names: &GroupNames) -> Option<Self> {
        let own = group_of("thread-self").ok()??;
        let mounts = read_text("/proc/thread-self/mountinfo").ok()?;
        let mount = Mount::parse(&mounts, &own)?;
        let GroupNames { name, former } = names.clone();
        let base = base(own, &[&name, &former], |group| {
            mount.folder(group).is_some_and(|path| is_delegated(&path))
        });
        Some(Self {
            mount,
            base,
            name,
            former,
        })
    }

    /// The folder of the group that the daemon was given.
    pub(super) fn base(&self) -> PathBuf {
        // `find` has seen that the mount shows it.
        self.mount.folder(&self.base).unwrap_or_default()
    }

    /// The folder of the daemon's groups.
    pub(crate) fn folder(&self) -> PathBuf {
        self.base().join(&self.name)
    }

    /// The controllers that the groups of runs have.
    pub(crate) fn controllers(&self) -> Controllers {
        super::figures::controllers(&self.folder())
    }

    /// The folder of the run's group in which a process is, itself or through groups of its own; also
    /// of one that an earlier daemon, started in another group or of version 0.1, has made.
    ///
    /// # Errors
    /// When it cannot be told.
    pub(crate) fn group_of(&self, pid: u32) -> io::Result<Option<PathBuf>> {
        let group = group_of(&pid.to_string())?;
        Ok(group.and_then(|group| self.group_at(&group)))
    }

    fn group_at(&self, group: &Path) -> Option<PathBuf> {
        let names = [&self.name, &self.former];
        let names = names.into_iter().filter(|name| !name.is_empty());
        let own = names.into_iter().find_map(|name| below(group, name))?;
        self.mount.folder(&own)
    }
}

impl Mount {
    /// The mount in which a group is seen, from `/proc/self/mountinfo`; one that may be written to.
    fn parse(mountinfo: &str, group: &Path) -> Option<Self> {
        mountinfo
            .lines()
            .filter_map(Self::parse_line)
            .find(|mount| mount.folder(group).is_some())
    }

    /// `41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw`
    fn parse_line(line: &str) -> Option<Self> {
        let (fields, file_system) = line.split_once(" - ")?;
        let mut fields = fields.split(' ').skip(3);
        let (root, point, options) = (fields.next()?, fields.next()?, fields.next()?);
        let writable = options.split(',').any(|option| option == "rw");
        // A backslash begins an escaped character, which no path has that somebody mounts this at.
        let plain = !root.contains('\\') && !point.contains('\\');
        (file_system.starts_with("cgroup2 ") && writable && plain).then(|| Self {
            point: point.into(),
            root: root.into(),
        })
    }

    /// The folder of a group; `None` for one that is not to be seen from here.
    fn folder(&self, group: &Path) -> Option<PathBuf> {
        let below = group.strip_prefix(&self.root).ok()?;
        // A group outside of the namespace is named `/../other`.
        let inside = !below.components().any(|part| part == Component::ParentDir);
        inside.then(|| self.point.join(below))
    }
}

/// The group of a process; `None` if it has none, or is gone.
fn group_of(process: &str) -> io::Result<Option<PathBuf>> {
    match read_text(format!("/proc/{process}/cgroup")) {
        Ok(text) => Ok(parse_group(&text)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The line of the unified hierarchy; the others are of the old ones.
fn parse_group(text: &str) -> Option<PathBuf> {
    let path = text.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(path.into())
}

/// The group that the daemon may divide: the one above its own folder if it was started from within,
/// the one above if that was delegated and its own is the leaf made for it (`DelegateSubgroup=` of
/// systemd), else its own.
fn base(own: PathBuf, names: &[&str], is_delegated: impl Fn(&Path) -> bool) -> PathBuf {
    let is_ours = |group: &&Path| names.iter().any(|name| group.ends_with(name));
    if let Some(above) = own.ancestors().find(is_ours) {
        return above.parent().unwrap_or(above).to_owned();
    }
    match own.parent() {
        Some(above) if is_delegated(above) => above.to_owned(),
        _ => own,
    }
}

/// Whether systemd (251 and newer) says that the group may be divided by what runs in it.
fn is_delegated(folder: &Path) -> bool {
    let mut value = [0; 1];
    let read = rustix::fs::getxattr(folder, "user.delegate", &mut value[..]);
    read == Ok(1) && value == *b"1"
}

/// The group just below the daemon's own in which another one is.
fn below(group: &Path, name: &str) -> Option<PathBuf> {
    let mut above = None;
    for ancestor in group.ancestors() {
        if ancestor.ends_with(name) {
            return above.map(Path::to_owned);
        }
        above = Some(ancestor);
    }
    None
}

/// The name of a folder of groups: legal for every path (FNV-1a).
fn name(of: &[u8]) -> String {
    let hash = of.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("relance-{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
";

    fn folder_in(mountinfo: &str, group: &str) -> Option<String> {
        let mount = Mount::parse(mountinfo, Path::new(group))?;
        let folder = mount
            .folder(Path::new(group))
            .expect("it was chosen for it");
        Some(folder.to_string_lossy().into_owned())
    }

    #[test]
    fn the_group_of_a_process_is_the_line_of_the_unified_hierarchy() {
        let hybrid = "4:memory:/old\n1:name=systemd:/0::/x\n0::/system.slice/relance.service\n";
        let group = PathBuf::from("/system.slice/relance.service");
        assert_eq!(parse_group(hybrid), Some(group));
        assert_eq!(parse_group("4:memory:/old\n"), None, "v1 alone");
        assert_eq!(parse_group(""), None);
    }

    #[test]
    fn a_group_is_a_folder_of_the_mount_that_shows_it() {
        let folder = |group| folder_in(HYBRID, group);
        let point = "/sys/fs/cgroup/unified";
        assert_eq!(folder("/a.slice").unwrap(), format!("{point}/a.slice"));
        assert_eq!(folder("/").unwrap().trim_end_matches('/'), point);
        assert_eq!(folder("/../b"), None, "outside of the namespace");
        let part = "9 8 0:7 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup rw";
        let inside = folder_in(part, "/docker/1f/x");
        assert_eq!(inside.as_deref(), Some("/sys/fs/cgroup/x"));
        assert_eq!(folder_in(part, "/docker/2e"), None);
    }

    #[test]
    fn mounts_that_cannot_be_written_to_are_passed_over() {
        let read_only = "9 8 0:7 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n";
        assert_eq!(folder_in(read_only, "/"), None, "as in most containers");
        let both = format!("{read_only}10 8 0:7 / /mnt rw - cgroup2 cgroup rw\n");
        assert_eq!(folder_in(&both, "/x").as_deref(), Some("/mnt/x"));
        for odd in [
            "",
            "9",
            "9 8 0:7 / /a\\040b rw - cgroup2 cgroup rw",
            "\n - cgroup2 \n",
        ] {
            assert_eq!(folder_in(odd, "/"), None, "{odd:?}");
        }
    }

    #[test]
    fn what_the_daemon_was_given_lies_above_its_own_groups() {
        let base = |own: &str, delegated: &str| {
            let names = ["relance-1", "relance-0"];
            base(own.into(), &names, |group| group == Path::new(delegated))
        };
        assert_eq!(base("/", "-"), Path::new("/"));
        assert_eq!(base("/user/scope", "-"), Path::new("/user/scope"));
        let unit = "/system.slice/relance.service";
        assert_eq!(base(unit, unit), Path::new(unit));
        assert_eq!(base(&format!("{unit}/daemon"), unit), Path::new(unit));
        let within = format!("{unit}/relance-1/12");
        assert_eq!(
            base(&within, "-"),
            Path::new(unit),
            "started by its own service"
        );
        assert_eq!(base("/relance-1/daemon", "-"), Path::new("/"));
        assert_eq!(
            base("/relance-0/daemon", "-"),
            Path::new("/"),
            "of version 0.1"
        );
        let other = "/relance-2/12";
        assert_eq!(
            base(other, "-"),
            Path::new(other),
            "a service of another daemon"
        );
    }

    #[test]
    fn the_group_of_a_run_is_found_from_groups_that_it_made_itself() {
        let below = |group: &str| below(Path::new(group), "relance-1");
        let run = Some(PathBuf::from("/a/relance-1/12"));
        assert_eq!(below("/a/relance-1/12"), run);
        assert_eq!(below("/a/relance-1/12/relance-2/3"), run);
        assert_eq!(below("/a/relance-1"), None);
        assert_eq!(below("/a/12"), None);
        assert_eq!(below("/"), None);
    }

    #[test]
    fn groups_are_named_by_the_state_folder_and_not_by_the_socket() {
        let socket = Path::new("/run/relance/relance.sock");
        let names = |identity, place| GroupNames::new(identity, place, socket);
        let own = names("a1", (1, 2));
        let elsewhere = GroupNames::new("a1", (1, 2), Path::new("/else"));
        assert_eq!(own.name, elsewhere.name);
        assert_ne!(own.former, elsewhere.former);
        assert_ne!(own.name, names("b2", (1, 2)).name, "another folder");
        assert_ne!(own.name, names("a1", (1, 3)).name, "a copy");
        assert_ne!(own.name, names("a1", (2, 2)).name, "a copy on another disk");
        assert_eq!(own.name.len(), "relance-".len() + 16);
        // As version 0.1 had it.
        assert_eq!(own.former, "relance-4035300952a660bb");
    }
}
