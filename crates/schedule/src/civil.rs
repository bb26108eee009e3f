//! Dates and times of a calendar without zones, and the seconds that they stand for.

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// Second of the day.
    pub second: u32,
}

impl Civil {
    /// Where a search begins that looks for any time at all.
    pub(crate) const FIRST: i64 = 0;

    /// From seconds since 1970, of the same local time.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // Years that begin in March, in cycles of 400 (146 097 days).
        let shifted = days + 719_468;
        let cycle = shifted.div_euclid(146_097);
        let day_of_cycle = shifted.rem_euclid(146_097);
        let year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524
            - day_of_cycle / 146_096)
            / 365;
        let day_of_year =
            day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year_of_cycle + cycle * 400 + i64::from(month <= 2),
            month: small(month),
            day: small(day_of_year - (153 * from_march + 2) / 5 + 1),
            second: small(second),
        }
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        days(self.year, self.month, self.day) * DAY + i64::from(self.second)
    }
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// Days since 1970.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let cycle = year.div_euclid(400);
    let year_of_cycle = year.rem_euclid(400);
    let from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * 146_097 + day_of_cycle - 719_468
}

/// How many days a month has.
pub(crate) fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// 0 for Monday, 6 for Sunday.
pub(crate) fn weekday(year: i64, month: u32, day: u32) -> u32 {
    small((days(year, month, day) + 3).rem_euclid(7))
}
