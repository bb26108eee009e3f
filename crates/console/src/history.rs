//! The recovery time line of a service, and of all that failed: when each ran, when it was down, what
//! was done about it, and what share of the time it was there.
//!
//! [`window`] decides which part of time is drawn, [`lane()`] makes the line of a service, `chart` draws it.

mod lane;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::event_log::{EventFilter, LogEntry, Timestamp};
use relance_scm::manager::{ServiceInfo, wait};
use relance_scm::{ScmError, ServiceId, ServiceState};
use relance_texts::console;
use tokio::sync::broadcast::error::RecvError;

use self::lane::{Around, Before, IDS, lane};
use self::window::Window;
use crate::chart::{Axis, Lane, Mark, MarkKind, draw, legend, table};
use crate::form::{Form, Query, query};
use crate::hub::Hub;
use crate::lacking::{Feature, reason};
use crate::lang::{self, Lang};
use crate::layout::{self, Page, Place};
use crate::reply::{Answer, page as html_page};
use crate::stream::{Closed, Message, Sender, respond};
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Entries that are looked at, at most.
const ENTRIES_MAX: u32 = 10_000;
/// Entries before the window that say how one service was then.
const EARLIER: u32 = 50;
/// Services that are drawn on the page of the machine.
const LANES_MAX: usize = 60;
/// How often an open page is drawn again, and how soon after a change.
const DRAWN_EVERY: Duration = Duration::from_secs(10);
const TOGETHER: Duration = Duration::from_millis(500);

/// What the log says of some services in a window, and how each was before it.
struct Found {
    entries: Vec<LogEntry>,
    before: BTreeMap<ServiceId, Before>,
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
        until: (!window.is_live).then_some(Timestamp(window.to)),
        limit: ENTRIES_MAX,
        ..EventFilter::default()
    };
    let earlier = EventFilter {
        service,
        event_ids: IDS.to_vec(),
        until: Some(Timestamp(window.from)),
        limit: service.map_or(ENTRIES_MAX, |_| EARLIER),
        ..EventFilter::default()
    };
    let (inside, earlier) = viewer
        .with(move |manager, caller| {
            let find = |filter| wait(|reply| manager.find_events(caller, filter, reply));
            Ok((find(inside)?, find(earlier)?))
        })
        .await?;
    let mut before: BTreeMap<_, Before> = BTreeMap::new();
    for entry in &earlier.entries {
        if let Some((id, _)) = &entry.service {
            before.entry(*id).or_default().take(entry);
        }
    }
    Ok(Found {
        before,
        entries: inside.entries,
        truncated: inside.more,
    })
}

