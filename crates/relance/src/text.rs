//! Text for people: moments, durations, sizes.

use std::time::Duration;

use relance_scm::duration::Human;
use relance_scm::duration::{self, Bare};
use relance_scm::event_log::Timestamp;
use relance_scm::manager::{PendingInfo, ServiceInfo};
use relance_texts::{Message, Text, command, quoted, status};

use unicode_width::UnicodeWidthStr;

use crate::cli::{CommandFailure, usage};
use crate::plain::plain_lines;
use crate::zone;

/// Prints names and values below each other.
pub(crate) fn print_pairs<N: AsRef<str>>(pairs: &[(N, String)]) {
    let widths = pairs.iter().map(|(name, _)| name.as_ref().width());
    let width = widths.max().unwrap_or(0);
    for (name, value) in pairs {
        // A value of several lines stays in its column.
        let indent = format!("\n{:width$}    ", "");
        let name = name.as_ref();
        let gap = width - name.width();
        println!(
            "  {name}{:gap$}  {}",
            "",
            plain_lines(value).replace('\n', &indent)
        );
    }
}

/// A moment in the user's time zone: `2026-11-22 14:03:07.123`.
pub(crate) fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(moment) => moment
            .to_zoned(zone::local())
            .strftime("%Y-%m-%d %H:%M:%S%.3f")
            .to_string(),
        Err(_) => format!("{} ms", at.0),
    }
}

/// The second of the day at a moment, in the user's time zone.
pub(crate) fn second_of_day(at: Timestamp) -> Option<u32> {
    let moment = jiff::Timestamp::from_millisecond(at.0).ok()?;
    let time = moment.to_zoned(zone::local()).time();
    let minutes = i32::from(time.hour()) * 60 + i32::from(time.minute());
    u32::try_from(minutes * 60 + i32::from(time.second())).ok()
}

/// Now, on the machine's wall clock.
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// How long ago, or until when.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Human {
    Human(Duration::from_millis(
        u64::try_from(to.0 - from.0).unwrap_or(0),
    ))
}

/// The pending recovery action that comes first.
pub(crate) fn earliest(info: &ServiceInfo) -> Option<&PendingInfo> {
    let pending = info.recovery.pending.iter();
    pending.min_by_key(|pending| pending.due)
}

/// What a pending action is, when it comes, and what delays it.
pub(crate) fn due(pending: &PendingInfo, now: Timestamp) -> Text {
    let (action, number) = (pending.action.kind.word(), pending.failure_count);
    if pending.executing {
        return status::NowFailure { action, number }.text();
    }
    let time = between(now, pending.due);
    match pending.delayed_by {
        Some(budget) => status::DueDelayed {
            action,
            time,
            number,
            budget,
        }
        .text(),
        None => status::DueFailure {
            action,
            time,
            number,
        }
        .text(),
    }
}

/// A duration from the command line: `500ms`, `30s`, `1h30m`, or seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, CommandFailure> {
    duration::parse(text, Bare::Seconds).ok_or_else(|| {
        usage(command::NoDuration {
            text: quoted(text),
            examples: duration::EXAMPLES,
        })
    })
}

/// A moment from the command line: so long ago (`10m`), the beginning of a day (`today`, `yesterday`), or a date
/// and time (`2026-11-22T14:00`).
pub(crate) fn moment_from(text: &str) -> Result<Timestamp, CommandFailure> {
    if let Some(midnight) = day(text) {
        return Ok(midnight);
    }
    if let Ok(ago) = duration(text) {
        let millis = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        return Ok(Timestamp(now().0.saturating_sub(millis)));
    }
    let zoned = text
        .parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_millisecond)
        .or_else(|_| {
            let local: jiff::civil::DateTime = text.replace(' ', "T").parse()?;
            Ok::<_, jiff::Error>(local.to_zoned(zone::local())?.timestamp().as_millisecond())
        });
    zoned
        .map(Timestamp)
        .map_err(|_| usage(command::NoMoment { text: quoted(text) }))
}

/// The midnight at which the day of this name began, in the user's time zone.
fn day(name: &str) -> Option<Timestamp> {
    let now = jiff::Timestamp::now().to_zoned(zone::local());
    let today = now.start_of_day().ok()?;
    let midnight = match name {
        "today" => today,
        "yesterday" => today.yesterday().ok()?.start_of_day().ok()?,
        _ => return None,
    };
    Some(Timestamp(midnight.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_command_line() {
        assert_eq!(
            moment_from("2026-11-22T14:00:00Z").ok(),
            Some(Timestamp(1_795_356_000_000))
        );
        assert!(moment_from("2026-11-22 14:00").is_ok());
        let (yesterday, today) = (moment_from("yesterday").ok(), moment_from("today").ok());
        assert!(yesterday < today && today <= Some(now()));
        assert!(moment_from("tomorrow").is_err());
    }
}
