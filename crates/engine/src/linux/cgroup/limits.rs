//! What a group may use: from the settings to the kernel's files (X53, X54).

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::write;

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
    /// Whether want of memory ends the whole group.
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

    /// Writes them into the files of a group. A file that is not there is passed over: the controller or the
    /// kernel lacks it, and the person who set the limit was told.
    pub(super) fn set(&self, folder: &Path) -> io::Result<()> {
        for (file, text) in self.files() {
            match write(&folder.join(file), &text) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                result => result?,
            }
        }
        Ok(())
    }

    /// The files that are written to, and what.
    fn files(&self) -> Vec<(&'static str, String)> {
        let number = |file, value: Option<u64>| Some((file, value?.to_string()));
        let quota = self.cpu_quota.map(|percent| percent * PERIOD_US / 100);
        let bfq = self.io_weight.map(|weight| weight.clamp(1, 1000));
        [
            number("memory.high", self.memory_high),
            number("memory.max", self.memory_max),
            number("memory.swap.max", self.swap_max),
            self.oom_group.then(|| ("memory.oom.group", "1".to_owned())),
            number("cpu.weight", self.cpu_weight),
            quota.map(|quota| ("cpu.max", format!("{quota} {PERIOD_US}"))),
            number("pids.max", self.tasks_max),
            self.io_weight
                .map(|weight| ("io.weight", format!("default {weight}"))),
            bfq.map(|weight| ("io.bfq.weight", format!("default {weight}"))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
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
