//! Why a service ends: what its run time (PHP's engine) reports, which the kernel cannot know, and what the
//! kernel did to it.

use relance_texts::Sentence;

/// The kinds of cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum EndCauseKind {
    /// The program came to its end, or called `exit`.
    EndOfScript,
    /// An exception that nobody caught.
    UncaughtException,
    /// Any other error that ended the program.
    FatalError,
    /// It asked for more memory than its limit allows.
    MemoryLimit,
    /// It ran longer than its limit allows.
    TimeLimit,
    /// The kernel killed it because memory ran out.
    OutOfMemory,
    /// It gave no heartbeat for too long, and the manager ended it.
    Hung,
    /// Its process could not be created; the text says what was missing, and what to do.
    CannotStart,
    /// Its first process ended well and left others behind, which were killed (X63).
    LeftProcesses,
}

impl EndCauseKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::EndOfScript,
        Self::UncaughtException,
        Self::FatalError,
        Self::MemoryLimit,
        Self::TimeLimit,
        Self::OutOfMemory,
        Self::Hung,
        Self::CannotStart,
        Self::LeftProcesses,
    ];

    /// The name on the control channel.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EndOfScript => "end_of_script",
            Self::UncaughtException => "uncaught_exception",
            Self::FatalError => "fatal_error",
            Self::MemoryLimit => "memory_limit",
            Self::TimeLimit => "time_limit",
            Self::OutOfMemory => "out_of_memory",
            Self::Hung => "hung",
            Self::CannotStart => "cannot_start",
            Self::LeftProcesses => "left_processes",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::EndOfScript => "end of the script",
            Self::UncaughtException => "uncaught exception",
            Self::FatalError => "fatal error",
            Self::MemoryLimit => "memory limit",
            Self::TimeLimit => "time limit",
            Self::OutOfMemory => "out of memory",
            Self::Hung => "hung",
            Self::CannotStart => "could not be started",
            Self::LeftProcesses => "left processes behind",
        }
    }

    /// Whether the manager reports it, and not the run time of the program.
    #[must_use]
    pub const fn is_of_manager(self) -> bool {
        matches!(
            self,
            Self::OutOfMemory | Self::Hung | Self::CannotStart | Self::LeftProcesses
        )
    }

    /// Whether something went wrong.
    #[must_use]
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::EndOfScript | Self::LeftProcesses)
    }
}

/// The cause of a program that ended well and left processes behind (X63).
pub const WENT_INTO_BACKGROUND: &str = "went into the background";

/// Why a service ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EndCause {
    /// What kind of cause.
    pub kind: EndCauseKind,
    /// More about it, with file and line; at most [`END_CAUSE_LEN_MAX`] bytes, may be empty.
    pub text: Box<str>,
}

/// The areas of the catalogue that causes of the manager are in.
const AREAS: [&str; 3] = ["cause", "file", "start"];

/// Longest text of a cause, in bytes; the rest is cut.
pub const END_CAUSE_LEN_MAX: usize = 2000;

impl EndCause {
    /// A cause; a text that is too long is cut.
    #[must_use]
    pub fn new(kind: EndCauseKind, text: &str) -> Self {
        let longest = text.len().min(END_CAUSE_LEN_MAX);
        let end = (0..=longest)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or_default();
        Self {
            kind,
            text: text[..end].into(),
        }
    }

    /// Whether something went wrong.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        self.kind.is_error()
    }
}

impl EndCause {
    /// The text; one from the manager is a message of the catalogue.
    #[must_use]
    pub fn said(&self) -> Sentence {
        if self.kind.is_of_manager() {
            Sentence::recognised(&self.text, &AREAS)
        } else {
            Sentence::foreign(&*self.text)
        }
    }

    /// Reads back what [`Display`](std::fmt::Display) has written, as entries of the log keep it.
    #[must_use]
    pub fn read(words: &str) -> Option<Self> {
        let (kind, text) = words.split_once(": ").unwrap_or((words, ""));
        let kind = EndCauseKind::ALL
            .into_iter()
            .find(|known| known.words() == kind)?;
        Some(Self::new(kind, text))
    }
}

/// `uncaught exception: LogicException: oh in /srv/a.php:3`
impl std::fmt::Display for EndCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.words())?;
        if !self.text.is_empty() {
            write!(f, ": {}", self.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_in_words() {
        let cause = EndCause::new(EndCauseKind::MemoryLimit, "Allowed memory size in /a.php:3");
        assert_eq!(
            cause.to_string(),
            "memory limit: Allowed memory size in /a.php:3"
        );
        assert!(cause.is_error());
        assert_eq!(EndCause::read(&cause.to_string()).as_ref(), Some(&cause));
        let end = EndCause::new(EndCauseKind::EndOfScript, "");
        assert_eq!(
            (end.to_string().as_str(), end.is_error()),
            ("end of the script", false)
        );
        assert_eq!(EndCause::read("end of the script"), Some(end));
        assert_eq!(EndCause::read("end of it"), None);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cause = EndCause::new(EndCauseKind::FatalError, &"é".repeat(2000));
        assert_eq!(cause.text.len(), END_CAUSE_LEN_MAX);
        let odd = EndCause::new(EndCauseKind::FatalError, &format!("x{}", "é".repeat(2000)));
        assert_eq!(odd.text.len(), END_CAUSE_LEN_MAX - 1);
    }
}
