//! How the real manager of Windows handles a setting: the same file describes services for both systems, and this
//! says where they differ.

use relance_texts::{Sentence, windows};

use super::{
    BACKOFF, FAIL_ON_EXIT, FAILURE_RULES, NO_RESTART_ON_EXIT, OUTPUT, QUIET_HOURS, RESET_AFTER_RUN,
    RESTART_JITTER, RESTART_LIMIT, RESTART_ON_EXIT_LIMIT, RETRY_FAILED_STARTS, Section, Setting,
    Subject, System,
};
use crate::config::{Cause, OutputMode, Rules};
use crate::{RecoveryActionKind, ServiceConfig, ServiceKind};

/// See [`Setting::on_windows`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnWindows {
    /// The manager has it too.
    Kept,
    /// `relance host` does it, for a program.
    ByHost,
    /// It is refused, with what can be done instead.
    Refused(Sentence),
}

impl Setting {
    /// How Windows handles this setting of a service, if its value is not the default.
    #[must_use]
    pub fn on_windows(&self, config: &ServiceConfig) -> OnWindows {
        if self.section != Section::Extensions {
            return OnWindows::Kept;
        }
        match (self.system, config.kind) {
            (System::Linux(reason), _) | (System::Hosted(reason), ServiceKind::Service) => {
                return OnWindows::Refused(reason.into());
            }
            (System::Hosted(_), ServiceKind::Program) => {
                return unplayable(self, config).map_or(OnWindows::ByHost, OnWindows::Refused);
            }
            (System::Any, _) => {}
        }
        let output = config.extensions.get(OUTPUT);
        let is_kept = [OutputMode::File.name(), OutputMode::Null.name()].contains(&output);
        if self.key == OUTPUT.setting().key && !is_kept {
            return OnWindows::Refused(windows::OutputMode { output }.into());
        }
        match config.kind {
            ServiceKind::Service => OnWindows::Refused(windows::OWN_AFFAIR.into()),
            ServiceKind::Program => OnWindows::ByHost,
        }
    }
}

impl ServiceConfig {
    /// Whether `relance host` on Windows decides itself what follows the failures of this program, because a setting says
    /// something that Windows' manager cannot (X123).
    #[must_use]
    pub fn host_recovers(&self) -> bool {
        let deciding = [
            FAILURE_RULES.setting(),
            BACKOFF.setting(),
            RESTART_JITTER.setting(),
            RESET_AFTER_RUN.setting(),
            RESTART_LIMIT.setting(),
            QUIET_HOURS.setting(),
            RESTART_ON_EXIT_LIMIT.setting(),
            NO_RESTART_ON_EXIT.setting(),
            FAIL_ON_EXIT.setting(),
            RETRY_FAILED_STARTS.setting(),
        ];
        let mut given = self.extensions.given();
        self.kind == ServiceKind::Program
            && given.any(|(setting, _)| deciding.iter().any(|one| one.key == setting.key))
    }
}

/// Why `relance host` cannot do what a setting of a program says.
fn unplayable(setting: &Setting, config: &ServiceConfig) -> Option<Sentence> {
    let rules = config.extensions.get(FAILURE_RULES);
    if setting.key == FAILURE_RULES.setting().key
        && let Some(cause) = unseen(&rules)
    {
        let cause = cause.to_string();
        return Some(windows::HostSeesNo { cause: &*cause }.into());
    }
    let in_rules = rules.0.iter().flat_map(|rule| &rule.actions);
    let mut actions = config.failure_actions.actions.iter().chain(in_rules);
    let reboots = actions.any(|action| action.kind == RecoveryActionKind::Reboot);
    let is_recovery = setting.subject == Subject::Recovery;
    (reboots && is_recovery && config.host_recovers()).then(|| windows::HOST_NO_REBOOT.into())
}

/// The first cause of rules that `relance host` learns nothing of: it sees how a process ends, and whether it starts.
fn unseen(rules: &Rules) -> Option<&Cause> {
    let mut causes = rules.0.iter().flat_map(|rule| &rule.causes);
    causes.find(|cause| match cause {
        Cause::Any | Cause::Exit(..) | Cause::Crash | Cause::Start | Cause::GaveUp => false,
        Cause::Error(_)
        | Cause::Signal(_)
        | Cause::Watchdog
        | Cause::Probe
        | Cause::Dependency
        | Cause::OutOfMemory
        | Cause::Exception(_)
        | Cause::FatalError
        | Cause::MemoryLimit
        | Cause::TimeLimit
        | Cause::ParseError
        | Cause::MissingExtension => true,
    })
}
