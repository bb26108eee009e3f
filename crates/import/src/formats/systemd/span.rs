//! Times as systemd writes them: `5min 20s`, `1500ms`, `90`, `infinity`.

use std::time::Duration;

/// A time, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// This long.
    For(Duration),
    /// `infinity`, or longer than our settings take.
    Endless,
}

/// Reads a time.
pub(super) fn parse(text: &str) -> Option<Span> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("infinity") {
        return Some(Span::Endless);
    }
    let mut total = 0.0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: f64 = rest[..end].parse().ok()?;
        rest = rest[end..].trim_start();
        let end = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "us" | "usec" | "µs" => 1e-6,
            "ms" | "msec" => 1e-3,
            "" | "s" | "sec" | "second" | "seconds" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "week" | "weeks" => 604_800.0,
            "M" | "month" | "months" => 2_629_800.0,
            "y" | "year" | "years" => 31_557_600.0,
            _ => return None,
        };
        rest = rest[end..].trim_start();
        total += number * unit;
    }
    // A time that is longer than our settings take counts as endless.
    if total > 4_000_000.0 {
        return Some(Span::Endless);
    }
    let millis = (total * 1000.0).round();
    Some(Span::For(
        Duration::try_from_secs_f64(millis / 1000.0).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_or_are_seconds() {
        let millis = |text, millis| {
            assert_eq!(
                parse(text),
                Some(Span::For(Duration::from_millis(millis))),
                "{text}"
            );
        };
        millis("1min 30s", 90_000);
        millis("1500ms", 1500);
        millis("20", 20_000);
        millis("1second", 1000);
        for endless in ["infinity", "99999999999999999999d"] {
            assert_eq!(parse(endless), Some(Span::Endless));
        }
        assert_eq!(parse("soon"), None);
    }
}
