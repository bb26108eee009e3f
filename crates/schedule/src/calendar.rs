//! One expression: which days and which times of day.

use crate::civil::{Civil, DAY, days_in, weekday};
use crate::set::Set;

/// A search ends after so many years: then the calendar repeats itself.
const YEARS_MAX: i64 = 400;

/// From, to, step of each range; empty: every year.
pub(crate) type Years = Box<[(i64, i64, i64)]>;

/// One expression of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Calendar {
    pub(crate) years: Years,
    pub(crate) months: Set,
    pub(crate) days: Set,
    /// Days counted from the end of the month, 1 the last (systemd's `~`).
    pub(crate) days_from_end: Set,
    /// 0 for Monday.
    pub(crate) weekdays: Set,
    /// Cron: a day that either names is one.
    pub(crate) either_day: bool,
    pub(crate) hours: Set,
    pub(crate) minutes: Set,
    pub(crate) seconds: Set,
    /// Any hour: it comes in both hours of those that clocks repeat.
    pub(crate) every_hour: bool,
    pub(crate) zone: Option<Box<str>>,
}

impl Calendar {
    /// The name of its time zone, if it has one.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The first time after this one, both in seconds since 1970 of the same local time.
    #[must_use]
    pub fn next_civil(&self, after: i64) -> Option<i64> {
        let start = Civil::from_seconds(after + 1);
        let today = self.is_day(start.year, start.month, start.day);
        if today && let Some(second) = self.time_at_least(start.second) {
            return Some(Civil { second, ..start }.seconds());
        }
        let first = self.time_at_least(0)?;
        let tomorrow = Civil::from_seconds((after + 1).div_euclid(DAY) * DAY + DAY);
        let day = self.day_at_least(tomorrow)?;
        Some(
            Civil {
                second: first,
                ..day
            }
            .seconds(),
        )
    }

    /// The first day that is not before this one.
    fn day_at_least(&self, start: Civil) -> Option<Civil> {
        for year in start.year..=start.year + YEARS_MAX {
            if !self.is_year(year) {
                continue;
            }
            let is_first = year == start.year;
            let mut month = if is_first { start.month } else { 1 };
            while let Some(found) = self.months.at_least(month).filter(|found| *found <= 12) {
                let is_first = is_first && found == start.month;
                let from = if is_first { start.day } else { 1 };
                let mut days = from..=days_in(year, found);
                if let Some(day) = days.find(|day| self.is_day(year, found, *day)) {
                    return Some(Civil {
                        year,
                        month: found,
                        day,
                        second: 0,
                    });
                }
                month = found + 1;
            }
        }
        None
    }

    fn is_year(&self, year: i64) -> bool {
        let is_in = |(from, to, step): &(i64, i64, i64)| {
            (*from..=*to).contains(&year) && (year - from) % step == 0
        };
        self.years.is_empty() || self.years.iter().any(is_in)
    }

    fn is_day(&self, year: i64, month: u32, day: u32) -> bool {
        if !self.is_year(year) || !self.months.contains(month) {
            return false;
        }
        let from_end = days_in(year, month) - day + 1;
        let is_date = self.days.contains(day) || self.days_from_end.contains(from_end);
        let is_weekday = self.weekdays.contains(weekday(year, month, day));
        if self.either_day {
            is_date || is_weekday
        } else {
            is_date && is_weekday
        }
    }

    /// The first time of day that is not before this second.
    fn time_at_least(&self, second: u32) -> Option<u32> {
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        if self.hours.contains(hour) {
            if self.minutes.contains(minute)
                && let Some(second) = self.seconds.at_least(second)
            {
                return Some(hour * 3600 + minute * 60 + second);
            }
            if let Some(minute) = self.minutes.at_least(minute + 1) {
                return Some(hour * 3600 + minute * 60 + self.seconds.at_least(0)?);
            }
        }
        let hour = self.hours.at_least(hour + 1)?;
        Some(hour * 3600 + self.minutes.at_least(0)? * 60 + self.seconds.at_least(0)?)
    }
}
