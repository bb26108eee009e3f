//! Notifications (X86): which notices there are, and how a service names their targets. `relance-notify` decides
//! when a notice is due; what a manager reports about its targets is in `manager`.

use std::fmt;
use std::str::FromStr;

use relance_texts::{error, quoted};

use crate::error::ScmError;
use crate::win32::Win32Error;

/// Most targets that a service can name.
const CHOICES_MAX: usize = 16;
/// Longest name of a target, in bytes.
const TARGET_LEN_MAX: usize = 64;
/// The word by which a service has no notices at all.
const NOBODY: &str = "nobody";

/// The kinds of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// `failure`: it failed, and something follows.
    Failure,
    /// `recovery`: it runs again, for some time already.
    Recovery,
    /// `give-up`: it failed, and nothing follows.
    GiveUp,
    /// `flapping`: it fails again and again.
    Flapping,
    /// `still-down`: it has failed some time ago and has not come back.
    StillDown,
    /// `recycling`: it was restarted as planned.
    Recycling,
    /// `test`: a test whether a target can be reached. It cannot be chosen in settings.
    Test,
}

impl NoticeKind {
    /// All that can be chosen.
    pub const ALL: [Self; 6] = [
        Self::Failure,
        Self::Recovery,
        Self::GiveUp,
        Self::Flapping,
        Self::StillDown,
        Self::Recycling,
    ];
    /// The default kinds of a target: problems that need a person, and their end.
    pub const USUAL: [Self; 4] = [
        Self::Recovery,
        Self::GiveUp,
        Self::Flapping,
        Self::StillDown,
    ];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Recovery => "recovery",
            Self::GiveUp => "give-up",
            Self::Flapping => "flapping",
            Self::StillDown => "still-down",
            Self::Recycling => "recycling",
            Self::Test => "test",
        }
    }

    /// The kind with this word, a test included.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut kinds = Self::ALL.into_iter().chain([Self::Test]);
        kinds.find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for NoticeKind {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let kind = Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text.trim());
        kind.ok_or_else(|| {
            invalid(error::NoNotice {
                text: quoted(text.trim()),
                words: Self::ALL.map(Self::name).to_vec(),
            })
        })
    }
}

/// Reads kinds that are separated by commas; `all` stands for every one.
///
/// # Errors
/// 87 for a word that is none of them.
pub fn read_kinds(text: &str) -> Result<Box<[NoticeKind]>, ScmError> {
    if text.trim() == "all" {
        return Ok(NoticeKind::ALL.into());
    }
    let mut kinds = text
        .split(',')
        .map(str::parse)
        .collect::<Result<Vec<_>, _>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds.into())
}

/// The targets that a service names for its notices (X86); empty: as the file of targets says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notify(pub Box<[Choice]>);

/// A target that a service names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name; `None`: nobody.
    pub target: Option<Box<str>>,
    /// The kinds of notices that it gets; empty: as the file says.
    pub kinds: Box<[NoticeKind]>,
}

impl Notify {
    /// Reads `ops`, `ops=give-up,still-down` or `nobody`, one each.
    ///
    /// # Errors
    /// 87 for what is none of these, too many, or nobody beside somebody.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, ScmError> {
        let choices = texts.into_iter().map(str::parse);
        let choices = choices.collect::<Result<Vec<Choice>, _>>()?;
        let nobody = choices.iter().any(|choice| choice.target.is_none());
        if choices.len() > CHOICES_MAX || nobody && choices.len() > 1 {
            return Err(invalid(error::Targets { max: CHOICES_MAX }));
        }
        Ok(Self(choices.into()))
    }

    /// The texts that [`Notify::read`] reads.
    #[must_use]
    pub fn texts(&self) -> Box<[Box<str>]> {
        self.0
            .iter()
            .map(|choice| choice.to_string().into())
            .collect()
    }
}

impl FromStr for Choice {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let (name, kinds) = match text.split_once('=') {
            Some((name, kinds)) => (name.trim(), read_kinds(kinds)?),
            None => (text.trim(), Box::default()),
        };
        if name == NOBODY && kinds.is_empty() {
            return Ok(Self {
                target: None,
                kinds,
            });
        }
        Ok(Self {
            target: Some(target_name(name)?),
            kinds,
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.target.as_deref().unwrap_or(NOBODY))?;
        for (index, kind) in self.kinds.iter().enumerate() {
            write!(f, "{}{kind}", if index == 0 { '=' } else { ',' })?;
        }
        Ok(())
    }
}

/// Checks the name of a target: letters, digits, `-`, `_` and `.`.
///
/// # Errors
/// 87 for any other.
pub fn target_name(name: &str) -> Result<Box<str>, ScmError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_fit = !name.is_empty() && name.len() <= TARGET_LEN_MAX && name.bytes().all(plain);
    if is_fit && name != NOBODY {
        return Ok(name.into());
    }
    Err(invalid(error::TargetName { name: quoted(name) }))
}

fn invalid(message: impl Into<relance_texts::Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x86_what_a_service_says_of_targets_is_read_back_as_it_was_written() {
        let texts = ["ops", "mail=recovery,give-up", "pager=all"];
        let read = Notify::read(texts).unwrap();
        let again = Notify::read(read.texts().iter().map(|text| &**text)).unwrap();
        assert_eq!(read, again);
        assert_eq!(&*read.texts()[1], "mail=recovery,give-up");
        assert_eq!(read.0[2].kinds.len(), NoticeKind::ALL.len());
        assert_eq!(Notify::read(["nobody"]).unwrap().0[0].target, None);
    }

    #[test]
    fn x86_what_is_no_target_or_notice_is_refused() {
        for texts in [
            &["ops=sometimes"][..],
            &["two words"],
            &[""],
            &["nobody", "ops"],
            &["ops=test"],
            &["../etc"],
        ] {
            let refused = Notify::read(texts.iter().copied()).map_err(|error| error.code());
            assert_eq!(refused, Err(Win32Error::INVALID_PARAMETER), "{texts:?}");
        }
    }
}
