//! The start page: what needs attention now, what is about to happen, what has failed since yesterday and why,
//! and what people changed.

mod needs;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::event_log::{
    EventFilter, EventPage, Failures, LogEntry, ServiceFailures, Timestamp,
};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceId};
use relance_texts::{Words, console};
use tokio::sync::broadcast::error::TryRecvError;
use tokio::time::Instant;

use crate::form::query;
use crate::hub::{Hub, State};
use crate::lang::{self, Lang, SLOTS, rich};
use crate::layout::{self, Page, Place};
use crate::reply::{Answer, page as html_page, problem};
use crate::stream::{Closed, Message, Sender, respond};
use crate::tab::Tab;
use crate::viewer::Viewer;
use crate::{log, row, table, time};

/// How far back failures and changes are looked for, milliseconds.
const BACK_MS: i64 = 86_400_000;
/// Entries among which failures are looked for, at most.
const ENTRIES_MAX: usize = 50_000;
/// Rows of each part.
const ROWS_MAX: usize = 50;
/// Rows of a part that are seen before the others are unfolded: a phone shows eight or so at a time.
const SEEN: usize = 8;
/// Lines of output below a failure.
const LINES: usize = 5;
/// Changes that come faster than this are shown together.
const TOGETHER: Duration = Duration::from_millis(500);
/// How often the event log is searched again, if it has grown.
const LOG_EVERY: Duration = Duration::from_secs(5);
/// Entries about actions of people: controls, restarts, ends by force, changes, creation, deletion.
const CHANGES: [u32; 9] = [7045, 7040, 1153, 7035, 7036, 1010, 1023, 1002, 1009];

/// `GET /overview`
pub(crate) async fn page(viewer: Viewer) -> Answer<Response> {
    let lang = viewer.lang();
    let hub = viewer.hub().await?;
    let (now, next) = hub.read(|state| (needs::now(state, &viewer), next(state, lang)));
    let (failed, changes) = from_log(&viewer, &hub).await;
    let title = console::OVERVIEW.of(lang);
    let body = html! {
        div.head { h1 { (title) } span #summary.summary { (hub.read(|state| summary(state, lang))) } }
        section.card aria-labelledby="now-title" {
            h2 #now-title { (console::NEEDS_A_PERSON.of(lang)) }
            div #now { (now) }
        }
        section.card aria-labelledby="next-title" {
            h2 #next-title { (console::ABOUT_TO_HAPPEN.of(lang)) }
            div #next { (next) }
        }
        section.card aria-labelledby="failed-title" {
            h2 #failed-title { (console::FAILED_SINCE_YESTERDAY.of(lang)) }
            div #failed { (failed) }
        }
        section.card aria-labelledby="changes-title" {
            h2 #changes-title { (console::WHO_CHANGED_WHAT.of(lang)) }
            div #changes { (changes) }
        }
    };
    let content = Page {
        title,
        place: Place::Overview,
        stream: Some("/stream/overview".to_owned()),
        body,
    };
    Ok(html_page(layout::render(&viewer, content)).into_response())
}

fn summary(state: &State, lang: Lang) -> Markup {
    let view = table::View::of(state, &table::Wanted::default());
    html! {
        a href="/" { (view.all) " " (console::SERVICES_SERVICES.of(lang)) }
        " · " (view.running) " " (console::SERVICES_RUNNING.of(lang))
        @if view.failed > 0 { " · " a.bad href="/?state=failed" { (view.failed) " " (console::FAILED.of(lang)) } }
    }
}

/// A service by its display name; the link leads to one of its tabs.
fn link(info: &ServiceInfo, tab: Tab) -> Markup {
    html! { a href=(tab.href(&info.config.service_name)) { bdi { (info.config.display_name) } } }
}

/// A colon between two parts of a row.
fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::En => ": ",
        Lang::Fr => "\u{A0}: ",
    }
}

