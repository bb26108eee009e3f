//! Rules for what follows a failure, by its cause (X84): `exit:75=restart/0`, `memory-limit,time-limit=restart/1s`.
//! What a cause means is decided in `relance-policy`; here is how it is written.

use std::fmt;
use std::str::FromStr;

use relance_texts::{Sentence, error, quoted};

use crate::error::ScmError;
use crate::failure_actions::{ActionList, RecoveryAction};
use crate::signal::{signal_name, signal_number};
use crate::win32::Win32Error;

/// Most rules of a service.
pub const RULES_MAX: usize = 64;
/// Most actions in the list of a rule.
const ACTIONS_MAX: usize = 64;
/// Longest name of a class of exceptions, in bytes.
const CLASS_LEN_MAX: usize = 256;

/// The rules of a service, in their order: the first one that has the cause of a failure decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules(pub Box<[Rule]>);

/// Causes of failures, and what follows those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Any of these.
    pub causes: Box<[Cause]>,
    /// What follows the first, second, … failure that this rule decides; the last one repeats.
    pub actions: Box<[RecoveryAction]>,
}

/// The causes that rules can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `any`: every failure.
    Any,
    /// `exit`, `exit:75`, `exit:64-78`: an exit status, or a code of its own that a service stopped with.
    Exit(u32, u32),
    /// `error`, `error:5`: a Win32 error that a service stopped with.
    Error(Option<u32>),
    /// `crash`: it ended without having said anything, by a signal or not.
    Crash,
    /// `signal`, `signal:SEGV`: it ended by a signal.
    Signal(Option<u8>),
    /// `watchdog`: no heartbeat came.
    Watchdog,
    /// `probe`: it failed its probes.
    Probe,
    /// `start`: the start failed, or took too long.
    Start,
    /// `dependency`: something that must run first did not start.
    Dependency,
    /// `gave-up`: there were too many restarts (X83).
    GaveUp,
    /// `out-of-memory`: the kernel killed it because memory ran out.
    OutOfMemory,
    /// `exception`, `exception:App\Down`, `exception:App\*`: an exception that nobody caught.
    Exception(Option<Box<str>>),
    /// `fatal-error`: PHP's fatal errors, those with a word of their own included.
    FatalError,
    /// `memory-limit`: PHP's.
    MemoryLimit,
    /// `time-limit`: PHP's.
    TimeLimit,
    /// `parse-error`: PHP could not read a file.
    ParseError,
    /// `missing-extension`: a function, class or constant that PHP does not have.
    MissingExtension,
}

/// The causes that are a word alone.
const WORDS: [(&str, Cause); 14] = [
    ("any", Cause::Any),
    ("exit", Cause::ANY_EXIT),
    ("error", Cause::Error(None)),
    ("crash", Cause::Crash),
    ("signal", Cause::Signal(None)),
    ("watchdog", Cause::Watchdog),
    ("probe", Cause::Probe),
    ("start", Cause::Start),
    ("dependency", Cause::Dependency),
    ("gave-up", Cause::GaveUp),
    ("out-of-memory", Cause::OutOfMemory),
    ("exception", Cause::Exception(None)),
    ("fatal-error", Cause::FatalError),
    ("memory-limit", Cause::MemoryLimit),
];
/// More of them.
const MORE_WORDS: [(&str, Cause); 3] = [
    ("time-limit", Cause::TimeLimit),
    ("parse-error", Cause::ParseError),
    ("missing-extension", Cause::MissingExtension),
];

impl Cause {
    const ANY_EXIT: Self = Self::Exit(0, u32::MAX);

    /// Whether every failure with the other cause has this one, too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            // Giving up comes after the failure, so no cause of a failure covers it.
            (Self::GaveUp, _) | (_, Self::GaveUp) => self == other,
            (Self::Any, _)
            | (Self::Error(None), Self::Error(_))
            | (Self::Signal(None), Self::Signal(_))
            | (Self::Exception(None), Self::Exception(_) | Self::MissingExtension)
            | (Self::FatalError, Self::MemoryLimit | Self::TimeLimit) => true,
            (Self::Crash, Self::Signal(_)) => true,
            (Self::Exit(from, to), Self::Exit(first, last)) => from <= first && last <= to,
            (Self::Exception(Some(pattern)), Self::Exception(Some(class))) => {
                class_fits(pattern, class)
            }
            _ => self == other,
        }
    }
}

/// Whether a class of exceptions is meant: the name itself, or those that begin with what stands before `*`.
#[must_use]
pub fn class_fits(pattern: &str, class: &str) -> bool {
    let fits = |pattern: &str, class: &str| pattern.eq_ignore_ascii_case(class);
    match pattern.strip_suffix('*') {
        Some(start) => class
            .get(..start.len())
            .is_some_and(|head| fits(start, head)),
        None => fits(pattern, class),
    }
}

impl FromStr for Cause {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        read(text.trim()).ok_or_else(|| {
            let examples = examples(text.trim());
            let text = quoted(text.trim());
            if let Some(examples) = examples {
                return invalid(error::NoDetailOfCause { text, examples });
            }
            let words = WORDS.iter().chain(&MORE_WORDS).map(|(word, _)| *word);
            let words = words.collect::<Vec<_>>();
            invalid(error::NoCause { text, words })
        })
    }
}

/// How the causes are written that may have something behind them.
fn examples(text: &str) -> Option<&'static str> {
    let (word, _) = text.split_once(':')?;
    match word {
        "exit" => Some("exit:75, exit:64-78"),
        "error" => Some("error:5"),
        "signal" => Some("signal:SEGV, signal:11"),
        "exception" => Some("exception:RuntimeException, exception:App\\*"),
        _ => None,
    }
}

