//! The line of one service, from what the event log says of it: when it ran, when it was down after a bad end and
//! when because somebody wanted it, and marks for what happened.
//!
//! A bad end is what the manager takes for one (X33): a failure, a start that failed, a stop with an error, a
//! script that ended with an error. Before a service existed its line is blank.

use relance_scm::event::{BAD_ENDS, Event};
use relance_scm::event_log::LogEntry;
use relance_scm::{RecoveryActionKind, RunId, ServiceState};

use super::window::Window;
use crate::chart::{DueRestarts, Lane, Mark, MarkKind, Span, SpanKind};
use crate::lang::{self, Lang};

/// States; installed; failures and bad ends; actions, and those that failed; recycled and ended by force.
pub(super) const IDS: [u32; 21] = [
    7036, 7045, 7031, 7034, 7000, 7001, 7002, 7003, 7009, 7017, 7023, 7024, 7038, 1011, 1012, 1014,
    1033, 7032, 1001, 1002, 1009,
];

/// Whether a 7036 says that the service runs; a paused one is there too.
fn is_up(state: ServiceState) -> bool {
    state != ServiceState::Stopped
}

/// The state that an entry says was entered.
fn entered(entry: &LogEntry) -> Option<ServiceState> {
    match entry.event()? {
        Event::StateEntered(state) => Some(state),
        _ => None,
    }
}

/// How a service was at some moment, as far as entries say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Before {
    kind: Option<SpanKind>,
    is_ending: bool,
}

impl Before {
    /// The next entry.
    pub(super) fn take(&mut self, entry: &LogEntry) {
        let is_bad_end = BAD_ENDS.contains(&entry.event_id);
        match entry.event() {
            Some(Event::Installed { .. }) => self.kind = Some(SpanKind::Stopped),
            Some(Event::StateEntered(state)) => {
                self.kind = Some(kind_of(state, self.is_ending));
                self.is_ending = false;
            }
            _ if is_bad_end && self.kind == Some(SpanKind::Stopped) => {
                self.kind = Some(SpanKind::Failed);
            }
            _ if is_bad_end && self.kind != Some(SpanKind::Failed) => self.is_ending = true,
            _ => {}
        }
    }
}

fn kind_of(state: ServiceState, is_ending: bool) -> SpanKind {
    match (is_up(state), is_ending) {
        (true, _) => SpanKind::Up,
        (false, true) => SpanKind::Failed,
        (false, false) => SpanKind::Stopped,
    }
}

/// How a service was before the entries, and is after them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    pub(super) before: Before,
    pub(super) is_up_now: bool,
    /// Whether it is down now because it ended badly.
    pub(super) has_failed_now: bool,
}

/// The line of one service.
pub(super) fn lane<'a>(
    entries: impl Iterator<Item = &'a LogEntry>,
    around: Around,
    window: &Window,
    lang: Lang,
) -> Lane {
    let entries: Vec<_> = entries.collect();
    let mut drawing = Drawing::begin(&entries, around, window, lang);
    for entry in entries {
        drawing.take(entry);
    }
    drawing.end()
}

struct Drawing<'a> {
    window: &'a Window,
    lang: Lang,
    lane: Lane,
    /// Its state since `from`; `None` while that is not known, or the service did not exist.
    now: Option<SpanKind>,
    from: i64,
    /// It has ended badly, and its stop is still to come.
    is_ending: bool,
    /// The run whose bad end is marked already.
    marked: Option<RunId>,
    restarts: DueRestarts,
}

impl<'a> Drawing<'a> {
    fn begin(entries: &[&LogEntry], around: Around, window: &'a Window, lang: Lang) -> Self {
        let is_known_later = entries.iter().any(|entry| {
            entered(entry).is_some() || matches!(entry.event(), Some(Event::Installed { .. }))
        });
        // No entry before the window or inside it says anything: it was as it is now.
        let as_now = match (around.is_up_now, around.has_failed_now) {
            (true, _) => SpanKind::Up,
            (false, true) => SpanKind::Failed,
            (false, false) => SpanKind::Stopped,
        };
        let as_now = (!is_known_later && window.is_live).then_some(as_now);
        Self {
            window,
            lang,
            lane: Lane::default(),
            now: around.before.kind.or(as_now),
            from: window.from,
            is_ending: around.before.is_ending,
            marked: None,
            restarts: DueRestarts::default(),
        }
    }

    fn at(&self, entry: &LogEntry) -> i64 {
        entry.at.0.clamp(self.window.from, self.window.to)
    }

