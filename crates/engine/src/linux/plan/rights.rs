//! Turns the settings into what a process may do and sees, and an error of the kernel into a sentence about
//! them.

use relance_scm::config::{Capabilities, ServiceConfig};
use relance_scm::settings::{
    CAPABILITIES, IO_PRIORITY, NO_NEW_PRIVILEGES, OOM_SCORE_ADJUST, PARENT_DEATH_SIGNAL,
    PRIVATE_TMP, READ_ONLY_PATHS, ROOT_DIRECTORY, SCHEDULING, SUPPLEMENTARY_GROUPS,
};
use relance_scm::{Win32Error, system};
use relance_texts::{Sentence, Value, start};

use crate::linux::spawn::{Rights, SpawnStage};

/// What the settings say.
pub(super) fn of(config: &ServiceConfig) -> Rights {
    let set = &config.extensions;
    let read_only = set.get(READ_ONLY_PATHS);
    Rights {
        no_new_privileges: set.get(NO_NEW_PRIVILEGES),
        capabilities: set.get(CAPABILITIES).map(Capabilities::mask),
        parent_death_signal: set.get(PARENT_DEATH_SIGNAL).map(i32::from),
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

/// The Win32 code and the sentence for a stage of these that failed; `None`: another stage.
pub(super) fn explain(
    config: &ServiceConfig,
    stage: SpawnStage,
    system: &std::io::Error,
) -> Option<(Win32Error, Sentence)> {
    let error = Value::from(system::reason(system));
    let sentence = match stage {
        SpawnStage::OomScore => start::OomScore { error }.into(),
        SpawnStage::Scheduling => start::Scheduling { error }.into(),
        SpawnStage::IoPriority => start::IoPriority { error }.into(),
        SpawnStage::Mounts => start::Mounts { error }.into(),
        SpawnStage::ReadOnly(number) => {
            let paths = config.extensions.get(READ_ONLY_PATHS);
            let path = paths.get(usize::from(number));
            let path = path.map_or("?", AsRef::as_ref);
            start::ReadOnly { path, error }.into()
        }
        SpawnStage::Root => {
            let path = config.extensions.get(ROOT_DIRECTORY);
            let path = path.as_deref().unwrap_or("/");
            start::Root { path, error }.into()
        }
        SpawnStage::Capabilities => start::Capabilities { error }.into(),
        SpawnStage::Groups if !config.extensions.get(SUPPLEMENTARY_GROUPS).is_empty() => {
            start::Groups { error }.into()
        }
        _ => return None,
    };
    let code = match system.raw_os_error() {
        Some(libc::ENOENT | libc::ENOTDIR) => Win32Error::PATH_NOT_FOUND,
        _ => Win32Error::PRIVILEGE_NOT_HELD,
    };
    Some((code, sentence))
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;
    use relance_texts::Lang;

    use super::*;

    #[test]
    fn groups_that_cannot_be_set_are_not_taken_for_the_account() {
        let name = ServiceName::new("a").expect("a legal name");
        let mut config = ServiceConfig::new(name, "/bin/a");
        let refusal = std::io::Error::from_raw_os_error(libc::EPERM);
        assert!(explain(&config, SpawnStage::Groups, &refusal).is_none());
        config
            .extensions
            .set(SUPPLEMENTARY_GROUPS, ["daemon".into()].into());
        let (code, sentence) = explain(&config, SpawnStage::Groups, &refusal).expect("it is known");
        assert_eq!(code, Win32Error::PRIVILEGE_NOT_HELD);
        assert!(sentence.of(Lang::En).contains("supplementary_groups"));
    }

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
