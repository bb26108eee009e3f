//! How `relance top` looks: a line about all, the table, output or entries of the chosen service, the keys. Only
//! rows that have room are made.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Cell, Clear, Paragraph, Row, Table, Wrap};
use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_texts::{Human, Size, status, top};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::list;
use super::model::{Mode, Model, Order, Panel, named};
use super::rows;
use super::strip::Shade;
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::table::Tone;
use crate::text::{between, earliest, now};

/// Smaller terminals have no room for useful content.
const SIZE_MIN: (u16, u16) = (40, 8);
/// From this width on there is room for more columns, and for output beside entries.
const WIDE: u16 = 120;
/// From this width on there is room for time lines beside the numbers.
const WIDE_FOR_LINES: u16 = 150;
/// Names rarely need more.
const NAME_MAX: u16 = 48;

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model) {
    let area = frame.area();
    if area.width < SIZE_MIN.0 || area.height < SIZE_MIN.1 {
        let said = Paragraph::new(say(top::TOO_SMALL)).wrap(Wrap { trim: true });
        frame.render_widget(said, area);
        return;
    }
    let panel = if area.height < 16 {
        0
    } else {
        (area.height / 3).clamp(6, 16)
    };
    let parts = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(panel),
        Constraint::Length(1),
    ]);
    let [head, table, below, foot] = parts.areas(area);
    frame.render_widget(
        Paragraph::new(title(model)).style(Style::new().bold()),
        head,
    );
    services(frame, table, model);
    if panel > 0 {
        panels(frame, below, model);
    }
    frame.render_widget(Paragraph::new(bottom(model)), foot);
    if let Mode::Text(title, text) = &model.mode {
        over(frame, area, title, text);
    }
}

/// How many there are, and which are shown.
fn title(model: &Model) -> String {
    let (count, running, failed) = model.counts();
    let mut text = say(top::Title {
        count,
        running,
        failed,
    });
    let mut notes = Vec::new();
    if !model.filter.is_empty() || model.mode == Mode::Filter {
        notes.push(say(top::Filtered {
            filter: plain(&model.filter),
        }));
    }
    if model.only_failed {
        notes.push(say(top::ONLY_FAILED));
    }
    if model.groups.is_flat {
        notes.push(say(top::FLAT));
    }
    notes.push(say(top::Sorted {
        order: model.order.word(),
    }));
    if let Some(why) = &model.away {
        notes.insert(0, say(top::Away { why: plain(why) }));
    }
    text.push_str("  ");
    text.push_str(&notes.join("  "));
    text
}

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Name,
    State,
    For,
    Cpu,
    Memory,
    Failures,
    Line,
    Next,
}

/// A column: what it shows, its title, its width, what it sorts by.
struct Column {
    shows: Shows,
    title: &'static str,
    width: u16,
    order: Order,
    is_number: bool,
}

/// All columns, as wide as a terminal of this width has room for.
fn all_columns(width: u16) -> Vec<Column> {
    let title = |words: relance_texts::Words| words.of(lang());
    let is_wide = width >= WIDE;
    let line = if width >= WIDE_FOR_LINES { 30 } else { 27 };
    let next = if is_wide { 34 } else { 16 };
    let state = if is_wide { 24 } else { failed_width() };
    let (name, failures) = (title(status::COLUMN_NAME), title(top::COLUMN_FAILURES));
    let of_state = title(status::COLUMN_STATE);
    let memory = title(status::COLUMN_MEMORY);
    let cpu = title(top::COLUMN_CPU);
    let (age, what) = (title(status::COLUMN_FOR), title(status::COLUMN_NEXT));
    let columns = [
        (Shows::Name, name, 0, Order::Name),
        (Shows::State, of_state, state, Order::State),
        (Shows::For, age, 10, Order::State),
        (Shows::Cpu, cpu, 6, Order::Cpu),
        (Shows::Memory, memory, 9, Order::Memory),
        (Shows::Failures, failures, 5, Order::Failures),
        (Shows::Line, "30 min", line, Order::State),
        (Shows::Next, what, next, Order::Failures),
    ];
    let column = |(shows, title, width, order)| Column {
        shows,
        title,
        width,
        order,
        is_number: matches!(
            shows,
            Shows::For | Shows::Cpu | Shows::Memory | Shows::Failures
        ),
    };
    columns.map(column).into()
}