    fn take(&mut self, entry: &LogEntry) {
        let at = self.at(entry);
        self.queue(entry);
        if BAD_ENDS.contains(&entry.event_id) {
            self.ended_badly(entry, at);
        }
        match entry.event() {
            // Earlier entries are about an earlier service of this name.
            Some(Event::Installed { .. }) => {
                self.lane = Lane::default();
                (self.from, self.now) = (at, Some(SpanKind::Stopped));
            }
            Some(Event::StateEntered(state)) => self.entered(entry, state, at),
            Some(Event::RecoveryActionFailed(..)) => {
                self.restarts.take(entry.at.0);
                self.mark(entry, at, MarkKind::Ignored);
            }
            Some(Event::RecoveryCancelled(_)) => {
                self.restarts.clear();
                self.lane.marks.retain(|mark| mark.at <= at);
            }
            Some(Event::Recycled(_) | Event::Terminated) => {
                self.mark(entry, at, MarkKind::Action);
            }
            _ => {}
        }
    }

    fn mark(&mut self, entry: &LogEntry, at: i64, kind: MarkKind) {
        self.lane.marks.push(Mark {
            at,
            kind,
            label: entry.sentence_with_author().of(self.lang),
            href: Some(format!("/events/{}", entry.number)),
        });
    }

    fn mark_action(&mut self, entry: &LogEntry, at: i64, kind: RecoveryActionKind) {
        self.lane.marks.push(Mark {
            at,
            kind: MarkKind::Action,
            label: lang::action(kind).of(self.lang).to_owned(),
            href: Some(format!("/events/{}", entry.number)),
        });
    }

    /// The action that a failure says will follow.
    fn queue(&mut self, entry: &LogEntry) {
        match queued(entry) {
            Some((kind, due)) if kind.restarts() => self.restarts.add(due),
            // Nothing is logged when it is carried out, but that it is due.
            Some((kind, due)) if due <= self.window.to => self.mark_action(entry, due, kind),
            _ => {}
        }
    }

    /// One mark for each run, however many entries say how it ended.
    fn ended_badly(&mut self, entry: &LogEntry, at: i64) {
        let run = entry.details.run;
        if run.is_none() || self.marked != run {
            self.mark(entry, at, MarkKind::Failure);
            self.marked = run;
        }
        match self.now {
            // A start that failed, or a stop that was said before its reason.
            Some(SpanKind::Stopped) => {
                self.change(at, SpanKind::Failed);
            }
            Some(SpanKind::Failed) => {}
            Some(SpanKind::Up) | None => self.is_ending = true,
        }
    }

    fn entered(&mut self, entry: &LogEntry, state: ServiceState, at: i64) {
        self.change(at, kind_of(state, self.is_ending));
        self.is_ending = false;
        if is_up(state) && self.restarts.take(entry.at.0) {
            self.mark_action(entry, at, RecoveryActionKind::Restart);
        }
    }

    fn change(&mut self, at: i64, kind: SpanKind) {
        if let Some(kind) = self.now {
            let (from, to) = (self.from, at);
            self.lane.spans.push(Span { from, to, kind });
        }
        (self.from, self.now) = (at, Some(kind));
    }

    fn end(mut self) -> Lane {
        self.change(self.window.to, SpanKind::Stopped);
        self.lane.spans.retain(|span| span.to > span.from);
        self.lane
    }
}

/// The action that a failure says will follow, and when.
fn queued(entry: &LogEntry) -> Option<(RecoveryActionKind, i64)> {
    let Event::Failed {
        action: Some(action),
        ..
    } = entry.event()?
    else {
        return None;
    };
    let due = entry.details.due.unwrap_or(entry.at.after(action.delay()));
    Some((action.kind, due.0))
}

#[cfg(test)]
mod tests {
    use relance_scm::{RecoveryAction, Win32Error};

    use super::*;
    use crate::testing::entry;

    fn state(at: i64, state: ServiceState) -> LogEntry {
        entry(at, &Event::StateEntered(state))
    }

    fn failed(at: i64, kind: RecoveryActionKind, delay_ms: u32) -> LogEntry {
        let action = Some(RecoveryAction::new(kind, delay_ms));
        let failure_count = 1;
        entry(
            at,
            &Event::Failed {
                failure_count,
                action,
            },
        )
    }

    const WINDOW: Window = Window::between(0, 1000);

    fn around(was_up: Option<bool>, is_up_now: bool) -> Around {
        let mut before = Before::default();
        if let Some(up) = was_up {
            let entered = if up {
                ServiceState::Running
            } else {
                ServiceState::Stopped
            };
            before.take(&state(0, entered));
        }
        Around {
            before,
            is_up_now,
            has_failed_now: false,
        }
    }

