//! Tables for people. On a terminal the columns fit its width and states have colours; in a file or a pipe a table
//! is whole and plain. What is in the cells is made harmless here.

use std::io::{IsTerminal, stdout};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::plain::plain;

/// Names get a column as long as it has this width.
const NAME_MIN: usize = 8;

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    title: &'static str,
    /// Columns of a high rank are left out first where the terminal is too narrow; those of rank 0 never.
    rank: u8,
    /// Numbers are aligned to the right.
    is_number: bool,
}

impl Column {
    /// A column of words, that stays.
    pub(crate) const fn new(title: &'static str) -> Self {
        Self {
            title,
            rank: 0,
            is_number: false,
        }
    }

    /// A column of numbers.
    pub(crate) const fn number(title: &'static str) -> Self {
        Self {
            is_number: true,
            ..Self::new(title)
        }
    }

    /// One that may be left out; those of the highest rank go first.
    pub(crate) const fn ranked(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

/// The colour of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Good,
    Bad,
    /// Something is under way.
    Busy,
}

impl Tone {
    fn style(self) -> Style {
        let colour = match self {
            Self::Plain => return Style::new(),
            Self::Good => AnsiColor::Green,
            Self::Bad => AnsiColor::Red,
            Self::Busy => AnsiColor::Yellow,
        };
        Style::new().fg_color(Some(colour.into()))
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// Coloured words.
    pub(crate) fn toned(text: String, tone: Tone) -> Self {
        Self { text, tone }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

/// Prints a table.
pub(crate) fn print(columns: &[Column], rows: &[Vec<Cell>]) {
    for line in drawn(columns, rows) {
        println!("{line}");
    }
}

/// Prints the rows of a table without its head.
pub(crate) fn print_rows(columns: &[Column], rows: &[Vec<Cell>]) {
    for line in drawn(columns, rows).iter().skip(1) {
        println!("{line}");
    }
}

/// The lines of a table, as the standard output takes them.
pub(crate) fn drawn(columns: &[Column], rows: &[Vec<Cell>]) -> Vec<String> {
    let terminal = stdout().is_terminal().then(terminal_size::terminal_size);
    let width = terminal.flatten().map(|(width, _)| usize::from(width.0));
    lines(columns, rows, width, has_colours())
}

/// Whether standard output is a terminal that shows colours, and nobody has asked for none (`NO_COLOR`).
fn has_colours() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}

/// The lines of a table. Widths are those of a terminal: some characters take two columns, some none.
fn lines(
    columns: &[Column],
    rows: &[Vec<Cell>],
    most: Option<usize>,
    has_colours: bool,
) -> Vec<String> {
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| harmless(row)).collect();
    let mut widths: Vec<usize> = (0..columns.len())
        .map(|at| width(columns[at], at, &rows))
        .collect();
    let shown = fitting(columns, &widths, &rows, most);
    let (first, others) = (shown[0], &shown[1..]);
    if let Some(most) = most {
        widths[first] = first_width(most, widths[first], others, &widths);
    }
    let head: Vec<Cell> = columns
        .iter()
        .map(|column| column.title.to_owned().into())
        .collect();
    let line = |cells: &[Cell], at: &[usize]| {
        let mut line = String::new();
        for &at in at {
            push(&mut line, columns[at], &cells[at], widths[at], has_colours);
        }
        line.trim_end().to_owned()
    };
    let mut lines = vec![line(&head, &shown)];
    for cells in &rows {
        if cells[first].text.width() <= widths[first] {
            lines.push(line(cells, &shown));
        } else {
            // What is too long stands alone, so that the other rows stay in their columns.
            let below = " ".repeat(widths[first] + 2) + &line(cells, others);
            lines.push(cells[first].text.clone());
            lines.push(below.trim_end().to_owned());
        }
    }
    lines
}

/// How wide the first column is beside the others. If too little is left for names, it only sets the others off.
fn first_width(most: usize, wanted: usize, others: &[usize], widths: &[usize]) -> usize {
    let taken: usize = others.iter().map(|&at| widths[at] + 2).sum();
    match most.saturating_sub(taken) {
        room if wanted <= room => wanted,
        room @ NAME_MIN.. => room,
        _ => 0,
    }
}

fn harmless(row: &[Cell]) -> Vec<Cell> {
    row.iter()
        .map(|cell| Cell::toned(plain(&cell.text), cell.tone))
        .collect()
}

fn width(column: Column, at: usize, rows: &[Vec<Cell>]) -> usize {
    let cells = rows.iter().map(|row| row[at].text.width());
    cells.fold(column.title.width(), usize::max)
}

/// The columns that have room, at least those that always stay and say something.
fn fitting(
    columns: &[Column],
    widths: &[usize],
    rows: &[Vec<Cell>],
    most: Option<usize>,
) -> Vec<usize> {
    let is_silent = |at: usize| at > 0 && rows.iter().all(|row| row[at].text.is_empty());
    let rank = |at: usize| {
        if is_silent(at) {
            u8::MAX
        } else {
            columns[at].rank
        }
    };
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let Some(most) = most else { return shown };
    let total = |shown: &[usize]| -> usize { shown.iter().map(|&at| widths[at] + 2).sum() };
    while total(&shown) > most + 2 {
        let last = shown.iter().copied().max_by_key(|&at| rank(at));
        match last.filter(|&at| rank(at) > 0) {
            Some(last) => shown.retain(|&at| at != last),
            None => break,
        }
    }
    shown
}

fn push(line: &mut String, column: Column, cell: &Cell, width: usize, has_colours: bool) {
    let space = " ".repeat(width.saturating_sub(cell.text.width()));
    let style = if has_colours {
        cell.tone.style()
    } else {
        Style::new()
    };
    let text = format!("{style}{}{style:#}", cell.text);
    if column.is_number {
        line.extend([&*space, &*text]);
    } else {
        line.extend([&*text, &*space]);
    }
    line.push_str("  ");
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Column = Column::new("NAME");
    const STATE: Column = Column::new("STATE");

    fn row(cells: &[&str]) -> Vec<Cell> {
        cells.iter().map(|cell| (*cell).to_owned().into()).collect()
    }

    #[test]
    fn columns_are_as_wide_as_a_terminal_shows_them() {
        let rows = ["日本語", "e\u{301}te", "plain"].map(|name| row(&[name, "x"]));
        let lines = lines(&[NAME, STATE], &rows, None, false);
        assert_eq!(lines[0], "NAME    STATE");
        assert_eq!(lines[1], "日本語  x");
        assert_eq!(lines[2], "e\u{301}te     x");
        assert_eq!(lines[3], "plain   x");
    }

    #[test]
    fn numbers_stand_at_the_right() {
        let rows = ["7", "1234"].map(|pid| row(&[pid, "x"]));
        let lines = lines(&[Column::number("PID"), STATE], &rows, None, false);
        assert_eq!(lines, [" PID  STATE", "   7  x", "1234  x"]);
    }

    #[test]
    fn columns_are_left_out_by_rank_until_the_rest_has_room() {
        let columns = [NAME, STATE.ranked(1), Column::new("START").ranked(2)];
        let rows = [row(&["worker", "RUNNING", "auto"])];
        let head = |most| lines(&columns, &rows, most, false)[0].clone();
        assert_eq!(head(None), "NAME    STATE    START");
        assert_eq!(head(Some(22)), "NAME    STATE    START");
        assert_eq!(head(Some(21)), "NAME    STATE");
        assert_eq!(head(Some(14)), "NAME");
        assert_eq!(head(Some(3)), "NAME", "the name always stays");
    }

    #[test]
    fn one_long_name_leaves_the_other_rows_in_their_columns() {
        let columns = [NAME, STATE, Column::new("NEXT")];
        let long = "a-name-that-a-program-has-made";
        let rows = [row(&[long, "RUNNING", ""]), row(&["web", "STOPPED", ""])];
        assert_eq!(
            lines(&columns, &rows, Some(20), false),
            [
                "NAME         STATE",
                long,
                "             RUNNING",
                "web          STOPPED"
            ]
        );
        let tiny = lines(&columns, &rows, Some(12), false);
        assert_eq!(tiny[1..], [long, "  RUNNING", "web", "  STOPPED"]);
        assert!(lines(&columns, &rows, None, false)[1].ends_with("RUNNING"));
    }

    #[test]
    fn a_colour_takes_no_width_and_text_from_outside_has_none() {
        let bad = Cell::toned("FAILED".to_owned(), Tone::Bad);
        let evil = Cell::from("\u{1b}[32mwell".to_owned());
        let rows = [vec![evil, bad]];
        let coloured = lines(&[NAME, STATE], &rows, None, true);
        assert_eq!(coloured[1], "\\u{1b}[32mwell  \u{1b}[31mFAILED\u{1b}[0m");
        let plain = lines(&[NAME, STATE], &rows, None, false);
        assert_eq!(plain[1], "\\u{1b}[32mwell  FAILED");
    }
}
