//! Random expressions in random zones, against the model.

use proptest::collection::vec;
use proptest::prelude::*;
use relance_schedule::Schedule;

use crate::model::{Clocks, Meaning};

/// 2026-01-01.
const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;
/// How far the model looks.
const DAYS: i64 = 45;

/// A field: how it is written for systemd and for cron, and what it means.
#[derive(Clone, Debug)]
struct Field {
    systemd: String,
    cron: String,
    numbers: Vec<u32>,
}

fn field(from: u32, to: u32) -> impl Strategy<Value = Field> {
    let all = Just(Field {
        systemd: "*".to_owned(),
        cron: "*".to_owned(),
        numbers: (from..=to).collect(),
    });
    let list = vec(from..=to, 1..4).prop_map(|numbers| {
        let text = numbers.iter().map(u32::to_string).collect::<Vec<_>>();
        Field {
            systemd: text.join(","),
            cron: text.join(","),
            numbers,
        }
    });
    let range = (from..=to, from..=to, 1..9_u32).prop_map(|(a, b, step)| {
        let (a, b) = (a.min(b), a.max(b));
        Field {
            systemd: format!("{a}..{b}/{step}"),
            cron: format!("{a}-{b}/{step}"),
            numbers: (a..=b).filter(|number| (number - a) % step == 0).collect(),
        }
    });
    let steps = (from..=to, 1..40_u32).prop_map(move |(a, step)| Field {
        systemd: format!("{a}/{step}"),
        cron: format!("{a}/{step}"),
        numbers: (a..=to).filter(|number| (number - a) % step == 0).collect(),
    });
    prop_oneof![3 => all, 2 => list, 1 => range, 1 => steps]
}

/// Clocks that are set once or twice in the year, by up to three hours.
fn clocks() -> impl Strategy<Value = Clocks> {
    let quarter = 900;
    let zone = (-48..52_i64, vec((0..40 * 96_i64, -12..=12_i64), 0..3));
    zone.prop_map(move |(first, mut set)| {
        set.sort_unstable();
        // Far enough apart that one does not fall into the other.
        set.dedup_by(|b, a| b.0 - a.0 < 4 * 96);
        let mut offset = first * quarter;
        let first = offset;
        let set = set
            .into_iter()
            .map(|(at, by)| {
                offset += by * quarter;
                (START + at * quarter, offset)
            })
            .collect();
        Clocks { first, set }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn it_comes_when_the_model_says(
        minutes in field(0, 59),
        hours in field(0, 23),
        days in field(1, 31),
        months in field(1, 12),
        weekdays in field(0, 6),
        zone in clocks(),
        after in 0..40 * DAY,
        is_cron in any::<bool>(),
    ) {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let named: Vec<_> = weekdays.numbers.iter().map(|day| names[*day as usize]).collect();
        let weekday = if weekdays.cron == "*" { "*".to_owned() } else { named.join(",") };
        let text = if is_cron {
            format!("{} {} {} {} {weekday}", minutes.cron, hours.cron, days.cron, months.cron)
        } else {
            let weekday = if weekday == "*" { "" } else { &weekday };
            format!(
                "{weekday} *-{}-{} {}:{}",
                months.systemd, days.systemd, hours.systemd, minutes.systemd
            )
        };
        let either_day = is_cron && weekdays.cron != "*" && days.cron != "*";
        let meaning = Meaning {
            months: months.numbers,
            days: days.numbers,
            weekdays: weekdays.numbers,
            either_day,
            hours: hours.numbers,
            minutes: minutes.numbers,
        };
        let Ok(schedule) = text.parse::<Schedule>() else {
            // February 30.
            prop_assert_eq!(meaning.next(&zone, START, 3 * 366), None);
            return Ok(());
        };
        let after = START + after;
        let end = after.div_euclid(60) * 60 + DAYS * DAY;
        let next = schedule.next(after, |_| &zone).filter(|next| *next <= end);
        prop_assert_eq!(next, meaning.next(&zone, after, DAYS), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}", words in "[-0-9*/,.:~ @MonFriUTC]{0,30}") {
        for text in [text, words] {
            if let Ok(schedule) = text.parse::<Schedule>() {
                let zone = Clocks { first: 0, set: Vec::new() };
                let next = schedule.next(START, |_| &zone);
                prop_assert!(next.is_none_or(|next| next > START));
            }
        }
    }
}