/// What is due: recoveries and schedules, the soonest first.
fn next(state: &State, lang: Lang) -> Markup {
    let mut due: Vec<(i64, Markup)> = Vec::new();
    for info in state.services.values() {
        let pending = info.recovery.pending.iter();
        due.extend(pending.map(|pending| {
            let deed = lang::action(pending.action.kind).of(lang);
            (
                pending.due.0,
                html! { (link(info, Tab::Recovery)) (colon(lang)) (deed) },
            )
        }));
        due.extend(info.next_start.map(|at| {
            let text =
                html! { (link(info, Tab::General)) (colon(lang)) (console::STARTS_BY_SCHEDULE.of(lang)) };
            (at.0, text)
        }));
    }
    due.sort_by_key(|(at, _)| *at);
    html! {
        @if due.is_empty() { p.dim { (console::NOTHING_IS_DUE.of(lang)) } }
        @let rows = due.iter().take(ROWS_MAX).map(|(at, what)| html! { li { span.when { (time::until(*at)) } span { (what) } } });
        (folded(rows, console::LATER, |rows| html! { ul.due { @for row in rows { (row) } } }, lang))
        (others(due.len(), "/?sort=next", lang))
    }
}

/// The first rows of a part; the others are folded away below a word.
fn folded(
    rows: impl Iterator<Item = Markup>,
    word: Words,
    list: impl Fn(&[Markup]) -> Markup,
    lang: Lang,
) -> Markup {
    let rows: Vec<Markup> = rows.collect();
    let (seen, others) = rows.split_at(SEEN.min(rows.len()));
    html! {
        (list(seen))
        @if !others.is_empty() { details { summary { (word.of(lang)) } (list(others)) } }
    }
}

/// There are more than are shown.
fn others(count: usize, href: &str, lang: Lang) -> Markup {
    html! {
        @if count > ROWS_MAX { p { a href=(href) { (lang.say(console::AndMore { count: count - ROWS_MAX })) } } }
    }
}

/// What the event log says: failures, and what people changed.
async fn from_log(viewer: &Viewer, hub: &Hub) -> (Markup, Markup) {
    let lang = viewer.lang();
    let since = Timestamp(time::now_ms() - BACK_MS);
    let failed = match collect(viewer, since).await {
        Ok(report) => {
            let ids: BTreeMap<_, _> = hub.read(|state| {
                let services = state.services.values();
                services.map(|info| (info.id, Arc::clone(info))).collect()
            });
            failed(&report, &ids, lang)
        }
        Err(error) => problem(&error, lang),
    };
    let filter = EventFilter {
        event_ids: CHANGES.to_vec(),
        asked: true,
        since: Some(since),
        limit: u32::try_from(ROWS_MAX).unwrap_or(u32::MAX),
        ..EventFilter::default()
    };
    let changes = match find(viewer, filter).await {
        Ok(page) => changes(&page.entries, page.more, lang),
        Err(error) => problem(&error, lang),
    };
    (failed, changes)
}

async fn find(viewer: &Viewer, filter: EventFilter) -> Result<EventPage, ScmError> {
    viewer
        .ask(move |manager, caller, reply| manager.find_events(caller, filter, reply))
        .await
}

/// Reads the log back to this moment, the newest entries first.
async fn collect(viewer: &Viewer, since: Timestamp) -> Result<Vec<ServiceFailures>, ScmError> {
    let mut failures = Failures::default();
    let mut count = 0;
    loop {
        let page = find(viewer, failures.next_page(since)).await?;
        count += page.entries.len();
        if !failures.take_page(&page) || count >= ENTRIES_MAX {
            return Ok(failures.report());
        }
    }
}

fn failed(
    report: &[ServiceFailures],
    infos: &BTreeMap<ServiceId, Arc<ServiceInfo>>,
    lang: Lang,
) -> Markup {
    html! {
        @if report.is_empty() { p.dim { (console::NOTHING_HAS_FAILED.of(lang)) } }
        @let articles = report.iter().take(ROWS_MAX).map(|service| failures_of(service, infos.get(&service.service).map(Arc::as_ref), lang));
        (folded(articles, console::OTHER_SERVICES, |articles| html! { @for article in articles { (article) } }, lang))
        (others(report.len(), "/events?level=error", lang))
    }
}

