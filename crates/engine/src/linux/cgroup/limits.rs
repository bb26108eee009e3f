//! What a group may use: from the settings to the kernel's files (X53, X54).

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{is_gone, write};

/// The period over which a share of processor time is measured, in microseconds; the kernel's default.
const PERIOD_US: u64 = 100_000;

/// See the settings of the same names; nothing is limited by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Limits {
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory_high: Option<u64>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory_max: Option<u64>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) swap_max: Option<u64>,
    /// Whether running out of memory ends the whole group.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) oom_group: bool,
    /// 1 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_weight: Option<u64>,
    /// Hundredths of one processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_quota: Option<u64>,
    /// Processes and threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tasks_max: Option<u64>,
    /// 1 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) io_weight: Option<u64>,
}

impl Limits {
    /// Whether nothing is limited.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Writes them into the files of a group.
    pub(super) fn set(&self, folder: &Path) -> io::Result<()> {
        write_all(folder, &self.files()).map_err(|(_, error)| error)
    }

    /// What is written into which file so that a group that has the limits `before` has these: also that there is
    /// no limit any more.
    pub(crate) fn changes(&self, before: &Self) -> Vec<(&'static str, String)> {
        let pairs = self.each().into_iter().zip(before.each());
        let changed = pairs.filter(|(after, before)| after.value != before.value);
        changed
            .map(|(after, _)| (after.file, after.value.unwrap_or(after.neutral.to_owned())))
            .collect()
    }

    /// The files that are written to, and what.
    fn files(&self) -> Vec<(&'static str, String)> {
        let each = self.each().into_iter();
        each.filter_map(|limit| Some((limit.file, limit.value?)))
            .collect()
    }

    fn each(&self) -> [InFile; 9] {
        let limit = |file, value: Option<String>, neutral| InFile {
            file,
            value,
            neutral,
        };
        let number = |value: Option<u64>| value.map(|value| value.to_string());
        let quota = self.cpu_quota.map(|percent| percent * PERIOD_US / 100);
        let quota = quota.map(|quota| format!("{quota} {PERIOD_US}"));
        let disk = |most| {
            let weight = self.io_weight.map(|weight| weight.clamp(1, most));
            weight.map(|weight| format!("default {weight}"))
        };
        [
            limit("memory.high", number(self.memory_high), "max"),
            limit("memory.max", number(self.memory_max), "max"),
            limit("memory.swap.max", number(self.swap_max), "max"),
            limit(
                "memory.oom.group",
                self.oom_group.then(|| "1".to_owned()),
                "0",
            ),
            limit("cpu.weight", number(self.cpu_weight), "100"),
            limit("cpu.max", quota, "max 100000"),
            limit("pids.max", number(self.tasks_max), "max"),
            limit("io.weight", disk(u64::MAX), "default 100"),
            limit("io.bfq.weight", disk(1000), "default 100"),
        ]
    }
}

/// A limit as the kernel takes it.
struct InFile {
    file: &'static str,
    /// `None`: not limited.
    value: Option<String>,
    /// What the kernel has when nothing was written.
    neutral: &'static str,
}

/// Writes into the files of a group. One that is not there is passed over: the controller or the kernel lacks it,
/// and the person who set the limit was told.
///
/// # Errors
/// The first that the kernel refuses, with its file; the others are written all the same.
pub(crate) fn write_all(
    folder: &Path,
    files: &[(&'static str, String)],
) -> Result<(), (&'static str, io::Error)> {
    let mut refused = Ok(());
    for (file, text) in files {
        match write(&folder.join(file), text) {
            Err(error) if !is_gone(&error) && refused.is_ok() => refused = Err((*file, error)),
            _ => {}
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn x53_what_is_set_is_written_and_nothing_else() {
        assert!(Limits::default().files().is_empty() && Limits::default().is_nothing());
        let limits = Limits {
            memory_max: Some(64 << 20),
            swap_max: Some(0),
            oom_group: true,
            cpu_quota: Some(150),
            ..Limits::default()
        };
        let files = limits.files();
        let files: Vec<_> = files.iter().map(|(file, text)| (*file, &**text)).collect();
        assert_eq!(
            files,
            [
                ("memory.max", "67108864"),
                ("memory.swap.max", "0"),
                ("memory.oom.group", "1"),
                ("cpu.max", "150000 100000"),
            ]
        );
    }

    #[test]
    fn x76_a_change_writes_what_changes_and_takes_back_what_is_gone() {
        let before = Limits {
            memory_max: Some(64 << 20),
            cpu_quota: Some(150),
            oom_group: true,
            io_weight: Some(2000),
            ..Limits::default()
        };
        let after = Limits {
            memory_max: Some(128 << 20),
            tasks_max: Some(9),
            cpu_quota: Some(150),
            ..Limits::default()
        };
        let changes = after.changes(&before);
        let changes: Vec<_> = changes
            .iter()
            .map(|(file, text)| (*file, &**text))
            .collect();
        assert_eq!(
            changes,
            [
                ("memory.max", "134217728"),
                ("memory.oom.group", "0"),
                ("pids.max", "9"),
                ("io.weight", "default 100"),
                ("io.bfq.weight", "default 100"),
            ]
        );
        assert!(after.changes(&after).is_empty());
    }

    #[test]
    fn x53_files_that_are_missing_are_passed_over_and_others_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pids.max");
        fs::write(&path, "").unwrap();
        let limits = Limits {
            memory_max: Some(1),
            tasks_max: Some(20),
            ..Limits::default()
        };
        limits.set(folder.path()).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "20");
        assert!(!folder.path().join("memory.max").exists());
    }

    #[test]
    fn a_guardian_of_another_version_reads_them() {
        let limits = Limits {
            tasks_max: Some(1),
            ..Limits::default()
        };
        let text = serde_json::to_string(&limits).unwrap();
        assert_eq!(text, r#"{"tasks_max":1}"#);
        assert_eq!(
            serde_json::from_str::<Limits>("{}").unwrap(),
            Limits::default()
        );
        assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), limits);
    }
}
