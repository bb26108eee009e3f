//! Durations: as people type them (`500ms`, `30s`, `1m30s`, `1.5h`, `2d`), and as they read them (`1 min 30
//! s`).

use std::fmt::Write;
use std::time::Duration;

use relance_texts::{Words, word};

/// What a number without a unit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bare {
    /// Milliseconds, as in `sc`'s list of actions.
    Milliseconds,
    /// Seconds, as in `sc`'s reset period.
    Seconds,
}

/// How a duration is written, for messages.
pub const EXAMPLES: Words = word::DURATION_EXAMPLES;

const UNITS: [(&str, f64); 5] = [
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
];

/// Reads a duration: one or more numbers with their units, or a number alone. `None` for anything
/// else, and for what is longer than a [`Duration`] can be.
#[must_use]
pub fn parse(text: &str, bare: Bare) -> Option<Duration> {
    let text = text.trim();
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        let scale = match bare {
            Bare::Milliseconds => 0.001,
            Bare::Seconds => 1.0,
        };
        return scaled(text, scale);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after.trim_start(), |c| c.is_ascii_alphabetic());
        let unit = if unit == "min" { "m" } else { unit };
        let (_, scale) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(scaled(number, scale)?)?;
        rest = after.trim_start();
    }
    Some(total)
}

fn scaled(number: &str, scale: f64) -> Option<Duration> {
    let number: f64 = number.parse().ok()?;
    // Rounded, because 0.003 is not exact in binary.
    let millis = (number * scale * 1000.0).round();
    Duration::try_from_secs_f64(millis / 1000.0).ok()
}

/// What stands at the beginning, and the rest.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// Writes a duration so that [`parse`] reads it back, to a millisecond: `1m30s`, `500ms`, `0s`.
#[must_use]
pub fn format(duration: Duration) -> String {
    let total = duration.as_millis();
    if total == 0 {
        return "0s".to_owned();
    }
    let parts = [
        (total / 86_400_000, "d"),
        (total / 3_600_000 % 24, "h"),
        (total / 60_000 % 60, "m"),
        (total / 1000 % 60, "s"),
        (total % 1000, "ms"),
    ];
    parts.into_iter().filter(|(number, _)| *number > 0).fold(
        String::new(),
        |mut text, (number, unit)| {
            let _ = write!(text, "{number}{unit}");
            text
        },
    )
}

pub use relance_texts::Human;

/// Whole milliseconds, or the most that fit.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let ms = |text: &str| parse(text, Bare::Seconds).map(|d| d.as_millis());
        for (text, expected) in [
            ("500ms", 500),
            ("2", 2000),
            ("0", 0),
            ("1.5h", 5_400_000),
            ("1h30m", 5_400_000),
            ("1 min", 60_000),
            ("1min 30s", 90_000),
            ("2d", 172_800_000),
            ("0.003", 3),
        ] {
            assert_eq!(ms(text), Some(expected), "{text}");
        }
        assert_eq!(
            parse("60000", Bare::Milliseconds),
            Some(Duration::from_secs(60))
        );
        for bad in [
            "",
            "x",
            "1y",
            "-1s",
            "1e999d",
            "s",
            "1s2",
            ".",
            "99999999999999999999999d",
        ] {
            assert_eq!(ms(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(ms in 0..4_000_000_000_000_u64) {
            let duration = Duration::from_millis(ms);
            prop_assert_eq!(parse(&format(duration), Bare::Seconds), Some(duration));
        }
    }
}
