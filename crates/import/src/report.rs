//! What became of every line of a file: the account that an import gives.

use relance_texts::{Message, Text, import};

/// What became of a line. A line about several things has the worst fate of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It says nothing: blank, a comment, a bracket.
    Silent,
    /// A setting of ours does the same.
    Kept,
    /// A setting of ours does nearly the same; a note says what differs.
    Changed,
    /// Nothing of ours does it; a note says why, and what to do instead.
    Lost,
}

impl Fate {
    /// All, from the best to the worst.
    pub const ALL: [Self; 4] = [Self::Silent, Self::Kept, Self::Changed, Self::Lost];

    /// The word for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Lost => "lost",
        }
    }
}

/// Lines of a file, from the first to the last, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first.
    pub first: usize,
    /// The last, itself included.
    pub last: usize,
}

impl Lines {
    /// No line at all.
    pub(crate) const NONE: Self = Self { first: 1, last: 0 };

    /// One line.
    #[must_use]
    pub fn one(line: usize) -> Self {
        Self {
            first: line,
            last: line,
        }
    }
}

/// A line and what became of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// As it stands in the file.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
    /// The keys of the settings that it has become.
    pub settings: Vec<String>,
    /// What differs, or why it is lost.
    pub notes: Vec<Text>,
    is_accounted_for: bool,
}

/// A file, line by line.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Its path, as it was given or found.
    pub path: String,
    /// What kind of file it is.
    pub kind: crate::Kind,
    /// All its lines, in their order.
    pub lines: Vec<Line>,
}

impl FileReport {
    pub(crate) fn new(path: String, kind: crate::Kind, text: &str) -> Self {
        let lines = text.lines().map(|line| Line {
            text: line.to_owned(),
            fate: Fate::Silent,
            settings: Vec::new(),
            notes: Vec::new(),
            is_accounted_for: false,
        });
        Self {
            path,
            kind,
            lines: lines.collect(),
        }
    }

    /// How many lines have this fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.lines.iter().filter(|line| line.fate == fate).count()
    }

    /// These lines say nothing.
    pub(crate) fn silent(&mut self, at: Lines) {
        self.note(at, Fate::Silent, None, None);
    }

    /// These lines are this setting.
    pub(crate) fn kept(&mut self, at: Lines, setting: &str) {
        self.note(at, Fate::Kept, Some(setting), None);
    }

    /// These lines are this setting, but something differs.
    pub(crate) fn changed(&mut self, at: Lines, setting: &str, note: impl Message) {
        let setting = (!setting.is_empty()).then_some(setting);
        self.note(at, Fate::Changed, setting, Some(note.text()));
    }

    /// These lines are not taken over.
    pub(crate) fn lost(&mut self, at: Lines, why: impl Message) {
        self.note(at, Fate::Lost, None, Some(why.text()));
    }

    fn note(&mut self, at: Lines, fate: Fate, setting: Option<&str>, note: Option<Text>) {
        let first = at.first.max(1) - 1;
        for line in self.lines.iter_mut().take(at.last).skip(first) {
            line.is_accounted_for = true;
            line.fate = line.fate.max(fate);
            if let Some(setting) = setting
                && !line.settings.iter().any(|known| known == setting)
            {
                line.settings.push(setting.to_owned());
            }
            if let Some(note) = &note
                && !line.notes.contains(note)
            {
                line.notes.push(note.clone());
            }
        }
    }

    /// Lines that no converter has reported are silent if they have neither letter nor digit or are comments,
    /// and lost otherwise.
    pub(crate) fn close(&mut self, is_comment: impl Fn(&str) -> bool) {
        for line in &mut self.lines {
            let says_something = line.text.chars().any(char::is_alphanumeric);
            if !line.is_accounted_for && says_something && !is_comment(line.text.trim()) {
                line.fate = Fate::Lost;
                line.notes.push(import::NOT_UNDERSTOOD.text());
            }
        }
    }
}
