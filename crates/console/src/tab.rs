//! The pages that each service has.

use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{console, error};

use crate::form::query;
use crate::lang::Lang;

/// The tabs, as the service manager's window has them, and three more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    General,
    LogOn,
    Recovery,
    Dependencies,
    Environment,
    Security,
    Output,
    Events,
    History,
}

impl Tab {
    pub(crate) const ALL: [Self; 9] = [
        Self::General,
        Self::LogOn,
        Self::Recovery,
        Self::Dependencies,
        Self::Environment,
        Self::Security,
        Self::Output,
        Self::Events,
        Self::History,
    ];

    /// Its word in addresses.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::LogOn => "log-on",
            Self::Recovery => "recovery",
            Self::Dependencies => "dependencies",
            Self::Environment => "environment",
            Self::Security => "security",
            Self::Output => "output",
            Self::Events => "events",
            Self::History => "history",
        }
    }

    pub(crate) fn of(word: &str) -> Result<Self, ScmError> {
        Self::ALL
            .into_iter()
            .find(|tab| tab.word() == word)
            .ok_or_else(|| ScmError::new(Win32Error::NOT_FOUND, error::NO_PAGE))
    }

    pub(crate) fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::General => console::GENERAL.of(lang),
            Self::LogOn => console::LOG_ON.of(lang),
            Self::Recovery => console::RECOVERY.of(lang),
            Self::Dependencies => console::DEPENDENCIES.of(lang),
            Self::Environment => console::ENVIRONMENT.of(lang),
            Self::Security => console::SECURITY.of(lang),
            Self::Output => console::OUTPUT.of(lang),
            Self::Events => console::EVENTS.of(lang),
            Self::History => console::HISTORY.of(lang),
        }
    }

    /// The address of this tab of a service.
    pub(crate) fn href(self, name: &ServiceName) -> String {
        format!(
            "/service/{}?{}",
            self.word(),
            query(&[("name", name.as_str())])
        )
    }
}
