//! What keys and the mouse do with what `relance top` knows.

use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use relance_texts::{Lang, top};

use super::super::news::{Act, Wish};
use super::super::rows::Place;
use super::{Mode, Model, Order, Panel};
use crate::lang::{lang, say};

/// Columns of the mark before the name of a group.
const MARK: u16 = 2;

impl Model {
    /// Takes a key or a movement of the mouse, and returns what to do.
    pub(super) fn input(&mut self, input: Event) -> Vec<Wish> {
        match input {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
                if is_control && key.code == KeyCode::Char('c') {
                    return vec![Wish::Quit];
                }
                match &self.mode {
                    Mode::Table => self.key(key),
                    Mode::Filter => self.typed(key),
                    Mode::Confirm(act, names) => {
                        let yes: &[char] = match lang() {
                            Lang::En => &['y', 'Y'],
                            Lang::Fr => &['o', 'O'],
                        };
                        let wish = Wish::Do(*act, names.clone());
                        self.mode = Mode::Table;
                        let is_yes = matches!(key.code, KeyCode::Char(c) if yes.contains(&c));
                        if is_yes { vec![wish] } else { Vec::new() }
                    }
                    Mode::Text(..) => {
                        self.mode = Mode::Table;
                        Vec::new()
                    }
                }
            }
            Event::Mouse(mouse) => {
                self.mouse(mouse);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn key(&mut self, key: KeyEvent) -> Vec<Wish> {
        let page = usize::from(self.places.rows.height).max(1);
        self.said.clear();
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return vec![Wish::Quit],
            KeyCode::Down | KeyCode::Char('j') => self.choose(self.selected + 1),
            KeyCode::Up | KeyCode::Char('k') => self.choose(self.selected.saturating_sub(1)),
            KeyCode::PageDown => self.choose(self.selected + page),
            KeyCode::PageUp => self.choose(self.selected.saturating_sub(page)),
            KeyCode::Home => self.choose(0),
            KeyCode::End => self.choose(usize::MAX),
            KeyCode::Char('/') => self.mode = Mode::Filter,
            KeyCode::Char('f') => {
                self.only_failed = !self.only_failed;
                self.arrange();
            }
            KeyCode::Char('g') => {
                self.groups.is_flat = !self.groups.is_flat;
                self.arrange();
            }
            KeyCode::Char('l') => self.has_lines = !self.has_lines,
            KeyCode::Char('o') => self.sort(None),
            KeyCode::Char('e') | KeyCode::Tab => {
                self.panel = match self.panel {
                    Panel::Output => Panel::Events,
                    Panel::Events => Panel::Output,
                };
            }
            KeyCode::Char('?' | 'h') => {
                self.mode = Mode::Text(say(top::HELP_TITLE), say(top::HELP));
            }
            KeyCode::Enter if self.is_open().is_some() => self.toggle(),
            KeyCode::Right => self.open(true),
            KeyCode::Left => self.open(false),
            KeyCode::Char('w') | KeyCode::Enter => {
                return self
                    .chosen()
                    .map(|(name, _)| Wish::Why(name))
                    .into_iter()
                    .collect();
            }
            KeyCode::Char('s') => return self.ask(Act::Start),
            KeyCode::Char('t') => return self.ask(Act::Stop),
            KeyCode::Char('r') => return self.ask(Act::Restart),
            KeyCode::Char('x') => return self.ask(Act::Force),
            _ => {}
        }
        Vec::new()
    }

    /// A start or a restart of one service happens at once; everything else asks first.
    fn ask(&mut self, act: Act) -> Vec<Wish> {
        let names = self.chosen_names();
        match (&*names, act) {
            ([], _) => Vec::new(),
            ([_], Act::Start | Act::Restart) => vec![Wish::Do(act, names)],
            _ => {
                self.mode = Mode::Confirm(act, names);
                Vec::new()
            }
        }
    }

    fn typed(&mut self, key: KeyEvent) -> Vec<Wish> {
        match key.code {
            KeyCode::Enter => self.mode = Mode::Table,
            KeyCode::Esc => {
                self.filter.clear();
                self.mode = Mode::Table;
            }
            KeyCode::Backspace => {
                self.filter.pop();
            }
            KeyCode::Char(c) => self.filter.push(c),
            _ => {}
        }
        self.arrange();
        Vec::new()
    }

    fn choose(&mut self, row: usize) {
        self.selected = row.min(self.rows.len().saturating_sub(1));
    }

    /// Whether the chosen row is that of a group which is open; `None` if it is not a group's.
    fn is_open(&self) -> Option<bool> {
        match self.rows.get(self.selected)?.place {
            Place::Group { is_open } => Some(is_open),
            Place::Alone | Place::Member => None,
        }
    }

    /// Opens or closes the group that is chosen; from a member on, its group closes and is chosen.
    fn open(&mut self, is_open: bool) {
        let place = self.rows.get(self.selected).map(|row| row.place);
        let is_meant = match place {
            Some(Place::Group { .. }) => true,
            Some(Place::Member) => !is_open,
            Some(Place::Alone) | None => false,
        };
        let key = self.chosen_key().filter(|_| is_meant);
        if let Some(info) = key.and_then(|key| self.services.get(key)) {
            self.groups.set(info, is_open);
            self.arrange();
        }
    }

    fn toggle(&mut self) {
        if let Some(is_open) = self.is_open() {
            self.open(!is_open);
        }
    }

    /// By this, or by what comes next.
    fn sort(&mut self, order: Option<Order>) {
        let next = || {
            let at = Order::ALL.iter().position(|order| *order == self.order);
            Order::ALL[(at.unwrap_or(0) + 1) % Order::ALL.len()]
        };
        self.order = order.unwrap_or_else(next);
        self.arrange();
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        let at = (mouse.column, mouse.row).into();
        match mouse.kind {
            MouseEventKind::ScrollDown => self.choose(self.selected + 3),
            MouseEventKind::ScrollUp => self.choose(self.selected.saturating_sub(3)),
            MouseEventKind::Down(MouseButton::Left) if self.places.rows.contains(at) => {
                let row = self.first + usize::from(mouse.row - self.places.rows.y);
                if row < self.rows.len() {
                    let is_again = row == self.selected;
                    self.choose(row);
                    // On its mark, or where it is chosen already.
                    if is_again || mouse.column < self.places.rows.x + MARK {
                        self.toggle();
                    }
                }
            }
            MouseEventKind::Down(MouseButton::Left) if self.places.head.contains(at) => {
                let mut columns = self.places.columns.iter().rev();
                let column = columns.find(|(from, _)| *from <= mouse.column);
                let order = column.map(|(_, order)| *order);
                self.sort(order);
            }
            _ => {}
        }
    }
}
