//! How `relance top` looks: a line about all, the table, output or entries of the chosen service, the keys. Only
//! rows that have room are made.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Cell, Clear, Paragraph, Row, Table, Wrap};
use relance_scm::manager::ServiceInfo;
use relance_texts::{Size, status, top};

use super::super::list;
use super::model::{Mode, Model, Order, Panel, named};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::table::Tone;

/// Narrower or lower terminals show nothing that helps.
const SIZE_MIN: (u16, u16) = (40, 8);
/// From this width on there is room for more columns, and for output beside entries.
const WIDE: u16 = 120;
/// Names rarely need more.
const NAME_MAX: u16 = 48;

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model) {
    let area = frame.area();
    if area.width < SIZE_MIN.0 || area.height < SIZE_MIN.1 {
        frame.render_widget(Paragraph::new(say(top::TOO_SMALL)), area);
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
    if model.grouped {
        notes.push(say(top::GROUPED));
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

/// A column: its title, its width, what it sorts by.
struct Column {
    title: &'static str,
    width: u16,
    order: Order,
    is_number: bool,
}

fn columns(width: u16) -> Vec<Column> {
    let column = |title: relance_texts::Words, width, order, is_number| Column {
        title: title.of(lang()),
        width,
        order,
        is_number,
    };
    let is_wide = width >= WIDE;
    let next = if is_wide { 34 } else { 16 };
    let mut columns = vec![
        column(status::COLUMN_NAME, 0, Order::Name, false),
        column(
            status::COLUMN_STATE,
            if is_wide { 24 } else { 15 },
            Order::State,
            false,
        ),
        column(status::COLUMN_FOR, 10, Order::State, true),
        column(top::COLUMN_CPU, 6, Order::Cpu, true),
        column(status::COLUMN_MEMORY, 9, Order::Memory, true),
        column(top::COLUMN_FAILURES, 5, Order::Failures, true),
        column(status::COLUMN_NEXT, next, Order::Failures, false),
    ];
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
    let columns = columns(area.width);
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
    let line = Line::from(text);
    Cell::from(if column.is_number {
        line.right_aligned()
    } else {
        line
    })
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
    let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let memory = Some(model.memory(&services)).filter(|bytes| *bytes > 0);
    let age = (services.len() == 1).then(|| list::age(first));
    let texts = [
        plain(&list::title(&services)),
        list::states(&services),
        dash(age),
        dash(
            model
                .percent(&services)
                .map(|percent| format!("{percent:.1}%")),
        ),
        dash(memory.map(|bytes| Size(bytes).of(lang()))),
        dash(
            Some(failures)
                .filter(|count| *count > 0)
                .map(|count| count.to_string()),
        ),
        plain(&list::next(&services)),
    ];
    let colour = colour(&services);
    let cells = texts
        .into_iter()
        .zip(columns)
        .enumerate()
        .map(|(index, (text, column))| {
            let cell = aligned(text, column);
            if index == 1 {
                cell.style(Style::new().fg(colour))
            } else {
                cell
            }
        });
    Row::new(cells.collect::<Vec<_>>())
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
    let parts = Layout::horizontal(panels.iter().map(|_| Constraint::Ratio(1, count)));
    for ((title, lines), part) in panels.into_iter().zip(parts.split(area).iter()) {
        let block = Block::new().borders(Borders::TOP).title(title);
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
