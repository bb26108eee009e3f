//! The days on which clocks are set.

use relance_schedule::Schedule;

use crate::model::Clocks;

const HOUR: i64 = 3600;
/// 2026-03-29 01:00 UTC: Berlin goes from 02:00 to 03:00.
const SPRING: i64 = 1_774_746_000;
/// 2026-10-25 01:00 UTC: Berlin goes from 03:00 to 02:00.
const AUTUMN: i64 = 1_792_890_000;

fn berlin() -> Clocks {
    Clocks {
        first: HOUR,
        set: vec![(SPRING, 2 * HOUR), (AUTUMN, HOUR)],
    }
}

/// The moments between these at which it comes, in minutes after the first.
fn minutes(text: &str, from: i64, hours: i64) -> Vec<i64> {
    let (schedule, zone): (Schedule, _) = (text.parse().expect("a schedule"), berlin());
    let mut found = Vec::new();
    let mut at = from - 1;
    while let Some(next) = schedule
        .next(at, |_| &zone)
        .filter(|next| *next < from + hours * HOUR)
    {
        found.push((next - from) / 60);
        at = next;
    }
    found
}

#[test]
fn a_time_that_is_left_out_comes_as_much_later() {
    assert_eq!(minutes("02:30", SPRING - HOUR, 20), [90]);
    assert_eq!(minutes("02:30; 03:10", SPRING - HOUR, 20), [70, 90]);
    // Every half an hour stays every half an hour, and none comes twice.
    assert_eq!(
        minutes("*:0/30", SPRING - HOUR, 3),
        [0, 30, 60, 90, 120, 150]
    );
}

#[test]
fn a_time_that_comes_twice_counts_once_unless_it_is_hourly() {
    assert_eq!(minutes("02:30", AUTUMN - HOUR, 20), [30]);
    assert_eq!(minutes("30 2 * * *", AUTUMN - HOUR, 20), [30]);
    assert_eq!(
        minutes("*:0/30", AUTUMN - HOUR, 3),
        [0, 30, 60, 90, 120, 150]
    );
    assert_eq!(
        minutes("*/30 * * * *", AUTUMN - HOUR, 3),
        [0, 30, 60, 90, 120, 150]
    );
    // From within the hour that is repeated.
    let schedule: Schedule = "*:0/30".parse().unwrap();
    let zone = berlin();
    let next = schedule.next(AUTUMN - HOUR + 600, |_| &zone);
    assert_eq!(next, Some(AUTUMN - HOUR / 2));
}
