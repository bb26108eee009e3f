//! Schedules: when something is due next, as a pure function of the text, the zone and the time.
//!
//! [`Schedule`] is read from systemd's calendar notation (`Mon..Fri 02:30`), from cron's five fields
//! (`30 2 * * 1-5`) or from a word (`daily`, `@daily`); several stand in a row with `;` between them. A
//! time zone may follow. [`Schedule::next`] says when it comes after a moment. There is no clock and no
//! time zone in here: a [`Zone`] tells how far local time is from UTC.
//!
//! `civil` counts days, `set` holds the numbers of a field, `calendar` one expression, `systemd` and `cron`
//! read them, `zone` goes from local time to moments.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod calendar;
mod civil;
mod cron;
mod set;
mod systemd;
mod zone;

use std::fmt;
use std::str::FromStr;

pub use calendar::Calendar;
pub use civil::Civil;
pub use zone::{Local, Zone};

/// Longest text of a schedule.
const TEXT_MAX: usize = 1024;

/// A schedule as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    text: Box<str>,
    parts: Box<[Calendar]>,
}

/// Why a text is not a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleError {
    /// This part of it cannot be read.
    Unreadable(Box<str>),
    /// It can be read, but there is no such day: February 30.
    Never(Box<str>),
    /// `@reboot`: that is what automatic starts are for.
    Reboot,
    /// Fractions of a second.
    Fraction(Box<str>),
    /// Longer than 1024 bytes.
    TooLong,
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        if text.len() > TEXT_MAX {
            return Err(ScheduleError::TooLong);
        }
        let parts: Box<[Calendar]> = text.split(';').map(read).collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.trim().into(),
            parts,
        })
    }
}

fn read(text: &str) -> Result<Calendar, ScheduleError> {
    let text = text.trim();
    let tokens: Vec<&str> = text.split_whitespace().collect();
    // systemd has weekday, date, time and zone at most.
    let calendar = if text.starts_with('@') || tokens.len() >= 5 {
        cron::read(&tokens)
    } else {
        systemd::read(&tokens)
    };
    let calendar = calendar.map_err(|error| error.of(text))?;
    if calendar.next_civil(Civil::FIRST).is_none() {
        return Err(ScheduleError::Never(text.into()));
    }
    Ok(calendar)
}

impl Schedule {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its expressions.
    #[must_use]
    pub fn parts(&self) -> &[Calendar] {
        &self.parts
    }

    /// The first moment after this one at which it comes, in seconds since 1970. `zone` finds the zone of
    /// an expression, by its name if it has one.
    pub fn next<Z: Zone>(&self, after: i64, zone: impl Fn(Option<&str>) -> Z) -> Option<i64> {
        let parts = self.parts.iter();
        parts
            .filter_map(|part| zone::next(part, &zone(part.zone()), after))
            .min()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What is wrong, before it is known where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Unreadable,
    Reboot,
    Fraction,
}

impl Fault {
    fn of(self, text: &str) -> ScheduleError {
        match self {
            Self::Unreadable => ScheduleError::Unreadable(text.into()),
            Self::Reboot => ScheduleError::Reboot,
            Self::Fraction => ScheduleError::Fraction(text.into()),
        }
    }
}
