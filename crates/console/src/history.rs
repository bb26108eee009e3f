//! The recovery time line of a service, and of all that failed: when each ran, when it was down, what
//! was done about it, and what share of the time it was there.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::event::Event;
use relance_scm::event_log::{EventFilter, LogEntry, Timestamp};
use relance_scm::manager::ServiceInfo;
use relance_scm::{RecoveryActionKind, ScmError, ServiceId, ServiceState};
use relance_texts::console;

use crate::chart::{Axis, DueRestarts, Lane, Mark, MarkKind, Span, SpanKind, draw, legend};
use crate::form::{Form, Query, query};
use crate::lacking::{Feature, reason};
use crate::lang::{self, Lang};
use crate::layout::{self, Page, Place};
use crate::reply::{Answer, page as html_page};
use crate::tab::Tab;
use crate::time::now_ms;
use crate::viewer::Viewer;

/// Windows of time that can be chosen: a word, and milliseconds.
const WINDOWS: [(&str, i64); 5] = [
    ("10m", 600_000),
    ("1h", 3_600_000),
    ("1d", 86_400_000),
    ("7d", 604_800_000),
    ("30d", 2_592_000_000),
];
/// Entries that are looked at, at most.
const ENTRIES_MAX: u32 = 10_000;
/// Services that are drawn on the page of the machine.
const LANES_MAX: usize = 60;
/// Running, stopped or paused; failures; actions that failed; recycled and terminated.
const IDS: [u32; 6] = [7036, 7031, 7034, 7032, 1001, 1002];

/// What is looked at.
struct Window {
    word: &'static str,
    from: i64,
    to: i64,
}

impl Window {
    fn of(form: &Form) -> Self {
        let asked = form.get("window").unwrap_or("1d");
        let (word, length) = WINDOWS
            .into_iter()
            .find(|(word, _)| *word == asked)
            .unwrap_or(WINDOWS[2]);
        let to = now_ms();
        Self {
            word,
            from: to - length,
            to,
        }
    }
}

/// What the log says of some services in a window, and how each was before it.
struct Found {
    entries: Vec<LogEntry>,
    before: BTreeMap<ServiceId, bool>,
    /// The window holds more entries than are looked at.
    truncated: bool,
}

async fn find(
    viewer: &Viewer,
    service: Option<ServiceId>,
    window: &Window,
) -> Result<Found, ScmError> {
    let inside = EventFilter {
        service,
        event_ids: IDS.to_vec(),
        since: Some(Timestamp(window.from)),
        limit: ENTRIES_MAX,
        ..EventFilter::default()
    };
    let earlier = EventFilter {
        service,
        event_ids: vec![7036],
        until: Some(Timestamp(window.from)),
        limit: if service.is_some() { 1 } else { ENTRIES_MAX },
        ..EventFilter::default()
    };
    let (inside, earlier) = viewer
        .with(move |manager, caller| {
            let find = |filter| {
                relance_scm::manager::wait(|reply| manager.find_events(caller, filter, reply))
            };
            Ok((find(inside)?, find(earlier)?))
        })
        .await?;
    let before = earlier.entries.iter().filter_map(|entry| {
        let (id, _) = entry.service.as_ref()?;
        Some((*id, is_up(entered(entry)?)))
    });
    Ok(Found {
        // The oldest first, so the last one before the window is what stays.
        before: before.collect(),
        entries: inside.entries,
        truncated: inside.more,
    })
}

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

