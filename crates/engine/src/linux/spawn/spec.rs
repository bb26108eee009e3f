//! What to execute, and why it could not be: what crosses the link between engine and guardian.

use std::ffi::NulError;
use std::io;

use serde::{Deserialize, Serialize};

use super::texts::Texts;
use crate::linux::cgroup;

/// Tells a process of which service it is.
pub(crate) const SERVICE_VARIABLE: &str = "RELANCE_SERVICE";

/// What to execute, and how. All strings are free of NULs, or the spawn fails with `EINVAL`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpawnSpec {
    /// Absolute path of the program.
    pub(crate) program: String,
    /// All arguments, the first included.
    pub(crate) arguments: Texts,
    /// The whole environment, `NAME=value`.
    pub(crate) environment: Texts,
    /// Working directory.
    pub(crate) directory: String,
    /// User, group and supplementary groups; `None`: the guardian's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ids: Option<Ids>,
    /// Nice value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nice: Option<i32>,
    /// Mask of the processors it may run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) affinity: Option<u64>,
    /// Mask of file modes; `None`: 022.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) umask: Option<u32>,
    /// Limits of its resources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) limits: Vec<Limit>,
    /// What it may use together with all that it starts; where it has a control group.
    #[serde(default, skip_serializing_if = "cgroup::Limits::is_nothing")]
    pub(crate) group_limits: cgroup::Limits,
    /// What it may do, and what it sees of the machine.
    #[serde(default, skip_serializing_if = "Rights::are_usual")]
    pub(crate) rights: Rights,
    /// Where it writes when it is ready: the number of that descriptor. It is the last one that is handed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ready_fd: Option<i32>,
    /// Killed when the guardian ends, stopped or not; for the daemon's own processes.
    #[serde(skip)]
    pub(crate) dies_with_guardian: bool,
    /// What asks it to stop; `None`: SIGTERM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop_signal: Option<i32>,
    /// How long it may take to stop where it is a program, for a guardian that ends everything alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop_grace_ms: Option<u32>,
    /// The keys of the services that it needs, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) needs: Vec<String>,
}

impl SpawnSpec {
    /// A process of the manager itself: `command` is its program and all arguments.
    pub(crate) fn of_part(command: &[String], environment: &[String]) -> Self {
        Self {
            program: command[0].clone(),
            arguments: command.iter().collect(),
            environment: environment.iter().collect(),
            directory: "/".to_owned(),
            ..Self::default()
        }
    }

    /// The name of the service, from the environment that the manager made.
    pub(crate) fn service(&self) -> Option<&str> {
        let mut variables = self.environment.iter();
        variables.find_map(|variable| {
            let value = variable.strip_prefix(SERVICE_VARIABLE)?;
            value.strip_prefix('=')
        })
    }
}

/// See the settings of the same names; all off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Rights {
    /// `PR_SET_NO_NEW_PRIVS`.
    pub(crate) no_new_privileges: bool,
    /// One bit for each capability that is kept; `None`: nothing is changed.
    pub(crate) capabilities: Option<u64>,
    /// What the kernel sends it when the guardian ends.
    pub(crate) parent_death_signal: Option<i32>,
    /// Its `oom_score_adj`.
    pub(crate) oom_score_adjust: Option<i32>,
    /// Class and level, as `ioprio_set` takes them.
    pub(crate) io_priority: Option<i32>,
    /// `SCHED_OTHER`, `SCHED_BATCH` or `SCHED_IDLE`.
    pub(crate) scheduling: Option<i32>,
    /// Whether it has temporary folders of its own.
    pub(crate) private_tmp: bool,
    /// Paths that it cannot change; those with `-` in front may be missing.
    pub(crate) read_only: Vec<String>,
    /// What it sees as `/`.
    pub(crate) root: Option<String>,
}

impl Rights {
    fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// See [`SpawnSpec::ids`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) groups: Vec<u32>,
}

/// A limit of a resource (`RLIMIT_NOFILE` ...).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limit {
    pub(crate) resource: u32,
    /// The soft limit.
    pub(crate) value: u64,
    /// The hard limit; `None`: the same.
    #[serde(default)]
    pub(crate) hard: Option<u64>,
}

/// The step of the child's set-up that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SpawnStage {
    /// A string with a NUL, or a descriptor that could not be made.
    Prepare,
    /// The limits of its control group.
    ControlGroup,
    /// The process could not be created at all.
    Clone,
    /// Its own session.
    Session,
    /// Its place in the run journal.
    Record,
    /// Its descriptors.
    Descriptors,
    /// Its limits.
    Limits,
    /// How early it is killed when memory runs out.
    OomScore,
    /// Its priority.
    Priority,
    /// How the kernel shares the processors out to it.
    Scheduling,
    /// How its disk access is preferred.
    IoPriority,
    /// Its processors.
    Affinity,
    /// Its own view of the file system.
    Mounts,
    /// What it cannot change; the error is about the path with this number.
    ReadOnly(u8),
    /// What it sees as `/`.
    Root,
    /// Its capabilities.
    Capabilities,
    /// Its supplementary groups.
    Groups,
    /// Its group.
    Group,
    /// Its user.
    User,
    /// Its working directory.
    Directory,
    /// Its tie to the guardian, which may have ended already.
    Guardian,
    /// The program itself.
    Execute,
}

/// Why there is no process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpawnError {
    /// Where.
    pub(crate) stage: SpawnStage,
    /// Linux error number.
    pub(crate) errno: i32,
}

impl SpawnError {
    /// There is a NUL in one of the texts.
    pub(crate) const NUL: Self = Self {
        stage: SpawnStage::Prepare,
        errno: libc::EINVAL,
    };

    pub(crate) fn at(stage: SpawnStage, error: &io::Error) -> Self {
        Self {
            stage,
            errno: error.raw_os_error().unwrap_or(libc::EINVAL),
        }
    }
}

impl From<NulError> for SpawnError {
    fn from(_: NulError) -> Self {
        Self::NUL
    }
}
