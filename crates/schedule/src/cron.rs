//! cron's five fields, `MINUTE HOUR DAY MONTH WEEKDAY`, and its words like `@daily`; a zone may follow.

use crate::Fault;
use crate::calendar::Calendar;
use crate::set::{Bounds, Set, plain};
use crate::systemd::{self, DAYS, HOURS, MINUTES, MONTHS, is_zone, midnight, weekday};

const MONTH_NAMES: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// Sunday is 0 and 7.
const CRON_WEEKDAYS: Bounds = Bounds { from: 0, to: 7 };

pub(crate) fn read(tokens: &[&str]) -> Result<Calendar, Fault> {
    let (fields, zone) = match tokens {
        [fields @ .., zone] if fields.len() == 5 || fields.len() == 1 => {
            if !is_zone(zone) {
                return Err(Fault::Unreadable);
            }
            (fields, Some((*zone).into()))
        }
        fields => (fields, None),
    };
    let calendar = match *fields {
        [word] => read_word(word)?,
        [minutes, hours, days, months, weekdays] => Calendar {
            minutes: Set::read(minutes, MINUTES, "-", plain)?,
            hours: Set::read(hours, HOURS, "-", plain)?,
            every_hour: Set::read(hours, HOURS, "-", plain)? == Set::all(HOURS),
            days: Set::read(days, DAYS, "-", plain)?,
            months: Set::read(months, MONTHS, "-", month)?,
            weekdays: monday_first(Set::read(weekdays, CRON_WEEKDAYS, "-", cron_weekday)?),
            either_day: !days.starts_with('*') && !weekdays.starts_with('*'),
            ..midnight()
        },
        _ => return Err(Fault::Unreadable),
    };
    Ok(Calendar { zone, ..calendar })
}

fn read_word(word: &str) -> Result<Calendar, Fault> {
    let word = word.strip_prefix('@').ok_or(Fault::Unreadable)?;
    match word {
        "reboot" => Err(Fault::Reboot),
        "midnight" => Ok(midnight()),
        // cron's week begins with Sunday.
        "weekly" => Ok(Calendar {
            weekdays: Set(1 << 6),
            ..midnight()
        }),
        "hourly" | "daily" | "monthly" | "yearly" | "annually" => systemd::read(&[word]),
        _ => Err(Fault::Unreadable),
    }
}

fn month(text: &str) -> Option<u32> {
    let text_lower = text.to_ascii_lowercase();
    let named = MONTH_NAMES.iter().position(|name| *name == text_lower);
    match named {
        Some(index) => u32::try_from(index + 1).ok(),
        None => plain(text),
    }
}

fn cron_weekday(text: &str) -> Option<u32> {
    match weekday(text).filter(|_| text.len() == 3) {
        Some(day) => Some((day + 1) % 7),
        None => plain(text),
    }
}

fn monday_first(sunday_first: Set) -> Set {
    let days = (0..=7).filter(|day| sunday_first.contains(*day));
    Set(days.fold(0, |bits, day| bits | 1 << ((day + 6) % 7)))
}
