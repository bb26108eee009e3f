//! Expressions and what they mean, in UTC.

use relance_schedule::{Civil, Schedule, ScheduleError};

use crate::model::Clocks;

/// 2026-11-28 14:32:00, a Saturday.
const NOW: i64 = 1_795_876_320;

fn next(text: &str) -> String {
    let schedule: Schedule = text
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let zone = Clocks {
        first: 0,
        set: Vec::new(),
    };
    let Some(next) = schedule.next(NOW, |_| &zone) else {
        return "never again".to_owned();
    };
    let at = Civil::from_seconds(next);
    let (hour, minute, second) = (at.second / 3600, at.second / 60 % 60, at.second % 60);
    format!(
        "{}-{:02}-{:02} {hour:02}:{minute:02}:{second:02}",
        at.year, at.month, at.day
    )
}

#[test]
fn systemd_expressions() {
    for (text, expected) in [
        ("Mon..Fri 02:30", "2026-11-30 02:30:00"),
        ("Mon,Wed 02:30", "2026-11-30 02:30:00"),
        ("Sat..Mon 02:30", "2026-11-29 02:30:00"),
        ("saturday", "2026-12-05 00:00:00"),
        ("*:0/15", "2026-11-28 14:45:00"),
        ("*:*:0/10", "2026-11-28 14:32:10"),
        ("02:30", "2026-11-29 02:30:00"),
        ("14:32:01", "2026-11-28 14:32:01"),
        ("*-*-01 06:00", "2026-12-01 06:00:00"),
        ("12-24", "2026-12-24 00:00:00"),
        ("2027-01-01 00:00:05", "2027-01-01 00:00:05"),
        ("2026..2030/2-06-01", "2028-06-01 00:00:00"),
        ("*-02-29 12:00", "2028-02-29 12:00:00"),
        ("Mon *-02-29", "2044-02-29 00:00:00"),
        ("*-*~1 23:00", "2026-11-30 23:00:00"),
        ("*-02~1", "2027-02-28 00:00:00"),
        ("2020-01-01", "never again"),
        ("minutely", "2026-11-28 14:33:00"),
        ("hourly", "2026-11-28 15:00:00"),
        ("daily", "2026-11-29 00:00:00"),
        ("weekly", "2026-11-30 00:00:00"),
        ("monthly", "2026-12-01 00:00:00"),
        ("quarterly", "2027-01-01 00:00:00"),
        ("yearly", "2027-01-01 00:00:00"),
        ("daily UTC", "2026-11-29 00:00:00"),
        ("Mon 02:30; 15:00 ; 16:00", "2026-11-28 15:00:00"),
    ] {
        assert_eq!(next(text), expected, "{text}");
    }
}

#[test]
fn cron_expressions() {
    for (text, expected) in [
        ("30 2 * * 1-5", "2026-11-30 02:30:00"),
        ("30 2 * * mon-fri", "2026-11-30 02:30:00"),
        ("*/15 * * * *", "2026-11-28 14:45:00"),
        ("0 0 * * 0", "2026-11-29 00:00:00"),
        ("0 0 * * 7", "2026-11-29 00:00:00"),
        ("0 0 1 jan *", "2027-01-01 00:00:00"),
        // Either day.
        ("0 0 13 * 5", "2026-12-04 00:00:00"),
        ("0 0 30 * 5", "2026-11-30 00:00:00"),
        ("* * * * *", "2026-11-28 14:33:00"),
        ("@daily", "2026-11-29 00:00:00"),
        ("@midnight", "2026-11-29 00:00:00"),
        ("@weekly", "2026-11-29 00:00:00"),
        ("@hourly UTC", "2026-11-28 15:00:00"),
        ("0 12 * * * Europe/Berlin", "2026-11-29 12:00:00"),
    ] {
        assert_eq!(next(text), expected, "{text}");
    }
}

#[test]
fn what_never_comes_is_refused() {
    for text in [
        "*-02-30",
        "*-02-31 10:00",
        "0 0 31 4 *",
        "2027-02-29",
        "2026..2027-02-29",
        "Mon; 02-30",
    ] {
        let error = text.parse::<Schedule>().unwrap_err();
        assert!(
            matches!(error, ScheduleError::Never(_)),
            "{text}: {error:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    use ScheduleError as E;
    for text in [
        "",
        ";",
        "25:00",
        "12:60",
        "Mon..",
        "Foo 10:00",
        "*-13-01",
        "*-00-01",
        "10:00 Mon",
        "1 2 3 4",
        "61 * * * *",
        "* * * * 8",
        "* * * * * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "12:00:00:00",
        "@never",
        "*:0/0",
        "UTC",
        "daily daily",
        "-1:00",
        "+1:00",
        "1_0:00",
        "1969-01-01",
        "10000-01-01",
    ] {
        let error = text.parse::<Schedule>().expect_err(text);
        assert!(matches!(error, E::Unreadable(_)), "{text}: {error:?}");
    }
    assert_eq!("@reboot".parse::<Schedule>(), Err(E::Reboot));
    assert!(matches!(
        "12:00:00.5".parse::<Schedule>(),
        Err(E::Fraction(_))
    ));
    assert_eq!("1".repeat(2000).parse::<Schedule>(), Err(E::TooLong));
}
