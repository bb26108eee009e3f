//! How the real manager of Windows handles a setting: the same file describes services for both systems, and this
//! says where they differ.

use relance_texts::{Sentence, windows};

use super::{OUTPUT, Section, Setting, System};
use crate::config::OutputMode;
use crate::{ServiceConfig, ServiceKind};

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
        if let System::Linux(reason) = self.system {
            return OnWindows::Refused(reason.into());
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