/// As wide as the state of a service that has failed, which is longer in French.
fn failed_width() -> u16 {
    let state = ServiceState::Stopped.to_string();
    let width = say(status::Failed { state }).width();
    u16::try_from(width).unwrap_or(u16::MAX)
}

/// Those that are shown.
fn columns(width: u16, has_lines: bool) -> Vec<Column> {
    let mut columns = all_columns(width);
    let has_both = width >= WIDE_FOR_LINES;
    columns.retain(|column| match column.shows {
        _ if has_both => true,
        Shows::For | Shows::Cpu | Shows::Memory => !has_lines,
        Shows::Line => has_lines,
        _ => true,
    });
    // The table is as wide as the terminal: the name takes what is left, then what comes next.
    let rest: u16 = columns.iter().map(|column| column.width + 1).sum();
    let left = width.saturating_sub(rest - 1).max(8);
    columns[0].width = left.min(NAME_MAX);
    if let Some(last) = columns.last_mut() {
        last.width += left.saturating_sub(NAME_MAX);
    }
    columns
}

fn services(frame: &mut Frame<'_>, area: Rect, model: &mut Model) {
    let rows = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    model.scroll(rows);
    model.places.head = Rect { height: 1, ..area };
    let columns = columns(area.width, model.has_lines);
    let mut from = area.x;
    model.places.columns.clear();
    for column in &columns {
        model.places.columns.push((from, column.order));
        from += column.width + 1;
    }
    let widths = columns
        .iter()
        .map(|column| Constraint::Length(column.width));
    let titles = columns
        .iter()
        .map(|column| aligned(column.title.to_owned(), column));
    let head = Row::new(titles).style(Style::new().add_modifier(Modifier::UNDERLINED));
    let shown = model.shown().map(|at| {
        let row = row(model, at, &columns);
        if at == model.selected() {
            row.style(Style::new().add_modifier(Modifier::REVERSED))
        } else {
            row
        }
    });
    frame.render_widget(
        Table::new(shown, widths).header(head).column_spacing(1),
        area,
    );
    if model.rows.is_empty() {
        let line = Rect {
            height: 1.min(rows.height),
            ..rows
        };
        frame.render_widget(Paragraph::new(say(status::NONE_LIKE_THAT)), line);
    }
}

fn aligned(text: String, column: &Column) -> Cell<'static> {
    let line = Line::from(cut(text, column.width));
    Cell::from(if column.is_number {
        line.right_aligned()
    } else {
        line
    })
}

/// A text that has no room ends in a sign that says so.
fn cut(text: String, width: u16) -> String {
    let width = usize::from(width);
    if text.width() <= width {
        return text;
    }
    let mut room = width.saturating_sub(1);
    let has_room = |c: &char| {
        let taken = c.width().unwrap_or(0);
        let fits = taken <= room;
        room = room.saturating_sub(taken);
        fits
    };
    let mut cut: String = text.chars().take_while(has_room).collect();
    cut.push('…');
    cut
}

/// What comes next, with the time as on a clock where there is no room for words.
fn next(services: &[&ServiceInfo], width: u16) -> String {
    let text = list::next(services);
    if text.width() <= usize::from(width) {
        return text;
    }
    let pending = services.iter().filter_map(|info| earliest(info));
    match pending.min_by_key(|pending| pending.due) {
        Some(pending) => {
            let time = clock(between(now(), pending.due));
            format!("{} {time}", pending.action.kind.word())
        }
        None => text,
    }
}

/// `58:07`, `1:02:05`; days in words.
fn clock(time: Human) -> String {
    let seconds = time.0.as_secs();
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match seconds {
        86_400.. => time.of(lang()),
        3600.. => format!("{}:{:02}:{rest:02}", minutes / 60, minutes % 60),
        _ => format!("{minutes}:{rest:02}"),
    }
}