    #[test]
    fn e7_down_after_a_failure_is_not_down_on_request() {
        let entries = [
            failed(100, RecoveryActionKind::None, 0),
            state(100, ServiceState::Stopped),
            state(300, ServiceState::Running),
            state(800, ServiceState::Stopped),
        ];
        let lane = lane(entries.iter(), around(Some(true), false), &WINDOW, Lang::En);
        let kinds: Vec<_> = lane.spans.iter().map(|s| (s.from, s.to, s.kind)).collect();
        assert_eq!(
            kinds,
            [
                (0, 100, SpanKind::Up),
                (100, 300, SpanKind::Failed),
                (300, 800, SpanKind::Up),
                (800, 1000, SpanKind::Stopped)
            ]
        );
        assert_eq!(super::super::percent(&lane, Lang::Fr), "75,00\u{A0}%");
        assert_eq!(lane.marks[0].href.as_deref(), Some("/events/100"));
    }

    #[test]
    fn actions_are_marked_when_they_are_carried_out() {
        use RecoveryActionKind::{Restart, RunCommand};
        let refused = Event::RecoveryActionFailed(
            RecoveryAction::new(Restart, 0),
            Win32Error::SERVICE_ALREADY_RUNNING,
        );
        let cancelled = Event::RecoveryCancelled(RecoveryAction::new(Restart, 0));
        let entries = [
            failed(100, Restart, 50),
            state(160, ServiceState::Running),
            failed(200, RunCommand, 100),
            state(250, ServiceState::Running),
            failed(400, Restart, 100),
            // By hand, before the restart, which then is refused.
            state(450, ServiceState::Running),
            entry(500, &refused),
            failed(600, RunCommand, 100),
            failed(610, Restart, 100),
            entry(650, &cancelled),
            state(800, ServiceState::Running),
        ];
        let lane = lane(entries.iter(), around(Some(true), true), &WINDOW, Lang::En);
        let actions = lane.marks.iter().filter(|m| m.kind == MarkKind::Action);
        assert_eq!(actions.map(|m| m.at).collect::<Vec<_>>(), [160, 300]);
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let created = [state(500, ServiceState::Running)];
        let spans = lane(created.iter(), around(None, true), &WINDOW, Lang::En).spans;
        assert_eq!(spans.first().map(|span| span.from), Some(500));
        let quiet = lane([].iter(), around(None, true), &WINDOW, Lang::En);
        assert_eq!(quiet.availability(), Some(100.0));
    }

    fn kinds(entries: &[LogEntry], around: Around) -> Vec<(i64, i64, SpanKind)> {
        let lane = lane(entries.iter(), around, &WINDOW, Lang::En);
        let spans = lane.spans.iter();
        spans.map(|span| (span.from, span.to, span.kind)).collect()
    }

    #[test]
    fn a_start_that_failed_and_a_script_that_ended_with_an_error_are_bad_ends() {
        let refused = Event::StartFailed(Win32Error::FILE_NOT_FOUND);
        let entries = [entry(400, &refused), state(700, ServiceState::Running)];
        assert_eq!(
            kinds(&entries, around(Some(false), true)),
            [
                (0, 400, SpanKind::Stopped),
                (400, 700, SpanKind::Failed),
                (700, 1000, SpanKind::Up)
            ]
        );
        let script = Event::CleanStopAfterError("Uncaught Exception".into());
        let entries = [state(500, ServiceState::Stopped), entry(500, &script)];
        assert_eq!(
            kinds(&entries, around(Some(true), false)),
            [(0, 500, SpanKind::Up), (500, 1000, SpanKind::Failed)]
        );
    }

    #[test]
    fn entries_of_one_run_are_one_mark() {
        let run = relance_scm::RunId {
            service: relance_scm::ServiceId(1),
            number: 4,
        };
        let mut entries = [
            entry(100, &Event::StoppedWithSpecificError(3)),
            failed(100, RecoveryActionKind::None, 0),
        ];
        for entry in &mut entries {
            entry.details.run = Some(run);
        }
        let lane = lane(entries.iter(), around(Some(true), false), &WINDOW, Lang::En);
        assert_eq!(lane.marks.len(), 1);
    }

    #[test]
    fn before_it_was_installed_a_service_has_no_time() {
        let installed = Event::Installed {
            image_path: "/a".into(),
            start_type: relance_scm::config::StartType::Demand,
            account_name: "LocalSystem".into(),
        };
        let entries = [entry(600, &installed)];
        assert_eq!(
            kinds(&entries, around(None, false)),
            [(600, 1000, SpanKind::Stopped)]
        );
    }
}
