//! Moments and durations in pages. The server writes what a machine can read; the script shows it in
//! the viewer's zone, with the exact time on hover, and lets countdowns run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp as Moment;
use maud::{Markup, html};
use relance_scm::duration::Human;

use crate::lang::Lang;

/// Now, milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// `2026-01-31T12:00:00.000Z`
pub(crate) fn iso(ms: i64) -> String {
    Moment::from_millisecond(ms).map_or_else(|_| String::new(), |moment| format!("{moment:.3}"))
}

/// A moment.
pub(crate) fn moment(ms: i64) -> Markup {
    html! { time datetime=(iso(ms)) { (iso(ms)) } }
}

/// How long something has lasted, counting.
pub(crate) fn since(ms: i64) -> Markup {
    html! { time datetime=(iso(ms)) data-as="since" {} }
}

/// How long ago something was.
pub(crate) fn ago(ms: i64) -> Markup {
    html! { time datetime=(iso(ms)) data-as="ago" {} }
}

/// How long until something will be, counting down.
pub(crate) fn until(ms: i64) -> Markup {
    html! { time datetime=(iso(ms)) data-as="until" {} }
}

/// `1 min 30 s`
pub(crate) fn duration(ms: u64, lang: Lang) -> String {
    if ms < 1000 {
        return format!("{ms}\u{A0}ms");
    }
    Human(Duration::from_millis(ms)).of(lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_for_machines() {
        assert_eq!(iso(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        assert_eq!(iso(i64::MAX), "");
        assert_eq!(duration(86_400_000, Lang::Fr), "1\u{A0}j");
        assert_eq!(duration(5, Lang::En), "5\u{A0}ms");
    }
}
