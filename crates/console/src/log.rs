//! The event log: filters, a page for each event, live follow, export.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::event::{EventLevel, EventSource, meaning};
use relance_scm::event_log::{By, EventFilter, EventPage, LogEntry};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceId, ServiceName, Win32Error};
use relance_texts::{console, error, shown};
use relance_wire::api::{EventBody, EventsQuery};
use tokio::sync::broadcast::error::RecvError;

use crate::form::{Form, Query, query};
use crate::hub::Hub;
use crate::lang::Lang;
use crate::layout::{self, Page, Place};
use crate::policy_links;
use crate::reply::{Answer, page as html_page};
use crate::rules;
use crate::stream::{Closed, Message, Sender, respond};
use crate::time;
use crate::viewer::Viewer;

/// Entries of a page.
const ENTRIES: u32 = 100;
/// Length of `2026-11-22T21:30`: what a field for a date and time takes.
const MINUTE_LEN: usize = 16;
/// In the place of a level: what somebody asked for.
const ASKED: &str = "asked";
/// Entries of an export.
const EXPORT_MAX: u32 = 10_000;

/// What a form asks of the log. Times without a zone are UTC.
fn wanted(form: &Form) -> EventsQuery {
    let text = |name: &str| form.given(name).map(|text| text.trim().to_owned());
    let moment = |name: &str| {
        let text = text(name)?;
        let zoned = format!("{text}{}", if text.contains('Z') { "" } else { ":00Z" });
        let parsed: Result<jiff::Timestamp, _> = zoned.parse();
        parsed.ok().map(jiff::Timestamp::as_millisecond)
    };
    let level = text("level");
    EventsQuery {
        event_id: text("event_id"),
        asked: (level.as_deref() == Some(ASKED)).then_some(true),
        level: level.filter(|level| level != ASKED),
        text: text("q"),
        since_ms: moment("since"),
        until_ms: moment("until"),
        before: form.number("before"),
        limit: Some(ENTRIES),
        ..EventsQuery::default()
    }
}

/// The filter, with the service it names.
fn filter(hub: &Hub, form: &Form) -> Result<EventFilter, ScmError> {
    let mut filter = wanted(form).filter()?;
    if let Some(name) = form.given("service") {
        let name = ServiceName::new(name)?;
        let found = hub.read(|state| state.find(&name).map(|info| info.id));
        // If there is no such service, nothing is found: no service has the id 0.
        filter.service = Some(found.unwrap_or(ServiceId(0)));
    }
    Ok(filter)
}

async fn find(viewer: &Viewer, filter: EventFilter) -> Result<EventPage, ScmError> {
    viewer
        .ask(move |manager, caller, reply| manager.find_events(caller, filter, reply))
        .await
}

/// The address of all entries about something that somebody asked for.
pub(crate) fn asked_for() -> String {
    format!("/events?{}", query(&[("level", ASKED)]))
}

/// `GET /events`
pub(crate) async fn page(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let lang = viewer.lang();
    let hub = viewer.hub().await?;
    let found = match filter(&hub, &form) {
        Ok(filter) => find(&viewer, filter).await,
        Err(error) => Err(error),
    };
    let title = console::EVENT_LOG.of(lang);
    let body = html! {
        div.head { h1 { (title) } }
        (filters(&form, true, "/events", lang))
        @match &found {
            Ok(found) => (list(found, &form, true, "/events", lang)),
            Err(error) => (crate::reply::problem(error, lang)),
        }
    };
    let is_newest = form.given("before").is_none();
    let content = Page {
        title,
        place: Place::Events,
        stream: is_newest.then(|| stream_of(&form, None)),
        body,
    };
    Ok(html_page(layout::render(&viewer, content)).into_response())
}

/// The tab of one service.
pub(crate) async fn of_service(viewer: &Viewer, info: &ServiceInfo, form: &Form) -> Answer<Markup> {
    let lang = viewer.lang();
    let mut filter = wanted(form).filter()?;
    filter.service = Some(info.id);
    let found = find(viewer, filter).await?;
    let stream = stream_of(form, Some(&info.config.service_name));
    Ok(html! {
        div data-stream=[form.given("before").is_none().then_some(stream)] {
            (filters(form, false, "/service/events", lang))
            (list(&found, form, false, "/service/events", lang))
        }
    })
}

