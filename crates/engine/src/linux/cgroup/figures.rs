//! What a group uses, and its counters of events, read from its files.

use std::fs;
use std::io;
use std::path::Path;

use relance_scm::controllers::Controllers;

/// Processor time that its processes have used, those that have ended too, in milliseconds.
pub(crate) fn cpu_ms(folder: &Path) -> u64 {
    read(folder, "cpu.stat", "usage_usec") / 1000
}

/// Memory that it is charged with, in bytes; `None` without the memory controller.
pub(crate) fn memory_bytes(folder: &Path) -> Option<u64> {
    let text = fs::read_to_string(folder.join("memory.current")).ok()?;
    text.trim().parse().ok()
}

/// Memory that it is charged with without the cache of files, in bytes; `None` without the memory controller.
pub(crate) fn held_bytes(folder: &Path) -> Option<u64> {
    let charged = memory_bytes(folder)?;
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let cache = ["active_file", "inactive_file"].map(|key| value(&stat, key).unwrap_or_default());
    Some(charged.saturating_sub(cache.iter().sum()))
}

/// The most that it was ever charged with, in bytes; `None` without the memory controller, and before Linux
/// 5.19.
pub(crate) fn memory_peak_bytes(folder: &Path) -> Option<u64> {
    let text = fs::read_to_string(folder.join("memory.peak")).ok()?;
    text.trim().parse().ok()
}

/// How many of its processes the kernel has killed because memory ran out; 0 without the controller.
pub(super) fn memory_kills(folder: &Path) -> u32 {
    u32::try_from(read(folder, "memory.events", "oom_kill")).unwrap_or(u32::MAX)
}

/// Its processes, those in groups below it too. (`pids.current` counts threads.)
pub(crate) fn processes(folder: &Path) -> Vec<u32> {
    list(folder).unwrap_or_default()
}

/// The same; none where there is no such group.
///
/// # Errors
/// When it cannot be told.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<u32>> {
    let text = match fs::read_to_string(folder.join("cgroup.procs")) {
        // A group that was removed meanwhile.
        Err(error) if is_gone(&error) => return Ok(Vec::new()),
        text => text?,
    };
    let mut all: Vec<u32> = text.lines().filter_map(|line| line.parse().ok()).collect();
    for name in groups(folder) {
        all.extend(list(&folder.join(name))?);
    }
    Ok(all)
}

pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENODEV))
}

/// The controllers that the groups in a group have. The kernel may have none of the two ways to weigh disks,
/// although it has the controller.
pub(super) fn controllers(folder: &Path) -> Controllers {
    let names = fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap_or_default();
    let weighs = ["io.weight", "io.bfq.weight"];
    let weighs = weighs.iter().any(|file| folder.join(file).exists());
    Controllers::named(
        names
            .split_whitespace()
            .filter(|name| *name != "io" || weighs),
    )
}

/// Names of the groups in a group.
pub(super) fn groups(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

/// A group that is being removed uses nothing.
fn read(folder: &Path, file: &str, key: &str) -> u64 {
    let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
    value(&text, key).unwrap_or_default()
}

/// A value of a file with a key and a value in each line.
fn value(text: &str, key: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let (_, value) = lines.find(|(name, _)| *name == key)?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_whole_key() {
        let events = "low 0\nhigh 4\nmax 7\noom 2\noom_kill 1\noom_group_kill 3\n";
        assert_eq!(value(events, "oom_kill"), Some(1));
        assert_eq!(value(events, "oom_group_kill"), Some(3));
        assert_eq!(value(events, "kill"), None);
        let stat = "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n";
        assert_eq!(value(stat, "usage_usec"), Some(1_234_567));
    }

    #[test]
    fn rubbish_has_no_value() {
        for text in [
            "",
            "oom_kill",
            "oom_kill \n",
            "oom_kill x\n",
            "oom_kill -1\n",
        ] {
            assert_eq!(value(text, "oom_kill"), None, "{text:?}");
        }
    }

    #[test]
    fn a_group_that_is_gone_uses_nothing() {
        let nowhere = Path::new("/nowhere/relance/12");
        assert_eq!((cpu_ms(nowhere), memory_bytes(nowhere)), (0, None));
        assert_eq!((memory_kills(nowhere), processes(nowhere)), (0, vec![]));
    }
}
