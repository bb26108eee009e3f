//! From the settings to what a process may do and sees, and back from what the kernel says against it.

use relance_scm::Win32Error;
use relance_scm::config::{Capabilities, ServiceConfig};
use relance_scm::settings::{
    CAPABILITIES, IO_PRIORITY, NO_NEW_PRIVILEGES, OOM_SCORE_ADJUST, PRIVATE_TMP, READ_ONLY_PATHS,
    ROOT_DIRECTORY, SCHEDULING,
};

use crate::linux::spawn::{Rights, SpawnSpec, SpawnStage};

/// What the settings say.
pub(super) fn of(config: &ServiceConfig) -> Rights {
    let set = &config.extensions;
    let read_only = set.get(READ_ONLY_PATHS);
    Rights {
        no_new_privileges: set.get(NO_NEW_PRIVILEGES),
        capabilities: set.get(CAPABILITIES).map(Capabilities::mask),
        oom_score_adjust: set.get(OOM_SCORE_ADJUST),
        io_priority: set.get(IO_PRIORITY).map(io_priority),
        scheduling: set.get(SCHEDULING).map(scheduling),
        private_tmp: set.get(PRIVATE_TMP),
        read_only: read_only.iter().map(ToString::to_string).collect(),
        root: set.get(ROOT_DIRECTORY).map(String::from),
    }
}

/// Class and level in one number (`linux/ioprio.h`); `idle` has no levels.
fn io_priority(word: &str) -> i32 {
    const CLASS_SHIFT: u32 = 13;
    let (class, level) = word.split_once('/').unwrap_or((word, "0"));
    let class = match class {
        "realtime" => 1,
        "best-effort" => 2,
        _ => 3,
    };
    class << CLASS_SHIFT | level.parse::<i32>().unwrap_or_default()
}

fn scheduling(word: &str) -> i32 {
    match word {
        "batch" => libc::SCHED_BATCH,
        "idle" => libc::SCHED_IDLE,
        _ => libc::SCHED_OTHER,
    }
}

/// The Win32 code and what to do about a stage of these that failed; `None`: another stage.
pub(super) fn explain(
    spec: &SpawnSpec,
    stage: SpawnStage,
    system: &std::io::Error,
) -> Option<(Win32Error, String)> {
    let (what, advice) = match stage {
        SpawnStage::OomScore => (
            "its OOM score cannot be set".to_owned(),
            "choose a higher one (--oom-score-adjust), or run the daemon as root",
        ),
        SpawnStage::Scheduling => (
            "its scheduling cannot be set".to_owned(),
            "leave it out (--scheduling ''), or run the daemon as root",
        ),
        SpawnStage::IoPriority => (
            "its I/O priority cannot be set".to_owned(),
            "choose best-effort or idle (--io-priority), or run the daemon as root",
        ),
        SpawnStage::Mounts => (
            "it cannot have folders of its own (private_tmp, read_only_paths)".to_owned(),
            "run the daemon as root with the capability SYS_ADMIN, or leave them out",
        ),
        SpawnStage::ReadOnly(number) => {
            let path = spec.rights.read_only.get(usize::from(number));
            (
                format!(
                    "{} cannot be made read-only for it",
                    path.map_or("one of its paths", String::as_str)
                ),
                "correct the path (--read-only-path), or write - before it if it may be missing",
            )
        }
        SpawnStage::Root => (
            format!(
                "{} cannot be its root directory",
                spec.rights.root.as_deref().unwrap_or("/")
            ),
            "create the folder or correct --root-directory; only root can set one",
        ),
        SpawnStage::Capabilities => (
            "its capabilities cannot be set".to_owned(),
            "the daemon can give no more than it has itself: leave them out (--capabilities ''), or run it as root",
        ),
        _ => return None,
    };
    let code = match system.raw_os_error() {
        Some(libc::ENOENT | libc::ENOTDIR) => Win32Error::PATH_NOT_FOUND,
        _ => Win32Error::PRIVILEGE_NOT_HELD,
    };
    Some((code, format!("{what} ({system}); {advice}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_what_the_kernel_takes() {
        assert_eq!(io_priority("idle"), 3 << 13);
        assert_eq!(io_priority("best-effort/7"), 2 << 13 | 7);
        assert_eq!(io_priority("realtime/0"), 1 << 13);
        assert_eq!(scheduling("batch"), 3);
        assert_eq!(scheduling("idle"), 5);
        assert_eq!(scheduling("other"), 0);
    }
}