fn stream_of(form: &Form, service: Option<&ServiceName>) -> String {
    let service = service.map(ServiceName::as_str).or(form.given("service"));
    let given = |name| form.given(name).unwrap_or_default();
    let query = query(&[
        ("service", service.unwrap_or_default()),
        ("event_id", given("event_id")),
        ("level", given("level")),
        ("q", given("q")),
    ]);
    format!("/stream/events?{query}")
}

fn filters(form: &Form, all: bool, action: &str, lang: Lang) -> Markup {
    let given = |name| form.given(name).unwrap_or_default();
    let level = given("level");
    // In UTC; the script makes the viewer's zone of it, and takes care that no browser fills it in.
    let moment = |name| {
        let value = given(name);
        let minute = value.get(..MINUTE_LEN).unwrap_or(value);
        html! { input type="datetime-local" name=(name) value=(minute) data-utc="" autocomplete="off"; }
    };
    html! {
        form.filters method="get" action=(action) role="search" {
            label.grow { span { (console::SEARCH.of(lang)) }
                input type="search" name="q" value=(given("q")) placeholder=(console::IN_NAMES_PARAMETERS_CAUSES.of(lang)); }
            @if all {
                label { span { (console::SERVICE.of(lang)) } input name="service" value=(given("service")) size="12" autocomplete="off"; }
            } @else { input type="hidden" name="name" value=(given("name")); }
            label { span { (console::LEVEL.of(lang)) }
                select name="level" {
                    option value="" { (console::ALL.of(lang)) }
                    option value="warning" selected[level == "warning"] { (console::WARNINGS_AND_ERRORS.of(lang)) }
                    option value="error" selected[level == "error"] { (console::ERRORS.of(lang)) }
                    option value=(ASKED) selected[level == ASKED] { (console::ASKED_FOR.of(lang)) }
                }
            }
            label { span { (console::EVENT_IDS.of(lang)) } input name="event_id" value=(given("event_id")) placeholder="7031,7034" size="10"; }
            label { span { (console::FROM_UTC.of(lang)) } (moment("since")) }
            label { span { (console::UNTIL_UTC.of(lang)) } (moment("until")) }
            button type="submit" { (console::FILTER.of(lang)) }
        }
    }
}

