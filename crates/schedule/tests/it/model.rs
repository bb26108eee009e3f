//! A second, naive reading: it looks at each minute, one after the other, and at nothing else.

use relance_schedule::{Local, Zone};

/// A zone with the moments at which its clocks are set.
#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    pub(crate) first: i64,
    /// From this moment on, that offset.
    pub(crate) set: Vec<(i64, i64)>,
}

impl Zone for Clocks {
    fn offset(&self, moment: i64) -> i64 {
        let set = self.set.iter().rev().find(|(at, _)| *at <= moment);
        set.map_or(self.first, |(_, offset)| *offset)
    }

    fn local(&self, civil: i64) -> Local {
        let mut before = self.first;
        for (at, offset) in &self.set {
            let (old, new) = (at + before, at + offset);
            if old <= civil && civil < new {
                return Local::Never(before);
            }
            if new <= civil && civil < old {
                return Local::Twice(before, *offset);
            }
            before = *offset;
        }
        let fitting = [self.first]
            .into_iter()
            .chain(self.set.iter().map(|(_, offset)| *offset));
        let mut fitting = fitting.filter(|offset| self.offset(civil - offset) == *offset);
        Local::Once(fitting.next().expect("a local time that comes"))
    }
}

impl Zone for &Clocks {
    fn offset(&self, moment: i64) -> i64 {
        (*self).offset(moment)
    }

    fn local(&self, civil: i64) -> Local {
        (*self).local(civil)
    }
}

/// Which local minutes an expression means.
pub(crate) struct Meaning {
    pub(crate) months: Vec<u32>,
    pub(crate) days: Vec<u32>,
    pub(crate) weekdays: Vec<u32>,
    pub(crate) either_day: bool,
    pub(crate) hours: Vec<u32>,
    pub(crate) minutes: Vec<u32>,
}

impl Meaning {
    /// Whether it comes at this local time. Monday is 0.
    fn is(&self, civil: i64) -> bool {
        let (mut days, second) = (
            civil / 86_400,
            u32::try_from(civil % 86_400).expect("small enough"),
        );
        if !self.hours.contains(&(second / 3600)) || !self.minutes.contains(&(second / 60 % 60)) {
            return false;
        }
        let weekday = u32::try_from((days + 3) % 7).expect("small enough");
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let (mut year, mut month) = (1970, 1);
        loop {
            let length = match month {
                2 if is_leap(year) => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            if days < length {
                break;
            }
            days -= length;
            month += 1;
            if month == 13 {
                (year, month) = (year + 1, 1);
            }
        }
        let date = self
            .days
            .contains(&(u32::try_from(days).expect("small enough") + 1));
        let weekday = self.weekdays.contains(&weekday);
        let day = if self.either_day {
            date || weekday
        } else {
            date && weekday
        };
        day && self.months.contains(&month) && second % 60 == 0
    }

    /// The first minute after `after` at which it comes, within so many days.
    pub(crate) fn next(&self, zone: &Clocks, after: i64, days: i64) -> Option<i64> {
        let first = after.div_euclid(60) * 60 + 60;
        (0..days * 1440)
            .map(|minute| first + minute * 60)
            .find(|at| self.comes(zone, *at))
    }

    fn comes(&self, zone: &Clocks, at: i64) -> bool {
        let civil = at + zone.offset(at);
        // A local time that came before, up to three hours ago.
        let is_again = || {
            (1..=180).any(|minute| {
                let earlier = at - minute * 60;
                earlier + zone.offset(earlier) == civil
            })
        };
        if self.is(civil) && (self.hours.len() == 24 || !is_again()) {
            return true;
        }
        // What was left out comes as much later.
        zone.set.iter().any(|(set, _)| {
            let before = zone.offset(set - 1);
            let left_out = at + before;
            let range = set + before..set + zone.offset(*set);
            range.contains(&left_out) && self.is(left_out)
        })
    }
}
