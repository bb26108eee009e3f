//! Which part of time is drawn, and the links to others: shorter and longer ones, earlier and later ones.

use maud::{Markup, html};
use relance_texts::console;

use crate::form::{Form, query};
use crate::lang::Lang;
use crate::time::now_ms;

/// Lengths that can be chosen: a word, and milliseconds.
const LENGTHS: [(&str, i64); 6] = [
    ("1m", 60_000),
    ("10m", 600_000),
    ("1h", 3_600_000),
    ("1d", 86_400_000),
    ("7d", 604_800_000),
    ("30d", 2_592_000_000),
];
/// The length that is shown when nobody chooses.
const USUAL: usize = 3;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    length: usize,
    pub(super) from: i64,
    pub(super) to: i64,
    /// Whether it ends now, and so moves on.
    pub(super) is_live: bool,
}

impl Window {
    pub(super) fn of(form: &Form) -> Self {
        Self::at(form, now_ms())
    }

    fn at(form: &Form, now: i64) -> Self {
        let asked = form.get("window");
        let length = LENGTHS.iter().position(|(word, _)| Some(*word) == asked);
        let length = length.unwrap_or(USUAL);
        let end = form.number("end").filter(|end| (0..now).contains(end));
        let to = end.unwrap_or(now);
        Self {
            length,
            from: to - LENGTHS[length].1,
            to,
            is_live: end.is_none(),
        }
    }

    #[cfg(test)]
    pub(super) const fn between(from: i64, to: i64) -> Self {
        Self {
            length: USUAL,
            from,
            to,
            is_live: true,
        }
    }

    pub(super) fn word(&self) -> &'static str {
        LENGTHS[self.length].0
    }

    fn len(&self) -> i64 {
        self.to - self.from
    }

    /// The query of a window of this length that ends at `end`, or now if `end` is in the future.
    fn link(action: &str, name: &str, length: usize, end: Option<i64>) -> String {
        let end = end.filter(|end| *end < now_ms());
        let end = end.map(|end| end.to_string()).unwrap_or_default();
        let query = query(&[("name", name), ("window", LENGTHS[length].0), ("end", &end)]);
        format!("{action}?{query}")
    }

    /// The end of a window of that length with the same middle; `None` for one that ends now, which stays so.
    fn zoomed(&self, length: usize) -> Option<i64> {
        let middle = self.from + self.len() / 2;
        (!self.is_live).then(|| middle + LENGTHS[length].1 / 2)
    }

    pub(super) fn links(&self, action: &str, name: &str, lang: Lang) -> Markup {
        let to = |length, end| Self::link(action, name, length, end);
        let half = self.len() / 2;
        html! {
            nav.windows aria-label=(console::WINDOW_OF_TIME.of(lang)) {
                a href=(to(self.length, Some(self.to - half))) { "← " (console::EARLIER.of(lang)) }
                @for (index, (word, _)) in LENGTHS.iter().enumerate() {
                    a href=(to(index, self.zoomed(index))) aria-current=[(index == self.length).then_some("true")] { (label(word, lang)) }
                }
                @if !self.is_live {
                    a href=(to(self.length, Some(self.to + half))) { (console::LATER.of(lang)) " →" }
                    a href=(to(self.length, None)) { (console::NOW_LIVE.of(lang)) }
                }
            }
        }
    }
}

fn label(word: &str, lang: Lang) -> &'static str {
    match word {
        "1m" => console::N_1_MINUTE.of(lang),
        "10m" => console::N_10_MINUTES.of(lang),
        "1h" => console::N_1_HOUR.of(lang),
        "7d" => console::N_7_DAYS.of(lang),
        "30d" => console::N_30_DAYS.of(lang),
        _ => console::N_1_DAY.of(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 10_000_000;

    fn window(query: &[u8]) -> (i64, i64, bool) {
        let window = Window::at(&Form::parse(query), NOW);
        (NOW - window.from, NOW - window.to, window.is_live)
    }

    #[test]
    fn a_window_ends_now_unless_it_is_said_to_end_before() {
        assert_eq!(window(b""), (86_400_000, 0, true));
        assert_eq!(window(b"window=1m"), (60_000, 0, true));
        assert_eq!(window(b"window=1m&end=9940000"), (120_000, 60_000, false));
        for nonsense in [&b"end=-5"[..], b"end=99999999999", b"end=x", b"window=1y"] {
            assert_eq!(window(nonsense), (86_400_000, 0, true));
        }
    }

    #[test]
    fn zooming_keeps_the_middle() {
        let form = Form::parse(b"window=10m&end=5000000");
        let window = Window::at(&form, NOW);
        assert_eq!(window.zoomed(0), Some(4_700_000 + 30_000));
        assert_eq!(Window::at(&Form::default(), NOW).zoomed(0), None);
    }
}