impl Found {
    fn around(&self, info: &ServiceInfo) -> Around {
        Around {
            before: self.before.get(&info.id).copied().unwrap_or_default(),
            is_up_now: info.status.state != ServiceState::Stopped,
            has_failed_now: info.has_failed(),
        }
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

/// Where the entries of a service are listed, for marks that stand for several.
fn events(name: &str) -> String {
    format!("/service/events?{}", query(&[("name", name)]))
}

/// The tab of one service.
pub(crate) async fn of_service(viewer: &Viewer, info: &ServiceInfo, form: &Form) -> Answer<Markup> {
    let lang = viewer.lang();
    let window = Window::of(form);
    let name = info.config.service_name.as_str();
    let drawn = draw_service(viewer, info, &window).await?;
    let query = query(&[("name", name), ("window", window.word())]);
    let stream = format!("/stream/history?{query}");
    Ok(html! {
        div data-stream=[window.is_live.then_some(stream)] {
            (window.links(Tab::History.word(), name, lang))
            section.card #timeline { (drawn) }
        }
    })
}

async fn draw_service(
    viewer: &Viewer,
    info: &ServiceInfo,
    window: &Window,
) -> Result<Markup, ScmError> {
    let lang = viewer.lang();
    let found = find(viewer, Some(info.id), window).await?;
    let lane = lane(found.entries.iter(), found.around(info), window, lang);
    let events = events(info.config.service_name.as_str());
    Ok(html! {
        p.big {
            strong { (percent(&lane, lang)) } " " (console::AVAILABLE.of(lang)) " · "
            (lang.say(console::FailuresCount { count: failures(&lane) }))
        }
        (draw(&lane, window.from, window.to, Axis::Wall(&events), console::TIME_LINE.of(lang), lang))
        (legend(lang))
        (table(&lane, lang))
        (note(&found, lang))
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
    let drawn = draw_machine(&viewer, &hub, &window).await?;
    let title = console::HISTORY.of(lang);
    let body = html! {
        div.head { h1 { (title) } }
        (window.links("/history", "", lang))
        section.card #timeline { (drawn) }
    };
    let content = Page {
        title,
        place: Place::History,
        stream: window
            .is_live
            .then(|| format!("/stream/history?window={}", window.word())),
        body,
    };
    Ok(html_page(layout::render(&viewer, content)).into_response())
}

async fn draw_machine(viewer: &Viewer, hub: &Hub, window: &Window) -> Result<Markup, ScmError> {
    let lang = viewer.lang();
    let found = find(viewer, None, window).await?;
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
            (info, lane(entries, found.around(info), window, lang))
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
    Ok(html! {
        p.big { strong { (machine) } " " (console::AVAILABLE_ALL_SERVICES_TOGETHER.of(lang)) " · " (lang.say(console::FailuresCount { count: all })) }
        (legend(lang))
        @if lanes.is_empty() { p.empty { (console::NO_SERVICE_FAILED_IN.of(lang)) } }
        @for (info, lane) in lanes.iter().take(LANES_MAX) {
            @let name = &info.config.service_name;
            div.lane data-id=(info.id.0) {
                h2 { a href=(Tab::History.href(name)) { bdi { (info.config.display_name) } } " " span.dim { (percent(lane, lang)) " · " (lang.say(console::FailuresCount { count: failures(lane) })) } }
                (draw(lane, window.from, window.to, Axis::Wall(&events(name.as_str())), &info.config.display_name, lang))
            }
        }
        (note(&found, lang))
    })
}

/// `GET /stream/history`: the drawing, again and again. With a name it is that of the service.
pub(crate) async fn stream(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let info = match form.given("name") {
        Some(_) => Some(hub.find(&form.name()?)?),
        None => None,
    };
    Ok(respond(move |sender| follow(viewer, hub, info, form, sender)).into_response())
}

async fn follow(
    viewer: Viewer,
    hub: Arc<Hub>,
    info: Option<Arc<ServiceInfo>>,
    form: Form,
    sender: Sender,
) -> Result<(), Closed> {
    let mut log = hub.log();
    loop {
        let happened = async {
            loop {
                match log.recv().await {
                    Ok(entry) if concerns(&entry, info.as_deref()) => return,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            _ = tokio::time::timeout(DRAWN_EVERY, happened) => {}
            () = sender.closed() => return Err(Closed),
        }
        tokio::time::sleep(TOGETHER).await;
        let window = Window::of(&form);
        let drawn = match &info {
            Some(info) => {
                let now = hub.read(|state| state.find(&info.config.service_name).cloned());
                draw_service(&viewer, now.as_ref().unwrap_or(info), &window).await
            }
            None => draw_machine(&viewer, &hub, &window).await,
        };
        // A manager that is gone is noticed by the stream of the page.
        if let Ok(drawn) = drawn {
            let parts = vec![("timeline", drawn.into_string())];
            sender.send(Message::Parts { parts }).await?;
        }
    }
}

fn concerns(entry: &LogEntry, info: Option<&ServiceInfo>) -> bool {
    let service = entry.service.as_ref();
    info.is_none_or(|info| service.is_some_and(|(id, _)| *id == info.id))
}
