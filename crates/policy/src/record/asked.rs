//! Who asked for what is done with a service (X67); [`crate::step_for`] keeps it.

use std::sync::Arc;

use relance_scm::event_log::Author;

/// Who asked; `None`: nobody, so that it was the manager itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Asked {
    /// For the start of the current run, or the one that a restart will start.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub start: Option<Arc<Author>>,
    /// For its stop.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub stop: Option<Arc<Author>>,
    /// For its deletion, which waits for the stop.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub delete: Option<Arc<Author>>,
}

impl Asked {
    /// What follows happens by itself.
    pub(crate) fn nobody(&mut self) {
        (self.start, self.stop) = (None, None);
    }
}
