//! What settings are about: the groups in which forms, help and documents show those that Windows does not have.

use relance_texts::{Words, setting};

/// What a setting is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The service itself, and what follows a failure: settings that Windows has too.
    Service,
    /// When it is started, and when a start is over.
    Start,
    /// How it is stopped and told to read its settings again.
    Stop,
    /// How long restarts after a failure wait, and how many there are.
    Recovery,
    /// What its exit statuses mean.
    Exits,
    /// How it is noticed that it hangs.
    Liveness,
    /// When a run is replaced by a fresh one.
    Recycling,
    /// What the process finds when it starts.
    Process,
    /// What the process may do and see.
    Rights,
    /// How much the process may use, and its priority.
    Limits,
    /// What it prints.
    Output,
}

impl Subject {
    /// All subjects of extensions, in the order in which people are shown them.
    pub const OF_EXTENSIONS: [Self; 10] = [
        Self::Start,
        Self::Stop,
        Self::Recovery,
        Self::Exits,
        Self::Liveness,
        Self::Recycling,
        Self::Process,
        Self::Rights,
        Self::Limits,
        Self::Output,
    ];

    /// The heading.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Service => setting::SUBJECT_SERVICE,
            Self::Start => setting::SUBJECT_START,
            Self::Stop => setting::SUBJECT_STOP,
            Self::Recovery => setting::SUBJECT_RECOVERY,
            Self::Exits => setting::SUBJECT_EXITS,
            Self::Liveness => setting::SUBJECT_LIVENESS,
            Self::Recycling => setting::SUBJECT_RECYCLING,
            Self::Process => setting::SUBJECT_PROCESS,
            Self::Rights => setting::SUBJECT_RIGHTS,
            Self::Limits => setting::SUBJECT_LIMITS,
            Self::Output => setting::SUBJECT_OUTPUT,
        }
    }
}
