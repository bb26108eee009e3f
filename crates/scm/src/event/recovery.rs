//! Entries about what follows failures beyond the actions that Windows has, and about changes of settings.

use super::Event;

impl Event {
    /// The number of one of these entries, or of one about the manager.
    pub(super) fn id_of_recovery(&self) -> u32 {
        match self {
            Self::SettingsChanged(_) => 1153,
            Self::GaveUp { .. } => 1155,
            Self::RecoveryDelayed { .. } => 1176,
            Self::RecoveryRefused(..) => 1177,
            _ => self.id_of_manager(),
        }
    }

    pub(super) fn parameters_of_recovery(&self, service: String) -> Vec<String> {
        match self {
            Self::GaveUp { limit, period_ms } => {
                vec![service, limit.to_string(), period_ms.to_string()]
            }
            Self::RecoveryDelayed {
                action,
                budget,
                wait_ms,
            } => vec![
                service,
                action.kind.label().to_owned(),
                budget.to_string(),
                wait_ms.to_string(),
            ],
            Self::RecoveryRefused(action, budget) => {
                vec![service, action.kind.label().to_owned(), budget.to_string()]
            }
            Self::SettingsChanged(settings) => vec![service, settings.to_string()],
            _ => self.parameters_of_manager(),
        }
    }
}
