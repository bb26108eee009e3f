//! Features that the manager of Windows does not have, and why. A page says so in the place of the feature,
//! instead of offering what would be refused. The embedded manager has all of them.

use crate::lang::Lang;
use relance_texts::console;

/// Features that not every manager has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Ending a service by force.
    Terminate,
    /// Taking back what is queued after a failure.
    CancelRecovery,
    /// Another way to ask a program to stop.
    StopSignal,
    /// Folder, output and grace of a service that is not a program.
    ServiceExtensions,
    /// HTTP for strangers.
    Api,
    /// A log that has every change of state.
    EveryState,
    /// A service without a security descriptor of its own.
    DefaultSecurity,
}

/// Whether the manager tells of changed configurations as it does of changed states.
pub(crate) const IS_TOLD_OF_CONFIGURATION: bool = cfg!(unix);

/// The reason why the feature is missing; `None` if it is there.
pub(crate) fn reason(feature: Feature, lang: Lang) -> Option<&'static str> {
    cfg!(windows).then(|| on_windows(feature, lang))
}

fn on_windows(feature: Feature, lang: Lang) -> &'static str {
    match feature {
        Feature::Terminate => console::WINDOWS_CANNOT_END_A.of(lang),
        Feature::CancelRecovery => console::WINDOWS_LETS_NOBODY_CANCEL.of(lang),
        Feature::StopSignal => console::WINDOWS_HAS_NO_SIGNALS.of(lang),
        Feature::ServiceExtensions => console::THIS_SERVICE_SPEAKS_TO.of(lang),
        Feature::Api => console::WINDOWS_SERVICE_MANAGER_HAS.of(lang),
        Feature::DefaultSecurity => console::THE_SECURITY_DESCRIPTOR_OF.of(lang),
        Feature::EveryState => console::WINDOWS_LOGS_EVERY_START.of(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_windows_lacks_something() {
        let there = reason(Feature::Terminate, Lang::En).is_none();
        assert_eq!(there, cfg!(unix));
    }
}
