//! Every setting of a service, described once.
//!
//! A [`Setting`] is a row: its key, what values it takes, its default, what it applies to, when a change
//! takes effect, and its words for people. From the rows come the options of `relance create`, `config`
//! and `failure`, what `config` prints, the forms and differences of the console, the table of
//! `docs/service-settings.md`, and, for [`EXTENSIONS`], the JSON of the API, the description of the API,
//! the column of the database and the values that `relance host` keeps on Windows.
//!
//! A new extension is a row in `extensions`, the place where it acts ([`Extensions::get`] with its key),
//! and a test. The settings that Windows has too (`windows`) are fields of
//! [`ServiceConfig`](crate::ServiceConfig); tests check that they and their rows belong together.
//!
//! `value` says what a value is and how it is written.
//!
//! [`Extensions::get`]: crate::config::Extensions::get

#[macro_use]
mod table;

mod budgets;
mod ceilings;
mod deadlines;
mod delays;
mod dependencies;
mod environment;
mod extensions;
mod limits;
mod liveness;
mod logs;
mod notices;
mod on_windows;
mod policies;
mod rlimits;
mod schedules;
mod signals;
mod stop_command;
mod subject;
mod typed;
mod value;
mod windows;

use std::marker::PhantomData;
use std::sync::LazyLock;
use std::time::Duration;

use relance_texts::Sentence;

use crate::controllers::Controller;
pub use extensions::*;
pub use logs::{STDERR_TOGETHER, has_one_file, stderr_of};
pub use on_windows::OnWindows;
pub use subject::Subject;
pub use typed::Typed;
pub use value::{Value, ValueType, notify, rules};
pub use windows::WINDOWS;

/// A word or sentence in the languages of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// English; also that of the command line and the documents.
    pub en: &'static str,
    /// French.
    pub fr: &'static str,
}

impl Words {
    /// In a language.
    #[must_use]
    pub fn of(self, lang: relance_texts::Lang) -> &'static str {
        lang.choose_text(self.en, self.fr)
    }
}

impl From<Words> for relance_texts::Value {
    fn from(words: Words) -> Self {
        let Words { en, fr } = words;
        relance_texts::Label {
            en: en.into(),
            fr: fr.into(),
        }
        .into()
    }
}

/// Where a setting stands in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// At the top.
    Service,
    /// In `recovery`: what follows a failure.
    Recovery,
    /// In `extensions`: settings that Windows does not have.
    Extensions,
}

/// What kinds of service a setting applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// To services and programs.
    Both,
    /// To programs; a service keeps it without effect.
    Programs,
    /// To programs; refused for services, with the sentence.
    ProgramsOnly(relance_texts::Words),
    /// To services that speak to the manager.
    Services,
}

/// What systems have a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux, and Windows.
    Any,
    /// Linux; refused on Windows, with the sentence.
    Linux(relance_texts::Words),
    /// Linux, and for programs `relance host` on Windows; refused there for other services, with the sentence.
    Hosted(relance_texts::Words),
}

/// Who may set a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetBy {
    /// Everybody who may change the configuration (A2).
    Changers,
    /// Administrators, with the sentence that says why.
    Administrators(relance_texts::Words),
    /// The same for values by which the manager connects to something; others are for everybody.
    AdministratorsToConnect(relance_texts::Words),
}

/// When a change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakesEffect {
    /// R6, C19.
    AtOnce,
    /// R18, R39: what is queued already stays as it is.
    NextFailure,
    /// C19.
    NextStart,
    /// S47.
    NextShutdown,
}

/// A setting of a service.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Where it stands.
    pub section: Section,
    /// What it is about.
    pub subject: Subject,
    /// Its name in JSON and in files for `relance apply`. Never used for another setting.
    pub key: &'static str,
    /// Its option on the command line, without `--`.
    pub option: &'static str,
    /// What values it takes.
    pub value: ValueType,
    /// What it is when nobody has set it.
    pub default: fn() -> Value,
    /// The shortest that it may be, where it is a time. One that may be left out may be zero, too: none.
    pub shortest: Duration,
    /// The longest that it may be, where it is a time.
    pub longest: Duration,
    /// Its name for people.
    pub label: Words,
    /// What it does, in one sentence without a full stop.
    pub about: Words,
    /// What kinds of service it applies to.
    pub applies: Applies,
    /// What systems have it.
    pub system: System,
    /// Who may set it.
    pub set_by: SetBy,
    /// When a change takes effect.
    pub takes_effect: TakesEffect,
    /// The controller of control groups without which it is not held (X53).
    pub controller: Option<Controller>,
}