/// The line of one service.
fn lane<'a>(
    entries: impl Iterator<Item = &'a LogEntry>,
    was_up: Option<bool>,
    is_up_now: bool,
    window: &Window,
    lang: Lang,
) -> Lane {
    let mut lane = Lane::default();
    let entries: Vec<_> = entries.collect();
    let states = || entries.iter().filter_map(|entry| entered(entry));
    // Nothing before and nothing inside: as it is now.
    let first = was_up.or_else(|| states().next().is_none().then_some(is_up_now));
    let mut now = first.map(|up| if up { SpanKind::Up } else { SpanKind::Stopped });
    let mut from = window.from;
    let mut failed = false;
    let mut restarts = DueRestarts::default();
    for entry in &entries {
        let at = entry.at.0.clamp(window.from, window.to);
        let href = Some(format!("/events/{}", entry.number));
        match queued(entry) {
            Some((kind, due)) if kind.restarts() => restarts.add(due),
            // Nothing is logged when it is carried out, but that it is due.
            Some((kind, due)) if due <= window.to => lane.marks.push(Mark {
                at: due,
                kind: MarkKind::Action,
                label: lang::action(kind).of(lang).to_owned(),
                href: href.clone(),
            }),
            _ => {}
        }
        match entry.event() {
            Some(Event::StateEntered(state)) => {
                if let Some(kind) = now {
                    lane.spans.push(Span { from, to: at, kind });
                }
                from = at;
                now = Some(match (is_up(state), failed) {
                    (true, _) => SpanKind::Up,
                    (false, true) => SpanKind::Failed,
                    (false, false) => SpanKind::Stopped,
                });
                failed = false;
                if is_up(state) && restarts.take(entry.at.0) {
                    lane.marks.push(Mark {
                        at,
                        kind: MarkKind::Action,
                        label: lang::action(RecoveryActionKind::Restart)
                            .of(lang)
                            .to_owned(),
                        href: href.clone(),
                    });
                }
            }
            Some(Event::Failed { .. }) => failed = true,
            Some(Event::RecoveryActionFailed(..)) => {
                restarts.take(entry.at.0);
            }
            Some(Event::RecoveryCancelled(_)) => {
                restarts.clear();
                lane.marks.retain(|mark| mark.at <= at);
            }
            _ => {}
        }
        if let Some(kind) = entry.event().as_ref().and_then(mark_kind) {
            lane.marks.push(Mark {
                at,
                kind,
                label: entry.sentence().of(lang),
                href,
            });
        }
    }
    if let Some(kind) = now {
        lane.spans.push(Span {
            from,
            to: window.to,
            kind,
        });
    }
    lane.spans.retain(|span| span.to > span.from);
    lane
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

fn mark_kind(event: &Event) -> Option<MarkKind> {
    match event {
        Event::Failed { .. } => Some(MarkKind::Failure),
        Event::RecoveryActionFailed(..) => Some(MarkKind::Ignored),
        Event::Recycled(_) | Event::Terminated => Some(MarkKind::Action),
        _ => None,
    }
}

fn percent(lane: &Lane, lang: Lang) -> String {
    lane.availability().map_or_else(
        || "–".to_owned(),
        |share| {
            let share = lang::decimal(share, 2, lang);
            format!("{share}\u{A0}%")
        },
    )
}

fn failures(lane: &Lane) -> usize {
    let failures = |mark: &&Mark| mark.kind == MarkKind::Failure;
    lane.marks.iter().filter(failures).count()
}

fn windows(action: &str, name: &str, window: &Window, lang: Lang) -> Markup {
    html! {
        nav.windows aria-label=(console::WINDOW_OF_TIME.of(lang)) {
            @for (word, _) in WINDOWS {
                a href={ (action) "?" (query(&[("name", name), ("window", word)])) }
                    aria-current=[(word == window.word).then_some("true")] { (label(word, lang)) }
            }
        }
    }
}

fn label(word: &str, lang: Lang) -> &'static str {
    match word {
        "10m" => console::N_10_MINUTES.of(lang),
        "1h" => console::N_1_HOUR.of(lang),
        "7d" => console::N_7_DAYS.of(lang),
        "30d" => console::N_30_DAYS.of(lang),
        _ => console::N_1_DAY.of(lang),
    }
}

/// The tab of one service.
pub(crate) async fn of_service(viewer: &Viewer, info: &ServiceInfo, form: &Form) -> Answer<Markup> {
    let lang = viewer.lang();
    let window = Window::of(form);
    let found = find(viewer, Some(info.id), &window).await?;
    let was_up = found.before.get(&info.id).copied();
    let is_up_now = info.status.state != ServiceState::Stopped;
    let lane = lane(found.entries.iter(), was_up, is_up_now, &window, lang);
    let name = info.config.service_name.as_str();
    Ok(html! {
        (windows(Tab::History.word(), name, &window, lang))
        section.card {
            p.big {
                strong { (percent(&lane, lang)) } " " (console::AVAILABLE.of(lang)) " · "
                (lang.say(console::FailuresCount { count: failures(&lane) }))
            }
            (draw(&lane, window.from, window.to, Axis::Wall, console::TIME_LINE.of(lang)))
            (legend(lang))
            (note(&found, lang))
        }
    })
}

fn note(found: &Found, lang: Lang) -> Markup {
    html! {
        p.dim { (console::AVAILABILITY_IS_THE_SHARE.of(lang)) }
        @if let Some(reason) = reason(Feature::EveryState, lang) { p.dim { (reason) } }
        @if found.truncated {
            p.note.warn { (console::THERE_ARE_MORE_EVENTS.of(lang)) }
        }
    }
}

