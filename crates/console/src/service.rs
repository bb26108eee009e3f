//! The pages of one service: what it is, and its tabs.

pub(crate) mod access;
pub(crate) mod change;
mod conflict;
mod dependencies;
pub(crate) mod edit;
pub(crate) mod environment;
pub(crate) mod general;
pub(crate) mod log_on;
pub(crate) mod output;
mod policy;
pub(crate) mod preview;
mod reading;
pub(crate) mod recovery;
pub(crate) mod security;
mod together;
mod what_if;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_scm::control::ControlsAccepted;
use relance_scm::manager::ServiceInfo;
use relance_scm::{Control, ScmError, ServiceName, ServiceState};
use relance_texts::console;

use self::change::version;
use crate::form::{Query, query};
use crate::hub::Hub;
use crate::lacking::{self, Feature, reason};
use crate::lang::{Lang, SLOTS, rich};
use crate::layout::{self, Page, Place};
use crate::merge::{BASE, base_of};
use crate::reply::{Answer, page as html_page};
use crate::stream::{Closed, Message, Sender, respond};
use crate::tab::Tab;
use crate::typed::values;
use crate::viewer::Viewer;
use crate::{history, log, row, scale, time};

/// A service as it is now: what the hub was not told of is asked for.
async fn current(
    viewer: &Viewer,
    hub: &Hub,
    name: &ServiceName,
) -> Result<Arc<ServiceInfo>, ScmError> {
    if lacking::IS_TOLD_OF_CONFIGURATION {
        return hub.find(name);
    }
    viewer.service(name).await.map(|info| hub.learn(info))
}

/// `GET /service/TAB?name=NAME`
pub(crate) async fn page(
    viewer: Viewer,
    Path(tab): Path<String>,
    Query(query): Query,
) -> Answer<Response> {
    let tab = Tab::of(&tab)?;
    let name = query.name()?;
    let hub = viewer.hub().await?;
    let info = current(&viewer, &hub, &name).await?;
    let content = content(&viewer, &hub, &info, tab, &query).await?;
    let content = html! { (scale::note(&viewer, &hub, &query)) (content) };
    let saved = query.has("saved");
    Ok(show(&viewer, &info, tab, &content, saved, StatusCode::OK))
}

/// What a tab shows.
pub(crate) async fn content(
    viewer: &Viewer,
    hub: &Arc<Hub>,
    info: &ServiceInfo,
    tab: Tab,
    query: &crate::form::Form,
) -> Answer<Markup> {
    Ok(match tab {
        Tab::General => general::tab(viewer, hub, info).await?,
        Tab::LogOn => log_on::tab(viewer, info),
        Tab::Recovery => recovery::tab(viewer, info).await?,
        Tab::Dependencies => dependencies::tab(viewer, hub, info),
        Tab::Environment => environment::tab(viewer, info),
        Tab::Security => security::tab(viewer, info).await,
        Tab::Output => output::tab(viewer, info, query).await?,
        Tab::Events => log::of_service(viewer, info, query).await?,
        Tab::History => history::of_service(viewer, info, query).await?,
    })
}

/// A tab of a service in the frame that all of them share.
pub(crate) fn show(
    viewer: &Viewer,
    info: &ServiceInfo,
    tab: Tab,
    content: &Markup,
    saved: bool,
    code: StatusCode,
) -> Response {
    let lang = viewer.lang();
    let name = &info.config.service_name;
    let body = html! {
        nav.trail aria-label=(console::TRAIL.of(lang)) { a href="/" { "← " (console::SERVICES.of(lang)) } }
        div.head { h1 { bdi { (info.config.display_name) } } }
        div #status.card.status { (status(viewer, info)) }
        nav.tabs aria-label=(console::ABOUT_THE_SERVICE.of(lang)) {
            @for each in Tab::ALL {
                a href=(each.href(name)) aria-current=[(each == tab).then_some("page")] { (each.label(lang)) }
            }
        }
        @if saved { p.good.note role="status" { (console::SAVED.of(lang)) } }
        div #changed data-version=(version(&info.config)) {}
        (content)
    };
    let title = format!("{} · {}", info.config.display_name, tab.label(lang));
    let content = Page {
        title: &title,
        place: Place::Services,
        stream: Some(format!(
            "/stream/service/{}?{}",
            tab.word(),
            query(&[("name", name.as_str())])
        )),
        body,
    };
    (code, html_page(layout::render(viewer, content))).into_response()
}