/// A time that is longer than ten years is taken for a typing mistake.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);
/// A delay is counted in 32 bits of milliseconds, as on Windows (R39).
const LONGEST_DELAY: Duration = Duration::from_secs(49 * 86_400);

/// What most settings have in common; the rows say what is theirs.
const NEUTRAL: Setting = Setting {
    section: Section::Service,
    subject: Subject::Service,
    key: "",
    option: "",
    value: ValueType::Text,
    default: || Value::Unset,
    shortest: Duration::ZERO,
    longest: LONGEST,
    label: Words { en: "", fr: "" },
    about: Words { en: "", fr: "" },
    applies: Applies::Both,
    system: System::Any,
    set_by: SetBy::Changers,
    takes_effect: TakesEffect::NextStart,
    controller: None,
};

/// The same for extensions.
const EXTENSION: Setting = Setting {
    section: Section::Extensions,
    ..NEUTRAL
};

/// The same for extensions that Linux alone has, with the sentence for Windows, and that change at once.
const fn linux_at_once(on_windows: relance_texts::Words) -> Setting {
    Setting {
        system: System::Linux(on_windows),
        takes_effect: TakesEffect::AtOnce,
        ..EXTENSION
    }
}

impl Setting {
    /// Whether a time is shorter than it may be.
    #[must_use]
    pub fn is_too_short(&self, time: Duration) -> bool {
        let is_none = time.is_zero() && self.value == ValueType::OptionalDuration;
        time < self.shortest && !is_none
    }

    /// Reads a value as people write it. An empty text is the default.
    ///
    /// # Errors
    /// A sentence that says what is expected.
    pub fn parse(&self, text: &str) -> Result<Value, Sentence> {
        if text.trim().is_empty() {
            return Ok((self.default)());
        }
        self.value.parse(text)
    }

    /// Whether a service of this kind makes use of it.
    #[must_use]
    pub const fn applies_to(&self, kind: crate::ServiceKind) -> bool {
        match self.applies {
            Applies::Both => true,
            Applies::Programs | Applies::ProgramsOnly(_) => {
                matches!(kind, crate::ServiceKind::Program)
            }
            Applies::Services => matches!(kind, crate::ServiceKind::Service),
        }
    }
}

/// The key of an extension whose values have the type `T`.
#[derive(Debug)]
pub struct Key<T> {
    index: usize,
    values: PhantomData<fn() -> T>,
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> Key<T> {
    const fn new(index: usize) -> Self {
        Self {
            index,
            values: PhantomData,
        }
    }

    /// Its row.
    #[must_use]
    pub fn setting(self) -> &'static Setting {
        &EXTENSIONS[self.index]
    }

    pub(crate) const fn index(self) -> usize {
        self.index
    }
}

/// All settings, section after section.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    WINDOWS.iter().chain(EXTENSIONS)
}

/// The extension with this key.
#[must_use]
pub fn find_extension(key: &str) -> Option<&'static Setting> {
    extension_index(key).map(|index| &EXTENSIONS[index])
}

/// The position of the extension with this key.
pub(crate) fn extension_index(key: &str) -> Option<usize> {
    // In the order of keys: an answer about a thousand services looks up a hundred thousand of them.
    static INDEX: LazyLock<Box<[(&str, usize)]>> = LazyLock::new(|| {
        let keys = EXTENSIONS.iter().enumerate();
        let mut index: Box<[_]> = keys.map(|(at, setting)| (setting.key, at)).collect();
        index.sort_unstable();
        index
    });
    let found = INDEX.binary_search_by_key(&key, |(key, _)| key);
    found.ok().map(|at| INDEX[at].1)
}

#[cfg(test)]
mod tests;
