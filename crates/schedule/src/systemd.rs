//! systemd's calendar notation (systemd.time(7)): `[WEEKDAYS] [[YEAR-]MONTH-DAY] [HH:MM[:SS]] [ZONE]`, or a
//! word like `daily`.

use crate::Fault;
use crate::calendar::{Calendar, Years};
use crate::set::{Bounds, Set, plain};

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
pub(crate) const MONTHS: Bounds = Bounds { from: 1, to: 12 };
pub(crate) const DAYS: Bounds = Bounds { from: 1, to: 31 };
pub(crate) const DAYS_OF_WEEK: Bounds = Bounds { from: 0, to: 6 };
pub(crate) const HOURS: Bounds = Bounds { from: 0, to: 23 };
pub(crate) const MINUTES: Bounds = Bounds { from: 0, to: 59 };
/// The last year that can be written.
const YEAR_MAX: u32 = 9999;

pub(crate) fn read(tokens: &[&str]) -> Result<Calendar, Fault> {
    let mut calendar = midnight();
    let mut rest = tokens;
    let mut begun = false;
    if let Some(zone) = rest.last().filter(|token| is_zone(token)) {
        calendar.zone = Some((*zone).into());
        rest = &rest[..rest.len() - 1];
    }
    if let [word] = rest
        && let Some(spelled) = spelled_out(word)
    {
        rest = spelled;
    }
    if let Some((weekdays, others)) = rest.split_first()
        && let Some(days) = read_weekdays(weekdays)
    {
        calendar.weekdays = days?;
        (rest, begun) = (others, true);
    }
    if let Some((date, others)) = rest.split_first()
        && !date.contains(':')
    {
        read_date(date, &mut calendar)?;
        (rest, begun) = (others, true);
    }
    if let Some((time, others)) = rest.split_first() {
        read_time(time, &mut calendar)?;
        (rest, begun) = (others, true);
    }
    if begun && rest.is_empty() {
        Ok(calendar)
    } else {
        Err(Fault::Unreadable)
    }
}

/// Every day at 0 o'clock.
pub(crate) fn midnight() -> Calendar {
    Calendar {
        years: Box::default(),
        months: Set::all(MONTHS),
        days: Set::all(DAYS),
        days_from_end: Set(0),
        weekdays: Set::all(DAYS_OF_WEEK),
        either_day: false,
        hours: Set(1),
        minutes: Set(1),
        seconds: Set(1),
        every_hour: false,
        zone: None,
    }
}

/// What a word stands for.
pub(crate) fn spelled_out(word: &str) -> Option<&'static [&'static str]> {
    Some(match word.to_ascii_lowercase().as_str() {
        "minutely" => &["*-*-*", "*:*:00"],
        "hourly" => &["*-*-*", "*:00:00"],
        "daily" => &["*-*-*"],
        "weekly" => &["Mon"],
        "monthly" => &["*-*-01"],
        "quarterly" => &["*-01,04,07,10-01"],
        "semiannually" | "semi-annually" | "biannually" | "bi-annually" => &["*-01,07-01"],
        "yearly" | "annually" => &["*-01-01"],
        _ => return None,
    })
}

/// A word that is neither a weekday nor a name for a schedule: `UTC`, `Europe/Berlin`.
pub(crate) fn is_zone(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic())
        && !token.contains([':', '.', ','])
        && weekday(token).is_none()
        && spelled_out(token).is_none()
}

pub(crate) fn weekday(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    let is_it = |day: &&str| text.len() >= 3 && (*day == text || day[..3] == text);
    let index = WEEKDAYS.iter().position(is_it)?;
    u32::try_from(index).ok()
}

/// `Mon..Fri`, `Sat,Sun`; `None` if it does not begin with a weekday.
fn read_weekdays(token: &str) -> Option<Result<Set, Fault>> {
    if !token.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut bits = 0;
    for item in token.trim_end_matches(',').split(',') {
        let (from, to) = item.split_once("..").unwrap_or((item, item));
        let (Some(from), Some(to)) = (weekday(from), weekday(to)) else {
            return Some(Err(Fault::Unreadable));
        };
        if from > to {
            // Saturday to Monday goes round.
            bits |= Set::all(Bounds { from, to: 6 }).0 | Set::all(Bounds { from: 0, to }).0;
        } else {
            bits |= Set::all(Bounds { from, to }).0;
        }
    }
    Some(Ok(Set(bits)))
}

/// `2026-12-24`, `*-02-29`, `12-24`, `*-*~1` for the last day of a month.
fn read_date(token: &str, calendar: &mut Calendar) -> Result<(), Fault> {
    let (before, day, from_end) = match token.split_once('~') {
        Some((before, day)) => (before, day, true),
        None => {
            let (before, day) = token.rsplit_once('-').ok_or(Fault::Unreadable)?;
            (before, day, false)
        }
    };
    let (year, month) = before.rsplit_once('-').unwrap_or(("*", before));
    calendar.years = read_years(year)?;
    calendar.months = Set::read(month, MONTHS, "..", plain)?;
    let days = Set::read(day, DAYS, "..", plain)?;
    if from_end {
        (calendar.days, calendar.days_from_end) = (Set(0), days);
    } else {
        calendar.days = days;
    }
    Ok(())
}

fn read_years(text: &str) -> Result<Years, Fault> {
    if text == "*" {
        return Ok(Box::default());
    }
    text.split(',').map(read_year).collect()
}

fn read_year(item: &str) -> Result<(i64, i64, i64), Fault> {
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, plain(step).filter(|step| *step > 0)),
        None => (item, Some(1)),
    };
    let step = step.ok_or(Fault::Unreadable)?;
    let year = |text| {
        let year = plain(text).ok_or(Fault::Unreadable)?;
        (1970..=YEAR_MAX)
            .contains(&year)
            .then_some(year)
            .ok_or(Fault::Unreadable)
    };
    let (from, to) = match range.split_once("..") {
        Some((from, to)) => (year(from)?, year(to)?),
        None if item.contains('/') => (year(range)?, YEAR_MAX),
        None => (year(range)?, year(range)?),
    };
    if from > to {
        return Err(Fault::Unreadable);
    }
    Ok((from.into(), to.into(), step.into()))
}

/// `02:30`, `*:0/15`, `12:00:30`.
fn read_time(token: &str, calendar: &mut Calendar) -> Result<(), Fault> {
    let parts: Vec<&str> = token.split(':').collect();
    let (hours, minutes, seconds) = match *parts {
        [hours, minutes] => (hours, minutes, "0"),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return Err(Fault::Unreadable),
    };
    if seconds.replace("..", "").contains('.') {
        return Err(Fault::Fraction);
    }
    calendar.hours = Set::read(hours, HOURS, "..", plain)?;
    calendar.minutes = Set::read(minutes, MINUTES, "..", plain)?;
    calendar.seconds = Set::read(seconds, MINUTES, "..", plain)?;
    calendar.every_hour = calendar.hours == Set::all(HOURS);
    Ok(())
}