/// The state, what runs, what comes next, and the controls that make sense now.
fn status(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let status = &info.status;
    let name = info.config.service_name.as_str();
    html! {
        div.facts {
            div { (row::state(info, lang)) }
            @if let Some(text) = row::says(info) { div { bdi { (text) } } }
            @if *info.config.display_name != *name { div { bdi { (name) } } }
            @if status.process_id != 0 { div { "PID " (status.process_id) } }
            @if let Some(run) = &info.run { div { (rich(console::Since { time: SLOTS[0] }, lang, &[time::since(run.started_at.0)])) } }
            @if info.recovery.failure_count > 0 {
                div { (failures_counted(info.recovery.failure_count, lang))
                    @if let Some(resets) = info.recovery.resets_at {
                        ", " (rich(console::Resets { time: SLOTS[0] }, lang, &[time::until(resets.0)]))
                    }
                }
            }
            @if info.held.is_some() || info.next_start.is_some() || !info.recovery.pending.is_empty() { div { (row::next_recovery(info, lang)) } }
            @if info.run.is_none() && let Some(end) = info.last_end.as_ref() {
                div { (rich(console::Ended { time: SLOTS[0] }, lang, &[time::ago(end.at.0)])) " · " (row::reason(end, lang)) }
            }
        }
        @if let Some(problem) = &info.output_problem { p.note.warn { (problem.of(lang)) } }
        @if viewer.is_administrator() { (controls(viewer, info)) }
    }
}

/// The number of the failure counter stands out.
fn failures_counted(count: u32, lang: Lang) -> Markup {
    let number = html! { span.chip.bad { (count) } };
    let counted = console::FailuresCounted {
        count,
        number: SLOTS[0],
    };
    rich(counted, lang, &[number])
}

fn controls(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let state = info.status.state;
    let stopped = state == ServiceState::Stopped;
    let pauses = info
        .status
        .controls_accepted
        .contains(ControlsAccepted::PAUSE_CONTINUE);
    let param_change = Control::ParamChange.accept_bit();
    let reloads =
        state == ServiceState::Running && info.status.controls_accepted.contains(param_change);
    let back = Tab::General.href(&info.config.service_name);
    let pending = info.held.is_some() || !info.recovery.pending.is_empty();
    let stops = !stopped && state != ServiceState::StopPending;
    let is_running = state == ServiceState::Running;
    // Those that are always there come first, so that none moves while somebody points at it.
    let actions = [
        ("start", console::START.of(lang), stopped),
        ("cancel", console::CANCEL_RECOVERY.of(lang), pending),
        ("stop", console::STOP.of(lang), stops),
        ("restart", console::RESTART.of(lang), !stopped),
        ("terminate", console::END_BY_FORCE.of(lang), !stopped),
        ("reload", console::RELOAD.of(lang), reloads),
        ("pause", console::PAUSE.of(lang), pauses && is_running),
        (
            "continue",
            console::CONTINUE.of(lang),
            state == ServiceState::Paused,
        ),
    ];
    html! {
        form.row method="post" action="/control" data-control="" aria-label=(console::CONTROLS.of(lang)) {
            (layout::key(viewer))
            input type="hidden" name="name" value=(info.config.service_name);
            input type="hidden" name="back" value=(back);
            @for (action, label, possible) in actions {
                @if possible || !["reload", "pause", "continue"].contains(&action) {
                    @let why_not = why_not(action, lang);
                    button type="submit" name="action" value=(action) disabled[!possible || why_not.is_some()] title=[why_not] { (label) }
                }
            }
        }
    }
}

/// Why a control cannot be sent here.
fn why_not(action: &str, lang: Lang) -> Option<&'static str> {
    match action {
        "terminate" => reason(Feature::Terminate, lang),
        "cancel" => reason(Feature::CancelRecovery, lang),
        _ => None,
    }
}

