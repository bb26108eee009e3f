//! The values of this crate as words of the catalogue, so that a sentence can take them as they are:
//! `why::Running { name, state: record.state, .. }`.

use std::time::Duration;

use relance_texts::{Message, Size, Text, Value, Words, word};

use crate::ceiling::Ceiling;
use crate::name::ServiceName;
use crate::signal::signal_name;
use crate::status::ProcessExit;
use crate::win32::Win32Error;
use crate::{EndCause, EndCauseKind, RecoveryActionKind, ServiceState};

/// Names are the same in each language.
impl From<&ServiceName> for Value {
    fn from(name: &ServiceName) -> Self {
        name.as_str().into()
    }
}

impl Message for Win32Error {
    fn text(self) -> Text {
        match self.words() {
            Some(words) => words.text(),
            None => word::ErrorName {
                name: Self::text(self),
            }
            .text(),
        }
    }
}

impl Message for ServiceState {
    fn text(self) -> Text {
        let words: Words = match self {
            Self::Stopped => word::STATE_STOPPED,
            Self::StartPending => word::STATE_START_PENDING,
            Self::StopPending => word::STATE_STOP_PENDING,
            Self::Running => word::STATE_RUNNING,
            Self::ContinuePending => word::STATE_CONTINUE_PENDING,
            Self::PausePending => word::STATE_PAUSE_PENDING,
            Self::Paused => word::STATE_PAUSED,
        };
        words.text()
    }
}

impl Message for RecoveryActionKind {
    fn text(self) -> Text {
        let words: Words = match self {
            Self::None => word::ACTION_NONE,
            Self::Restart => word::ACTION_RESTART,
            Self::Reboot => word::ACTION_REBOOT,
            Self::RunCommand => word::ACTION_RUN,
            Self::OwnRestart => word::ACTION_OWN_RESTART,
        };
        words.text()
    }
}

impl Message for Ceiling {
    fn text(self) -> Text {
        match self {
            Self::Memory(bytes) => word::CeilingMemory { size: Size(bytes) }.text(),
            Self::Age(ms) => word::CeilingAge {
                time: Duration::from_millis(ms),
            }
            .text(),
            Self::TimeOfDay => word::CEILING_TIME_OF_DAY.text(),
            Self::Jobs(count) => word::CeilingJobs { count }.text(),
        }
    }
}

impl Message for ProcessExit {
    fn text(self) -> Text {
        match self {
            Self::Exited(status) => word::ExitStatus { status }.text(),
            Self::Signaled(signal) => match signal_name(signal) {
                Some(name) => word::ExitSignalNamed { signal, name }.text(),
                None => word::ExitSignal { signal }.text(),
            },
            Self::Unknown => word::EXIT_UNKNOWN.text(),
        }
    }
}

impl Message for EndCauseKind {
    fn text(self) -> Text {
        let words: Words = match self {
            Self::EndOfScript => word::CAUSE_END_OF_SCRIPT,
            Self::UncaughtException => word::CAUSE_UNCAUGHT_EXCEPTION,
            Self::FatalError => word::CAUSE_FATAL_ERROR,
            Self::MemoryLimit => word::CAUSE_MEMORY_LIMIT,
            Self::TimeLimit => word::CAUSE_TIME_LIMIT,
            Self::OutOfMemory => word::CAUSE_OUT_OF_MEMORY,
            Self::Hung => word::CAUSE_HUNG,
            Self::CannotStart => word::CAUSE_CANNOT_START,
            Self::LeftProcesses => word::CAUSE_LEFT_PROCESSES,
        };
        words.text()
    }
}

impl Message for &EndCause {
    fn text(self) -> Text {
        let kind = self.kind;
        if self.text.is_empty() {
            return kind.text();
        }
        let text = self.said();
        word::CauseText { kind, text }.text()
    }
}

#[cfg(test)]
mod tests {
    use relance_texts::Lang;

    use super::*;

    #[test]
    fn english_words_are_those_that_programs_compare() {
        for state in ServiceState::ALL {
            assert_eq!(state.text().of(Lang::En), state.name());
        }
        for kind in RecoveryActionKind::ALL {
            assert_eq!(kind.text().of(Lang::En), kind.label());
        }
        for kind in EndCauseKind::ALL {
            assert_eq!(kind.text().of(Lang::En), kind.words());
        }
        for exit in [
            ProcessExit::Exited(3),
            ProcessExit::Signaled(9),
            ProcessExit::Signaled(40),
        ] {
            assert_eq!(exit.text().of(Lang::En), exit.to_string());
        }
        let cause = EndCause::new(EndCauseKind::TimeLimit, "30 s");
        assert_eq!(cause.text().of(Lang::En), cause.to_string());
    }
}
