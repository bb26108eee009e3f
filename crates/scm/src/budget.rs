//! Budgets of recovery (X95 to X99): what may delay or refuse an action that follows a failure, and how people write it.
//!
//! A budget has the name of its setting. That name stands in the log, in `relance why` and in the API. What budgets
//! decide is in `relance-policy`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use relance_texts::{Value, error, quoted};

use crate::duration::{self, Bare};
use crate::error::ScmError;
use crate::win32::Win32Error;

/// Most actions that a [`BudgetLimit`] allows in its period: each is on record.
const COUNT_MAX: u32 = 300;
/// Its longest period.
const PERIOD_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// Seconds of a day.
const DAY: u32 = 24 * 3600;

/// What delays or refuses a recovery action, by the name of its setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Budget {
    /// The service's setting `quiet_hours`.
    QuietHours,
    /// The service's setting `restart_group`: one restart at a time.
    RestartGroup,
    /// The manager's setting `recovery_quiet_hours`.
    RecoveryQuietHours,
    /// The manager's setting `recovery_restarts`: so many restarts in a period.
    RecoveryRestarts,
    /// The manager's setting `recovery_reboots`: so many reboots in a period.
    RecoveryReboots,
}

impl Budget {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::QuietHours,
        Self::RestartGroup,
        Self::RecoveryQuietHours,
        Self::RecoveryRestarts,
        Self::RecoveryReboots,
    ];

    /// The name of its setting.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QuietHours => "quiet_hours",
            Self::RestartGroup => "restart_group",
            Self::RecoveryQuietHours => "recovery_quiet_hours",
            Self::RecoveryRestarts => "recovery_restarts",
            Self::RecoveryReboots => "recovery_reboots",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|budget| budget.name() == name)
    }

    /// Whether it is about the time of day.
    #[must_use]
    pub const fn is_quiet_hours(self) -> bool {
        matches!(self, Self::QuietHours | Self::RecoveryQuietHours)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Budget> for Value {
    fn from(budget: Budget) -> Self {
        budget.name().into()
    }
}

/// So many within a period, like `30 in 1m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetLimit {
    count: u32,
    period: Duration,
}

impl BudgetLimit {
    /// How many, at least 1.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Within which time, at least a millisecond.
    #[must_use]
    pub const fn period(self) -> Duration {
        self.period
    }
}

impl FromStr for BudgetLimit {
    type Err = ScmError;

    /// # Errors
    /// 87 with the text.
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let read = text.split_once(" in ").and_then(|(count, period)| {
            let count = count.trim().parse().ok()?;
            let period = duration::parse(period, Bare::Seconds)?;
            let fits = (1..=COUNT_MAX).contains(&count)
                && (Duration::from_millis(1)..=PERIOD_MAX).contains(&period);
            fits.then_some(Self { count, period })
        });
        read.ok_or_else(|| {
            let (text, most) = (quoted(text), COUNT_MAX);
            ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::NoBudget { text, most },
            )
        })
    }
}

impl fmt::Display for BudgetLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = duration::format(self.period);
        write!(f, "{} in {period}", self.count)
    }
}

/// Hours of each day, like `02:00-04:00` or `22:00-06:00`, in the machine's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// In minutes of the day.
    from: u32,
    until: u32,
}

impl QuietHours {
    /// When they begin, like `02:00`.
    #[must_use]
    pub fn begins(self) -> String {
        time_of_day(self.from)
    }

    /// When they end.
    #[must_use]
    pub fn ends(self) -> String {
        time_of_day(self.until)
    }

    /// How long they last from this second of a day on; `None` outside of them.
    #[must_use]
    pub fn rest(self, second_of_day: u32) -> Option<Duration> {
        let since = |minute: u32| (DAY + second_of_day % DAY - minute * 60) % DAY;
        let (from, until) = (since(self.from), since(self.until));
        // They have begun after their last end.
        let rest = (from < until).then(|| DAY - until)?;
        Some(Duration::from_secs(rest.into()))
    }
}

impl FromStr for QuietHours {
    type Err = ScmError;

    /// # Errors
    /// 87 with the text.
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let read = text.split_once('-').and_then(|(from, until)| {
            let (from, until) = (minute_of_day(from)?, minute_of_day(until)?);
            (from != until).then_some(Self { from, until })
        });
        read.ok_or_else(|| {
            let text = quoted(text);
            ScmError::new(Win32Error::INVALID_PARAMETER, error::NoQuietHours { text })
        })
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.begins(), self.ends())
    }
}

/// The minute of the day of a time like `03:00`; `3:00` is the same.
#[must_use]
pub fn minute_of_day(text: &str) -> Option<u32> {
    let number = |text: &str, below: u32| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| text.parse().ok()).flatten();
        number.filter(|number: &u32| *number < below)
    };
    let (hour, minute) = text.trim().split_once(':')?;
    let hour = number(hour, 24).filter(|_| hour.len() <= 2)?;
    let minute = number(minute, 60).filter(|_| minute.len() == 2)?;
    Some(hour * 60 + minute)
}

pub(crate) fn time_of_day(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests;