/// `GET /stream/service/TAB?name=NAME`
pub(crate) async fn stream(
    viewer: Viewer,
    Path(tab): Path<String>,
    Query(query): Query,
) -> Answer<Response> {
    let tab = Tab::of(&tab)?;
    let name = query.name()?;
    let hub = viewer.hub().await?;
    let info = hub.find(&name)?;
    // From where on; while the reader looks at another part the state alone is followed.
    let from = query.number("from").filter(|_| tab == Tab::Output);
    let Some(from) = from else {
        return Ok(respond(move |sender| follow(viewer, hub, name, sender)).into_response());
    };
    let source = output::Source::of(&query, &name);
    let known = output::Known {
        from,
        entry: query.number("entry"),
    };
    Ok(respond(move |sender| async move {
        let lines = output::follow(
            viewer.clone(),
            Arc::clone(&hub),
            info,
            source,
            known,
            sender.clone(),
        );
        let (state, lines) = tokio::join!(follow(viewer, hub, name, sender), lines);
        state.and(lines)
    })
    .into_response())
}

async fn follow(
    viewer: Viewer,
    hub: Arc<Hub>,
    name: ServiceName,
    sender: Sender,
) -> Result<(), Closed> {
    let lang = viewer.lang();
    let mut changes = hub.changes();
    let mut sent: Option<Arc<ServiceInfo>> = None;
    let first = hub.find(&name).map(|info| version(&info.config)).ok();
    let mut connected = true;
    loop {
        changes.mark_unchanged();
        let (now_connected, ended, info) =
            hub.read(|state| (state.connected, state.ended, state.find(&name).cloned()));
        if ended {
            return sender.send(Message::Ended).await;
        }
        if connected != now_connected {
            connected = now_connected;
            sender.send(Message::Connected { connected }).await?;
        }
        let same = match (&sent, &info) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !same {
            let parts = match &info {
                Some(info) => vec![
                    ("status", status(&viewer, info).into_string()),
                    (
                        "changed",
                        changed(first.as_ref() != Some(&version(&info.config)), lang).into_string(),
                    ),
                ],
                None => vec![("changed", gone(lang).into_string())],
            };
            sender.send(Message::Parts { parts }).await?;
            sent = info;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Ok(()) },
            () = sender.closed() => return Err(Closed),
        }
    }
}

/// Somebody else has changed the service while this page was open.
fn changed(is_changed: bool, lang: Lang) -> Markup {
    html! {
        @if is_changed {
            p.note.warn role="status" {
                (rich(console::ChangedElsewhere { link: SLOTS[0] }, lang, &[html! { a href="" { (console::LOAD_IT_AGAIN.of(lang)) } }]))
            }
        }
    }
}

fn gone(lang: Lang) -> Markup {
    html! { p.note.warn role="status" { (console::THIS_SERVICE_WAS_DELETED.of(lang)) } }
}

/// A row of a form: a label and its field, and a hint below.
pub(crate) fn field(label: &str, hint: &str, input: &Markup) -> Markup {
    html! {
        div.field {
            label { span.label { (label) } (input) }
            @if !hint.is_empty() { small { (hint) } }
        }
    }
}

/// The form of a tab, with what its changes mean beside it. Readers see the values.
pub(crate) fn edit_form(viewer: &Viewer, info: &ServiceInfo, tab: Tab, fields: &Markup) -> Markup {
    let lang = viewer.lang();
    if !viewer.is_administrator() {
        return reading::card(viewer, info, tab, fields);
    }
    html! {
        div.split {
            form.card #edit method="post" action=(tab.href(&info.config.service_name))
                data-preview={ "/preview/" (tab.word()) } data-keep="" aria-label=(tab.label(lang)) {
                (hidden_fields(viewer, info, fields))
                (fields)
                div.row.end {
                    button.primary type="submit" { (console::SAVE.of(lang)) }
                }
            }
            div #preview.preview aria-live="polite" { (preview::of_unchanged(viewer, info, tab)) }
        }
    }
}

/// What a form of a tab carries besides its fields.
fn hidden_fields(viewer: &Viewer, info: &ServiceInfo, fields: &Markup) -> Markup {
    html! {
        (layout::key(viewer))
        input type="hidden" name="name" value=(info.config.service_name);
        input type="hidden" name="version" value=(version(&info.config));
        input type="hidden" name=(BASE) value=(base_of(&values(&fields.0)));
    }
}