/// `GET /history`: all services that failed in the window.
pub(crate) async fn page(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let lang = viewer.lang();
    let window = Window::of(&form);
    let hub = viewer.hub().await?;
    let found = find(&viewer, None, &window).await?;
    let infos: Vec<_> = hub.read(|state| state.services.values().cloned().collect());
    let mut by_service: BTreeMap<ServiceId, Vec<&LogEntry>> = BTreeMap::new();
    for entry in &found.entries {
        if let Some((id, _)) = &entry.service {
            by_service.entry(*id).or_default().push(entry);
        }
    }
    let mut lanes: Vec<_> = infos
        .iter()
        .map(|info| {
            let entries = by_service.get(&info.id).into_iter().flatten().copied();
            let is_up_now = info.status.state != ServiceState::Stopped;
            let was_up = found.before.get(&info.id).copied();
            (info, lane(entries, was_up, is_up_now, &window, lang))
        })
        .collect();
    let all: usize = lanes.iter().map(|(_, lane)| failures(lane)).sum();
    let together = Lane {
        spans: lanes
            .iter()
            .flat_map(|(_, lane)| lane.spans.clone())
            .collect(),
        marks: vec![],
    };
    let machine = percent(&together, lang);
    lanes.retain(|(_, lane)| failures(lane) > 0);
    lanes.sort_by_key(|(_, lane)| std::cmp::Reverse(failures(lane)));
    let title = console::HISTORY.of(lang);
    let body = html! {
        div.head { h1 { (title) } }
        (windows("/history", "", &window, lang))
        section.card {
            p.big { strong { (machine) } " " (console::AVAILABLE_ALL_SERVICES_TOGETHER.of(lang)) " · " (lang.say(console::FailuresCount { count: all })) }
            (legend(lang))
            @if lanes.is_empty() { p.empty { (console::NO_SERVICE_FAILED_IN.of(lang)) } }
            @for (info, lane) in lanes.iter().take(LANES_MAX) {
                @let name = &info.config.service_name;
                div.lane {
                    h2 { a href=(Tab::History.href(name)) { bdi { (info.config.display_name) } } " " span.dim { (percent(lane, lang)) " · " (lang.say(console::FailuresCount { count: failures(lane) })) } }
                    (draw(lane, window.from, window.to, Axis::Wall, &info.config.display_name))
                }
            }
            (note(&found, lang))
        }
    };
    let content = Page {
        title,
        place: Place::History,
        stream: None,
        body,
    };
    Ok(html_page(layout::render(&viewer, content)).into_response())
}

#[cfg(test)]
mod tests {
    use relance_scm::event_log::Details;
    use relance_scm::{RecoveryAction, Win32Error};

    use super::*;

    fn entry(at: i64, event: &Event) -> LogEntry {
        LogEntry {
            number: at.unsigned_abs(),
            at: Timestamp(at),
            source: event.source(),
            event_id: event.id(),
            level: event.level(),
            service: None,
            parameters: event.parameters("a", "a"),
            details: Details::default(),
        }
    }

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

    const WINDOW: Window = Window {
        word: "1h",
        from: 0,
        to: 1000,
    };

    #[test]
    fn e7_down_after_a_failure_is_not_down_on_request() {
        let entries = [
            failed(100, RecoveryActionKind::None, 0),
            state(100, ServiceState::Stopped),
            state(300, ServiceState::Running),
            state(800, ServiceState::Stopped),
        ];
        let lane = lane(entries.iter(), Some(true), false, &WINDOW, Lang::En);
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
        assert_eq!(percent(&lane, Lang::Fr), "75,00\u{A0}%");
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
        let lane = lane(entries.iter(), Some(true), true, &WINDOW, Lang::En);
        let actions = lane.marks.iter().filter(|m| m.kind == MarkKind::Action);
        assert_eq!(actions.map(|m| m.at).collect::<Vec<_>>(), [160, 300]);
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let created = [state(500, ServiceState::Running)];
        let spans = lane(created.iter(), None, true, &WINDOW, Lang::En).spans;
        assert_eq!(spans.first().map(|span| span.from), Some(500));
        let quiet = lane([].iter(), None, true, &WINDOW, Lang::En);
        assert_eq!(quiet.availability(), Some(100.0));
    }
}
