//! What was counted in a play, which promises that breaks, and the table of several plays.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Kind;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    answers: BTreeMap<Kind, Vec<Duration>>,
    problems: BTreeSet<String>,
    pub(super) runs: u64,
    pub(super) ids_twice: u64,
    pub(super) beside: u64,
    pub(super) failures: u64,
    pub(super) uncounted: u64,
    pub(super) counted_twice: u64,
    pub(super) services: u64,
    pub(super) disturbed: u64,
    pub(super) lines: u64,
    pub(super) lines_lost: u64,
    pub(super) turns: u64,
    pub(super) turns_failed: u64,
    pub(super) clean_stops: u64,
}

impl Figures {
    /// A kill, and the time until the next answer.
    pub(super) fn answered(&mut self, kind: Kind, after: Duration) {
        self.answers.entry(kind).or_default().push(after);
    }

    /// A broken promise, in words.
    pub(super) fn problem(&mut self, text: String) {
        self.problems.insert(text);
    }

    /// The promises that were broken; empty if none was.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let counted = ROWS.iter().filter(|row| row.must_be_zero);
        let counted = counted.filter(|row| (row.figure)(self) > 0);
        counted
            .map(|row| format!("{}: {}", row.title, (row.figure)(self)))
            .chain(self.problems.iter().cloned())
            .collect()
    }

    /// A play in which nothing was broken, in one line.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut times: Vec<_> = self.answers.values().flatten().copied().collect();
        times.sort();
        let ms = |at: usize| times.get(at).map_or(0, Duration::as_millis);
        format!(
            "{} runs, each counted once; {} services and {} printed lines undisturbed; next answer {} / {} ms \
             (p50 / worst)",
            self.runs,
            self.services,
            self.lines,
            ms(times.len() / 2),
            ms(times.len().saturating_sub(1)),
        )
    }

    fn answer(&self, kind: Kind) -> String {
        let mut times = self.answers.get(&kind).cloned().unwrap_or_default();
        times.sort();
        match (times.get(times.len() / 2), times.last()) {
            (Some(median), Some(worst)) => {
                format!("{} / {} ms", median.as_millis(), worst.as_millis())
            }
            _ => "–".to_owned(),
        }
    }
}

/// A line of the table.
struct Row {
    title: &'static str,
    figure: fn(&Figures) -> u64,
    must_be_zero: bool,
}

const fn row(title: &'static str, must_be_zero: bool, figure: fn(&Figures) -> u64) -> Row {
    Row {
        title,
        figure,
        must_be_zero,
    }
}

const ROWS: [Row; 13] = [
    row("runs of crashing programs", false, |f| f.runs),
    row("– run ids used twice", true, |f| f.ids_twice),
    row("– started beside a living run", true, |f| f.beside),
    row("failures counted", false, |f| f.failures),
    row("– failures uncounted", true, |f| f.uncounted),
    row("– failures counted twice", true, |f| f.counted_twice),
    row("clean stops, none counted", false, |f| f.clean_stops),
    row("services that run through all", false, |f| f.services),
    row("– of them disturbed", true, |f| f.disturbed),
    row("lines printed", false, |f| f.lines),
    row("– lines lost", true, |f| f.lines_lost),
    row("turns of PHP services", false, |f| f.turns),
    row("– turns that failed", true, |f| f.turns_failed),
];

const KINDS: [(Kind, &str); 4] = [
    (Kind::Engine, "engine"),
    (Kind::Guardian, "guardian"),
    (Kind::Both, "engine and guardian"),
    (Kind::Frozen, "guardian of a frozen engine"),
];

/// The figures of several plays side by side, in Markdown.
#[must_use]
pub fn table(plays: &[(&str, Figures)]) -> String {
    let line = |title: &str, cell: &dyn Fn(&Figures) -> String| {
        let cells = plays.iter().map(|(_, figures)| cell(figures));
        columns(title, cells)
    };
    let names = plays.iter().map(|(name, _)| (*name).to_owned());
    let mut text = columns("", names);
    text += &format!("|---|{}\n", "--:|".repeat(plays.len()));
    for (kind, name) in KINDS {
        let kills = |figures: &Figures| figures.answers.get(&kind).map_or(0, Vec::len).to_string();
        text += &line(&format!("kills: {name}"), &kills);
    }
    for row in &ROWS {
        text += &line(row.title, &|figures| (row.figure)(figures).to_string());
    }
    for (kind, name) in KINDS {
        let title = format!("next answer, p50 / worst: {name}");
        text += &line(&title, &|figures| figures.answer(kind));
    }
    text
}

fn columns(title: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {title} | {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_that_is_broken_is_named_and_a_figure_alone_is_not() {
        let mut figures = Figures {
            runs: 5,
            ..Figures::default()
        };
        figures.answered(Kind::Engine, Duration::from_millis(3));
        figures.answered(Kind::Engine, Duration::from_millis(9));
        assert_eq!(figures.broken(), Vec::<String>::new());
        figures.beside = 2;
        figures.problem("steady0 was disturbed".to_owned());
        assert_eq!(
            figures.broken(),
            ["– started beside a living run: 2", "steady0 was disturbed"]
        );
        let text = table(&[("a", figures)]);
        assert!(text.contains("| kills: engine | 2 |"), "{text}");
        assert!(text.contains("engine | 9 / 9 ms |"), "{text}");
        assert!(text.contains("guardian | – |"), "{text}");
    }
}