fn read(text: &str) -> Option<Cause> {
    let Some((word, rest)) = text.split_once(':') else {
        let mut words = WORDS.into_iter().chain(MORE_WORDS);
        return words
            .find(|(word, _)| *word == text)
            .map(|(_, cause)| cause);
    };
    match word {
        "exit" => {
            let (first, last) = rest.split_once('-').unwrap_or((rest, rest));
            let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (first <= last).then_some(Cause::Exit(first, last))
        }
        "error" => Some(Cause::Error(Some(rest.parse().ok()?))),
        "signal" => signal_number(rest)
            .filter(|number| (1..=64).contains(number))
            .map(|number| Cause::Signal(Some(number))),
        "exception" => {
            let name = rest.strip_suffix('*').unwrap_or(rest);
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '\\');
            let is_class =
                !name.is_empty() && name.len() <= CLASS_LEN_MAX && name.chars().all(is_part);
            let class = rest.trim_start_matches('\\');
            is_class.then(|| Cause::Exception(Some(class.into())))
        }
        _ => None,
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((word, _)) = WORDS
            .iter()
            .chain(&MORE_WORDS)
            .find(|(_, cause)| cause == self)
        {
            return f.write_str(word);
        }
        match self {
            Self::Exit(first, last) if first == last => write!(f, "exit:{first}"),
            Self::Exit(first, last) => write!(f, "exit:{first}-{last}"),
            Self::Error(Some(code)) => write!(f, "error:{code}"),
            Self::Signal(Some(number)) => match signal_name((*number).into()) {
                Some(name) => write!(f, "signal:{name}"),
                None => write!(f, "signal:{number}"),
            },
            Self::Exception(Some(class)) => write!(f, "exception:{class}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Rule {
    type Err = ScmError;

    /// Causes separated by commas, `=`, and a list of actions (R71).
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let Some((causes, actions)) = text.split_once('=') else {
            return Err(invalid(error::NoRule { text: quoted(text) }));
        };
        let actions = match actions.trim() {
            "none" => "none/0",
            other => other,
        };
        let list: ActionList = actions.parse()?;
        if list.0.is_empty() || list.0.len() > ACTIONS_MAX {
            return Err(invalid(error::NoRule { text: quoted(text) }));
        }
        Ok(Self {
            causes: causes
                .split(',')
                .map(str::parse)
                .collect::<Result<_, _>>()?,
            actions: list.0.into(),
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, cause) in self.causes.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{cause}")?;
        }
        write!(f, "={}", ActionList(self.actions.to_vec()))
    }
}

impl Rules {
    /// Reads rules, one an element.
    ///
    /// # Errors
    /// 87 with the rule that cannot be read, or if there are too many.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, ScmError> {
        let rules: Box<[Rule]> = texts
            .into_iter()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        if rules.len() > RULES_MAX {
            return Err(invalid(error::RulesCount {
                count: rules.len(),
                most: RULES_MAX,
            }));
        }
        Ok(Self(rules))
    }

    /// The rules as people write them.
    #[must_use]
    pub fn texts(&self) -> Box<[Box<str>]> {
        self.0.iter().map(|rule| rule.to_string().into()).collect()
    }
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x84_rules_are_read_and_written_alike() {
        for text in [
            "exit:75=restart/0",
            "exit:64-78,signal:SEGV=restart/1000/none/0",
            "exit=restart/1",
            "memory-limit,time-limit=restart/1000",
            "exception:App\\Down,exception:App\\Db\\*=run/0",
            "gave-up=run/0",
            "any=none/0",
        ] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
        let short: Rule = " signal:11 , exception:\\Oh = restart/2s/none/0 "
            .parse()
            .unwrap();
        assert_eq!(
            short.to_string(),
            "signal:SEGV,exception:Oh=restart/2000/none/0"
        );
        let none: Rule = "parse-error=none".parse().unwrap();
        assert_eq!(none.to_string(), "parse-error=none/0");
        for text in [
            "",
            "exit:75",
            "=restart/0",
            "exit:75=",
            "exit:9-3=restart/0",
            "exit:x=restart/0",
            "signal:99=restart/0",
            "signal:NOPE=restart/0",
            "exception:=restart/0",
            "exception:a b=restart/0",
            "oom=restart/0",
            "exit:1,=restart/0",
            "any=stop/0",
        ] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }

    #[test]
    fn x84_a_wider_cause_covers_a_narrower_one() {
        let covers = |wide: &str, narrow: &str| {
            let cause = |text: &str| text.parse::<Cause>().unwrap();
            cause(wide).covers(&cause(narrow))
        };
        for (wide, narrow) in [
            ("any", "exit:3"),
            ("exit", "exit:3"),
            ("exit:1-9", "exit:3-9"),
            ("signal", "signal:9"),
            ("crash", "signal"),
            ("exception", "exception:A"),
            ("exception:A*", "exception:ab"),
            ("exception:App\\*", "exception:App\\Db\\*"),
            ("probe", "probe"),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
            assert!(wide == narrow || !covers(narrow, wide), "{narrow} {wide}");
        }
        assert!(!covers("any", "gave-up") && !covers("exit:1-9", "exit:9-10"));
    }

    #[test]
    fn x84_an_error_says_how_that_cause_is_written() {
        for (text, says) in [
            ("signal:65", "signal:SEGV"),
            ("exit:9-3", "exit:64-78"),
            ("exception:a b", "exception:App\\*"),
            ("oom", "out-of-memory"),
            ("watchdog:3", "watchdog"),
        ] {
            let error = text.parse::<Cause>().unwrap_err().to_string();
            assert!(error.contains(text) && error.contains(says), "{error}");
        }
    }
}