fn row(model: &Model, at: usize, columns: &[Column]) -> Row<'static> {
    let services = model.row(at);
    let Some(first) = services.first() else {
        return Row::default();
    };
    let failures: u64 = services
        .iter()
        .map(|info| u64::from(info.recovery.failure_count))
        .sum();
    let has_groups = model.rows.iter().any(rows::Row::is_group);
    let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let memory = Some(model.memory(&services)).filter(|bytes| *bytes > 0);
    let cells = columns.iter().map(|column| {
        let text = match column.shows {
            Shows::Name => {
                let mark = model
                    .rows
                    .get(at)
                    .filter(|_| has_groups)
                    .map_or("", rows::Row::mark);
                format!("{mark}{}", plain(&list::title(&services)))
            }
            Shows::State => {
                let style = Style::new().fg(colour(&services));
                return aligned(list::states(&services), column).style(style);
            }
            Shows::For => dash((services.len() == 1).then(|| list::age(first))),
            Shows::Cpu => {
                let percent = model.percent(&services);
                dash(percent.map(|percent| format!("{percent:.1}%")))
            }
            Shows::Memory => dash(memory.map(|bytes| Size(bytes).of(lang()))),
            Shows::Failures => {
                let failures = Some(failures).filter(|count| *count > 0);
                dash(failures.map(|count| count.to_string()))
            }
            Shows::Line => return Cell::from(line(model, &services, column.width)),
            Shows::Next => plain(&next(&services, column.width)),
        };
        aligned(text, column)
    });
    Row::new(cells.collect::<Vec<_>>())
}

/// How services were in the last half hour. Colours say nothing that the signs do not.
fn line(model: &Model, services: &[&ServiceInfo], width: u16) -> Line<'static> {
    let cells = model.strips.cells(services, now().0, width.into());
    let spans = cells.into_iter().map(|shade| match shade {
        None => Span::raw(" "),
        Some(Shade::Stopped) => Span::raw("."),
        Some(Shade::Up) => Span::styled("=", Style::new().fg(Color::Green)),
        Some(Shade::Failed) => Span::styled("x", Style::new().fg(Color::Red)),
    });
    spans.collect()
}

fn colour(services: &[&ServiceInfo]) -> Color {
    match list::tone(services) {
        Tone::Plain => Color::Reset,
        Tone::Good => Color::Green,
        Tone::Bad => Color::Red,
        Tone::Busy => Color::Yellow,
    }
}

/// Output or entries; both beside each other where there is room.
fn panels(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let name = model
        .chosen()
        .map(|(name, _)| plain(name.as_str()))
        .unwrap_or_default();
    let output = (
        say(top::OutputOf { name: name.clone() }),
        &model.tail.output,
    );
    let entries = (say(top::EventsOf { name }), &model.tail.entries);
    let mut panels = match model.panel {
        Panel::Output => vec![output, entries],
        Panel::Events => vec![entries, output],
    };
    if area.width < WIDE {
        panels.truncate(1);
    }
    let count = u32::try_from(panels.len()).unwrap_or(1);
    let parts = Layout::horizontal(panels.iter().map(|_| Constraint::Ratio(1, count))).spacing(1);
    for ((title, lines), part) in panels.into_iter().zip(parts.split(area).iter()) {
        let block = Block::new().borders(Borders::TOP);
        let block = block.title(cut(title, part.width));
        let room = usize::from(part.height.saturating_sub(1));
        let last = lines.iter().skip(lines.len().saturating_sub(room));
        let last: Vec<Line<'_>> = last.map(|line| Line::from(line.as_str())).collect();
        frame.render_widget(Paragraph::new(last).block(block), *part);
    }
}

/// A question, what became of the last key, or the keys.
fn bottom(model: &Model) -> Line<'static> {
    let bold = Style::new().add_modifier(Modifier::REVERSED);
    match &model.mode {
        Mode::Filter => Line::styled(
            say(top::FilterPrompt {
                filter: plain(&model.filter),
            }),
            bold,
        ),
        Mode::Confirm(act, names) => {
            let (act, names) = (act.word(), named(names));
            Line::styled(say(top::Question { act, names }), bold)
        }
        _ if !model.said.is_empty() => Line::styled(model.said.clone(), bold),
        _ => Line::from(say(top::KEYS)),
    }
}

/// A text in the middle, over the rest.
fn over(frame: &mut Frame<'_>, area: Rect, title: &str, text: &str) {
    let width = area.width.saturating_sub(4).min(100);
    let inner = usize::from(width.saturating_sub(4)).max(1);
    let lines = text
        .lines()
        .map(|line| line.chars().count() / inner + 1)
        .sum::<usize>()
        + 2;
    let height = u16::try_from(lines)
        .unwrap_or(u16::MAX)
        .min(area.height - 2);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, place);
    let block = Block::bordered()
        .title(title.to_owned())
        .title_bottom(say(top::ANY_KEY));
    let paragraph = Paragraph::new(text.to_owned()).wrap(Wrap { trim: false });
    frame.render_widget(paragraph.block(block), place);
}

#[cfg(test)]
mod tests;