fn list(found: &EventPage, form: &Form, all: bool, action: &str, lang: Lang) -> Markup {
    let given = |name| form.given(name).unwrap_or_default();
    let keep = |more: &[(&str, &str)]| {
        let mut pairs: Vec<(&str, &str)> = [
            "q", "service", "name", "level", "event_id", "since", "until",
        ]
        .into_iter()
        .map(|name| (name, given(name)))
        .collect();
        pairs.extend_from_slice(more);
        query(&pairs)
    };
    let oldest = found.entries.first().map(|entry| entry.number.to_string());
    let service = if all { given("service") } else { given("name") };
    html! {
        div.row.end.small {
            label.check { input #live type="checkbox" checked; span { (console::FOLLOW.of(lang)) } }
            @for format in ["csv", "json"] {
                a.button.quiet href={ "/events/export?" (keep(&[("format", format), ("service", service)])) } download="" {
                    (console::EXPORT.of(lang)) " " (format.to_uppercase())
                }
            }
        }
        div.scroll tabindex="0" role="region" aria-label=(console::EVENTS.of(lang)) {
            table.log {
                thead { tr {
                    th scope="col" { (console::WHEN.of(lang)) }
                    th scope="col" { (console::LEVEL.of(lang)) }
                    th.num scope="col" { (console::ID.of(lang)) }
                    @if all { th scope="col" { (console::SERVICE.of(lang)) } }
                    th scope="col" { (console::EVENT.of(lang)) }
                } }
                tbody #events { @for entry in found.entries.iter().rev() { (row(entry, all, lang)) } }
            }
        }
        @if found.entries.is_empty() { p.empty { (console::NO_EVENT_MATCHES.of(lang)) } }
        nav.pager aria-label=(console::PAGES.of(lang)) {
            @if form.given("before").is_some() { a href={ (action) "?" (keep(&[])) } { "← " (console::NEWEST.of(lang)) } }
            @if found.more && let Some(oldest) = &oldest {
                a rel="next" href={ (action) "?" (keep(&[("before", oldest)])) } { (console::OLDER.of(lang)) " →" }
            }
        }
    }
}

fn level(level: EventLevel, lang: Lang) -> Markup {
    let (class, word) = match level {
        EventLevel::Error => ("bad", console::ERROR.of(lang)),
        EventLevel::Warning => ("warn", console::WARNING.of(lang)),
        EventLevel::Information => ("", console::INFORMATION.of(lang)),
    };
    html! { span class={ "chip " (class) } { (word) } }
}

fn row(entry: &LogEntry, all: bool, lang: Lang) -> Markup {
    html! {
        tr data-number=(entry.number) {
            td.when { (time::moment(entry.at.0)) }
            td { (level(entry.level, lang)) }
            td.num { a href={ "/events/" (entry.number) } aria-label={ (console::EVENT.of(lang)) " " (entry.event_id) ", " (console::NUMBER.of(lang)) " " (entry.number) } { (entry.event_id) } }
            @if all { td { @if let Some((_, name)) = &entry.service { (service_link(name)) } } }
            td.text { bdi { (entry.sentence_with_author().of(lang)) } }
        }
    }
}

/// The service may be gone; its page says so then.
fn service_link(name: &str) -> Markup {
    html! { a href={ "/service/general?" (query(&[("name", name)])) } { bdi { (name) } } }
}

/// `GET /events/NUMBER`: one event in plain words.
pub(crate) async fn event(viewer: Viewer, Path(number): Path<u64>) -> Answer<Response> {
    let lang = viewer.lang();
    let filter = EventFilter {
        after: Some(number.saturating_sub(1)),
        before: number.checked_add(1),
        limit: 1,
        ..EventFilter::default()
    };
    let found = find(&viewer, filter).await?;
    let entry = found.entries.first().ok_or_else(|| {
        ScmError::new(
            Win32Error::NOT_FOUND,
            error::NoEvent {
                number: shown(number),
            },
        )
    })?;
    let title = format!("{} {}", console::EVENT.of(lang), entry.event_id);
    let body = html! {
        nav.trail aria-label=(console::TRAIL.of(lang)) { a href="/events" { "← " (console::LOG_EVENT_LOG.of(lang)) } }
        div.head { h1 { (title) " " (level(entry.level, lang)) } }
        section.card.lead { p { bdi { (entry.sentence().of(lang)) } } }
        (explanation(entry, lang))
        (details(entry, lang))
    };
    let page = layout::still(&viewer, Place::Events, &title, body);
    Ok(html_page(page).into_response())
}

fn explanation(entry: &LogEntry, lang: Lang) -> Markup {
    // An application's own entry may have any number.
    let is_ours = entry.source != EventSource::Application;
    let texts = meaning(entry.event_id).filter(|_| is_ours);
    html! {
        section.card {
            @if let Some(cause) = entry.details.cause_sentence() {
                h2 { (console::WHY.of(lang)) }
                p { bdi { (cause.of(lang)) } }
            }
            @if let Some(policy) = &entry.details.policy {
                p { a href=(policy_links::href(policy)) { (lang.say(console::SaidByPolicy { policy })) } }
            }
            @if let Some((means, to_do)) = texts {
                h2 { (console::WHAT_IT_MEANS.of(lang)) }
                p { (means.of(lang)) }
                h2 { (console::WHAT_TO_DO.of(lang)) }
                p { (to_do.of(lang)) }
                (rules::about(entry.event_id, lang))
            }
        }
    }
}

/// Who asked for it.
fn asked_by(by: &By, lang: Lang) -> String {
    match by {
        By::Caller(author) => match author.uid.filter(|uid| *uid != 0) {
            Some(uid) if !author.name.contains(&uid.to_string()) => format!("{author} ({uid})"),
            _ => author.to_string(),
        },
        By::Manager => console::BY_THE_MANAGER.of(lang).to_owned(),
        By::Schedule => console::BY_THE_SCHEDULE.of(lang).to_owned(),
        By::Hidden => console::BY_SOMEBODY_HIDDEN.of(lang).to_owned(),
    }
}

fn details(entry: &LogEntry, lang: Lang) -> Markup {
    let details = &entry.details;
    let exit = details.exit.map(|exit| lang.say(exit));
    html! {
        section.card {
            h2 { (console::DETAILS.of(lang)) }
            dl.facts {
                dt { (console::WHEN.of(lang)) } dd { (time::moment(entry.at.0)) }
                @if let Some(by) = &details.by { dt { (console::ASKED_BY.of(lang)) } dd { bdi { (asked_by(by, lang)) } } }
                @if let Some((_, name)) = &entry.service { dt { (console::SERVICE.of(lang)) } dd { (service_link(name)) } }
                dt { (console::SOURCE.of(lang)) } dd { (entry.source.name()) }
                dt { (console::LOG_NUMBER.of(lang)) } dd { (entry.number) }
                @if let Some(run) = details.run { dt { (console::RUN.of(lang)) } dd { (run) } }
                @if details.pid != 0 { dt { "PID" } dd { (details.pid) } }
                @if let Some(exit) = &exit { dt { (console::THE_PROCESS_ENDED_WITH.of(lang)) } dd { (exit) } }
                @if let Some(due) = details.due { dt { (console::THE_ACTION_WAS_DUE.of(lang)) } dd { (time::moment(due.0)) } }
                @if !entry.parameters.is_empty() {
                    dt { (console::PARAMETERS.of(lang)) }
                    dd { ol { @for parameter in &entry.parameters { li { bdi.code { (parameter) } } } } }
                }
            }
            @if let Some(output) = &details.output {
                h2 { (console::THE_LAST_LINES_IT.of(lang)) }
                pre.output tabindex="0" { (output) }
            }
        }
    }
}

/// `GET /stream/events`: entries that match, from the one after `after` on, then as they are written.
pub(crate) async fn stream(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let mut filter = filter(&hub, &form)?;
    let lang = viewer.lang();
    let all = form.given("service").is_none();
    // Listened to before the log is read, so that nothing falls between the two.
    let mut log = hub.log();
    filter.after = form.number("after");
    let missed = match filter.after {
        Some(_) => find(&viewer, filter.clone()).await?,
        None => EventPage::default(),
    };
    Ok(respond(move |sender: Sender| async move {
        if missed.more {
            return sender.send(Message::Missed).await;
        }
        for entry in &missed.entries {
            let html = row(entry, all, lang).into_string();
            sender.send(Message::Prepend { id: "events", html }).await?;
            filter.after = Some(entry.number);
        }
        let mut changes = hub.changes();
        let mut connected = true;
        loop {
            tokio::select! {
                entry = log.recv() => match entry {
                    Ok(entry) if filter.matches(&entry) => {
                        let html = row(&entry, all, lang).into_string();
                        sender.send(Message::Prepend { id: "events", html }).await?;
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => sender.send(Message::Missed).await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                _ = changes.changed() => {
                    let (now, ended) = hub.read(|state| (state.connected, state.ended));
                    if ended {
                        return sender.send(Message::Ended).await;
                    }
                    if now != connected {
                        connected = now;
                        sender.send(Message::Connected { connected }).await?;
                    }
                }
                () = sender.closed() => return Err(Closed),
            }
        }
    })
    .into_response())
}

/// `GET /events/export`: what matches, as CSV or JSON.
pub(crate) async fn export(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let mut filter = filter(&hub, &form)?;
    filter.limit = EXPORT_MAX;
    let found = find(&viewer, filter).await?;
    let bodies = found.entries.iter().map(EventBody::from);
    let (kind, name, text) = if form.get("format") == Some("json") {
        let bodies: Vec<EventBody> = bodies.collect();
        let text = serde_json::to_string_pretty(&bodies).expect("plain structures");
        ("application/json", "events.json", text)
    } else {
        ("text/csv; charset=utf-8", "events.csv", csv(bodies))
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).expect("a plain name"),
        ),
    ];
    Ok((headers, text).into_response())
}

fn csv(bodies: impl Iterator<Item = EventBody>) -> String {
    let mut text = String::from("number,time,level,event_id,source,service,text,cause\r\n");
    for body in bodies {
        let fields = [
            body.number.to_string(),
            time::iso(body.at_ms),
            body.level,
            body.event_id.to_string(),
            body.source,
            body.service.unwrap_or_default(),
            body.text,
            body.cause.unwrap_or_default(),
        ];
        let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A field in quotes. One that a spreadsheet would take for a formula gets an apostrophe before it.
fn csv_field(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quote = if formula { "'" } else { "" };
    format!("\"{quote}{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_holds_no_formula_and_no_open_quote() {
        assert_eq!(csv_field("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_field("a \"b\"\nc"), "\"a \"\"b\"\"\nc\"");
    }

    #[test]
    fn moments_of_the_form_are_utc() {
        let form = Form::parse(b"since=2026-01-31T12%3A00&level=error&event_id=7031");
        let query = wanted(&form);
        assert_eq!(query.since_ms, Some(1_769_860_800_000));
        assert!(query.filter().is_ok());
        assert!(wanted(&Form::parse(b"since=nonsense")).since_ms.is_none());
    }
}
