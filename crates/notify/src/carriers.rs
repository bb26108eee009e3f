//! The ways to a target. A carrier tries once, within a time, and says whether it is worth another try; it keeps nothing.

#[cfg(unix)]
mod command;
#[cfg(unix)]
mod journal;
mod mail;
mod web;

use std::time::Duration;

use relance_texts::Sentence;
#[cfg(not(unix))]
use relance_texts::target;

use crate::message::Letter;
use crate::targets::{Carrier, RunAs, Target};

/// Longest text about a failed try, in characters.
const PROBLEM_LEN_MAX: usize = 300;

/// A try that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Why, in English and without any secret; readers find the sentence by it.
    pub problem: String,
    /// Whether another try can succeed.
    pub again: bool,
    /// What the target asks for before the next one.
    pub after: Option<Duration>,
}

impl Failed {
    /// To be tried again.
    pub(crate) fn later(problem: impl Into<Sentence>) -> Self {
        let problem = problem.into().to_string();
        Self {
            problem: problem.chars().take(PROBLEM_LEN_MAX).collect(),
            again: true,
            after: None,
        }
    }

    /// This message will never be taken.
    pub(crate) fn never(problem: impl Into<Sentence>) -> Self {
        Self {
            again: false,
            ..Self::later(problem)
        }
    }
}

/// Tells a target, once; a program under this account, or under that of the caller.
///
/// # Errors
/// When it was not told, as far as is known.
pub fn tell(target: &Target, letter: Letter<'_>, account: Option<&RunAs>) -> Result<(), Failed> {
    match &target.carrier {
        Carrier::Web(hook) => web::tell(hook, target, letter),
        Carrier::Mail(mail) => mail::tell(mail, target, letter),
        #[cfg(unix)]
        Carrier::Command(hook) => command::tell(&hook.words, target, letter, account),
        #[cfg(unix)]
        Carrier::Journal => journal::tell(target, letter),
        #[cfg(not(unix))]
        Carrier::Command(_) | Carrier::Journal => {
            let _ = account;
            Err(Failed::never(target::ONLY_LINUX))
        }
    }
}

/// What is wrong with the certificate of a server, if that is why a connection failed.
pub(crate) fn certificate_problem(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests;