fn failures_of(service: &ServiceFailures, info: Option<&ServiceInfo>, lang: Lang) -> Markup {
    let events = query(&[("name", &service.name), ("level", "error")]);
    html! {
        article.failed {
            h3 {
                @match info {
                    Some(info) => (link(info, Tab::General)),
                    None => { bdi { (service.name) } " " span.dim { (console::DELETED_SINCE.of(lang)) } },
                }
                " " a.chip.bad href={ "/service/events?" (events) } { (lang.say(console::FailuresCount { count: usize::try_from(service.count).unwrap_or(usize::MAX) })) }
                " " span.dim { (rich(console::TheLast { time: SLOTS[0] }, lang, &[time::ago(service.last.0)])) }
                @if let Some(info) = info { " " (row::state(info, lang)) " " (row::next_recovery(info, lang)) }
            }
            ul.causes {
                @for cause in &service.causes {
                    li { span.num { (cause.count) " ×" } " " bdi { (cause.sentence.of(lang)) } }
                }
            }
            @if let Some(lines) = service.output.as_deref().and_then(last_lines) {
                pre.output tabindex="0" aria-label=(console::THE_LAST_LINES_IT.of(lang)) { (lines) }
            }
        }
    }
}

fn last_lines(output: &str) -> Option<String> {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    let plain: Vec<_> = last
        .iter()
        .map(|line| crate::output_paint::plain(line))
        .collect();
    (!last.is_empty()).then(|| plain.join("\n"))
}

fn changes(entries: &[LogEntry], more: bool, lang: Lang) -> Markup {
    html! {
        @if entries.is_empty() { p.dim { (console::NOTHING_WAS_CHANGED.of(lang)) } }
        (folded(entries.iter().rev().map(|entry| change(entry, lang)), console::EARLIER, |rows| html! { ul.due { @for row in rows { (row) } } }, lang))
        @if more { p { a href=(log::asked_for()) { (console::ALL_THAT_WAS_ASKED_FOR.of(lang)) } } }
    }
}

fn change(entry: &LogEntry, lang: Lang) -> Markup {
    html! {
        li {
            a.when href={ "/events/" (entry.number) } { (time::ago(entry.at.0)) }
            span { bdi { (entry.sentence_with_author().of(lang)) }
                @if let Some(author) = &entry.details.author { " " span.dim { (author) } }
            }
        }
    }
}

/// `GET /stream/overview`: parts of the page that have changed.
pub(crate) async fn stream(viewer: Viewer) -> Answer<Response> {
    let hub = viewer.hub().await?;
    Ok(respond(move |sender| follow(viewer, hub, sender)).into_response())
}

async fn follow(viewer: Viewer, hub: Arc<Hub>, sender: Sender) -> Result<(), Closed> {
    let lang = viewer.lang();
    let mut changes = hub.changes();
    let mut log = hub.log();
    let mut sent: BTreeMap<&'static str, String> = BTreeMap::new();
    let (mut looked_at, mut connected) = (Instant::now(), true);
    let mut has_grown = false;
    loop {
        changes.mark_unchanged();
        let (now_connected, ended) = hub.read(|state| (state.connected, state.ended));
        if ended {
            return sender.send(Message::Ended).await;
        }
        if connected != now_connected {
            connected = now_connected;
            sender.send(Message::Connected { connected }).await?;
        }
        let mut parts = hub.read(|state| {
            vec![
                ("summary", summary(state, lang).into_string()),
                ("now", needs::now(state, &viewer).into_string()),
                ("next", next(state, lang).into_string()),
            ]
        });
        while !matches!(
            log.try_recv(),
            Err(TryRecvError::Empty | TryRecvError::Closed)
        ) {
            has_grown = true;
        }
        if has_grown && looked_at.elapsed() >= LOG_EVERY {
            (looked_at, has_grown) = (Instant::now(), false);
            let (failed, changes) = from_log(&viewer, &hub).await;
            parts.push(("failed", failed.into_string()));
            parts.push(("changes", changes.into_string()));
        }
        parts.retain(|(id, html)| sent.insert(id, html.clone()).as_ref() != Some(html));
        if !parts.is_empty() {
            sender.send(Message::Parts { parts }).await?;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Ok(()) },
            // What the log has said meanwhile is looked at when it is time.
            () = tokio::time::sleep_until(looked_at + LOG_EVERY), if has_grown => {}
            () = sender.closed() => return Err(Closed),
        }
        tokio::time::sleep(TOGETHER).await;
    }
}
