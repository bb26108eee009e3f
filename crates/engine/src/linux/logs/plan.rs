//! Where the output of a service goes, and in what form: its settings, with those of the manager where it has
//! none.

use std::time::Duration;

use relance_scm::config::{Extensions, OutputMode, Readiness};
use relance_scm::manager::OutputStream;
use relance_scm::security::Sid;
use relance_scm::settings::{
    Key, LOG_COMPRESS, LOG_FILES, LOG_GROUP, LOG_MAX_AGE, LOG_MAX_SIZE, LOG_MODE, LOG_OWNER,
    LOG_ROTATE_AT_START, LOG_TIMESTAMPS, OUTPUT, OUTPUT_COPY, READY, STDERR_TOGETHER, stderr_of,
};
use relance_scm::{ScmError, ServiceConfig, ServiceName, Win32Error};
use relance_texts::error;

use super::LogSettings;
use super::path::OutputFile;
use crate::linux::account::principals;
use crate::linux::place::FileRights;

/// Destinations of lines besides files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sink {
    /// The manager's own standard output.
    Stdout,
    /// The manager's own standard error.
    Stderr,
    /// systemd's journal.
    Journal,
    /// The system's log.
    Syslog,
}

impl Sink {
    /// Why lines are dropped there.
    pub(super) fn takes_nothing(self) -> &'static str {
        match self {
            Self::Stdout => "nobody reads the manager's standard output fast enough",
            Self::Stderr => "nobody reads the manager's standard error fast enough",
            Self::Journal => "systemd's journal takes no lines, or not fast enough",
            Self::Syslog => "syslog (/dev/log) takes no lines, or not fast enough",
        }
    }

    /// The sink that a word of the settings names.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "stderr" {
            return Some(Self::Stderr);
        }
        match OutputMode::from_name(name).ok()? {
            OutputMode::Stdout => Some(Self::Stdout),
            OutputMode::Journal => Some(Self::Journal),
            OutputMode::Syslog => Some(Self::Syslog),
            OutputMode::File | OutputMode::Null => None,
        }
    }
}

/// See the module.
pub(super) struct OutputPlan {
    pub(super) name: ServiceName,
    /// Whether it goes into a file.
    pub(super) has_file: bool,
    pub(super) file: OutputFile,
    /// Where else it goes.
    pub(super) sinks: [Option<Sink>; 2],
    /// Whether lines in the file begin with the time.
    pub(super) stamps: bool,
    pub(super) rotation: Rotation,
    pub(super) rights: FileRights,
}

/// When a file is put aside, and what then happens to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    pub(super) bytes_max: u64,
    pub(super) age_max: Option<Duration>,
    pub(super) at_start: bool,
    pub(super) files_max: u32,
    pub(super) compress: bool,
}

impl OutputPlan {
    pub(super) fn new(
        config: &ServiceConfig,
        stream: OutputStream,
        settings: &LogSettings,
    ) -> Self {
        let extensions = &config.extensions;
        let output = match (stream, stderr_of(extensions)) {
            // For a run that was started before the two streams were put together.
            (OutputStream::Output, _) | (_, STDERR_TOGETHER) => extensions.get(OUTPUT),
            (OutputStream::Errors, word) => word,
        };
        let copy = match extensions.get(OUTPUT_COPY) {
            "" => settings.copy,
            word => Sink::from_name(word),
        };
        let main = Sink::from_name(output);
        let files_max = extensions
            .get(LOG_FILES)
            .and_then(|files| files.try_into().ok());
        Self {
            name: config.service_name.clone(),
            has_file: output == OutputMode::File.name(),
            file: OutputFile::of(&settings.folder, config, stream),
            sinks: [main, copy.filter(|copy| main != Some(*copy))],
            stamps: extensions.get(LOG_TIMESTAMPS),
            rotation: Rotation {
                bytes_max: extensions.get(LOG_MAX_SIZE).unwrap_or(settings.bytes_max),
                age_max: extensions.get(LOG_MAX_AGE),
                at_start: extensions.get(LOG_ROTATE_AT_START),
                files_max: files_max.unwrap_or(settings.files_max),
                compress: extensions.get(LOG_COMPRESS),
            },
            rights: rights(config),
        }
    }

    /// Whether output goes into its file as it is, and nowhere else.
    pub(super) fn is_plain(&self) -> bool {
        self.has_file && !self.stamps && self.sinks == [None, None]
    }
}

/// What the line contains by which a program says that it is ready, if it does so (X41).
pub(super) fn ready_line(config: &ServiceConfig) -> Option<Box<str>> {
    match config.extensions.get(READY)? {
        Readiness::Output(text) => Some(text),
        Readiness::Notify
        | Readiness::Descriptor(_)
        | Readiness::Connect(_)
        | Readiness::Command(_) => None,
    }
}

fn rights(config: &ServiceConfig) -> FileRights {
    let number = |kind: &str, key: Key<Option<Box<str>>>| {
        let name = config.extensions.get(key)?;
        match principals::find(&format!("{kind}:{name}")) {
            Ok(Sid::UnixUser(number) | Sid::UnixGroup(number)) => Some(number),
            other => {
                tracing::warn!(service = %config.service_name, ?other, "whose the log file is");
                None
            }
        }
    };
    let mode = config.extensions.get(LOG_MODE);
    FileRights {
        owner: number("user", LOG_OWNER),
        group: number("group", LOG_GROUP),
        mode: mode.and_then(|mode| u32::try_from(mode).ok()),
    }
}

/// Whether the users and groups that log files are given to exist, and this daemon may give files away.
///
/// # Errors
/// 1332 where there is nobody of that name, 1314 for a daemon that does not run as root.
pub(crate) fn check_log_rights(extensions: &Extensions) -> Result<(), ScmError> {
    for (kind, key) in [("user", LOG_OWNER), ("group", LOG_GROUP)] {
        let Some(name) = extensions.get(key) else {
            continue;
        };
        let setting = key.setting().key;
        principals::find(&format!("{kind}:{name}")).map_err(|refusal| {
            let problem = refusal.to_sentence();
            ScmError::new(refusal.code(), error::OfSetting { setting, problem })
        })?;
        if !rustix::process::getuid().is_root() {
            return Err(ScmError::new(
                Win32Error::PRIVILEGE_NOT_HELD,
                error::OfSetting {
                    setting,
                    problem: error::LOG_RIGHTS_ROOT,
                },
            ));
        }
    }
    Ok(())
}
