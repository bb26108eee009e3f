//! The first page: all services, live.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_scm::ServiceState;
use relance_scm::manager::UnreadableService;
use relance_texts::console;

use crate::form::Query;
use crate::hub::Hub;
use crate::instances::Line;
use crate::lacking::{Feature, reason};
use crate::lang::{self, Lang, SLOTS, rich};
use crate::layout::{self, Page, Place};
use crate::reply::{Answer, page as html_page};
use crate::scale;
use crate::stream::{Closed, Message, Sender, respond};
use crate::table::{ROWS_MAX, STATES, View, Wanted};
use crate::viewer::Viewer;

/// Changes that come faster than this are shown together.
const TOGETHER: Duration = Duration::from_millis(40);

/// `GET /`
pub(crate) async fn page(viewer: Viewer, Query(query): Query) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let wanted = Wanted::of(&query);
    let lang = viewer.lang();
    let (view, rows, unreadable) = hub.read(|state| {
        let view = View::of(state, &wanted);
        let rows: Vec<Markup> = view.rows.iter().map(|line| line.row(lang)).collect();
        (view, rows, state.unreadable.clone())
    });
    let body = html! {
        div.head {
            h1 { (console::SERVICES.of(lang)) }
            span #summary.summary { (summary(&view, lang)) }
            @if viewer.is_administrator() {
                a.button.primary href="/create" { (console::NEW_SERVICE.of(lang)) }
            }
        }
        (scale::note(&viewer, &hub, &query))
        (not_loaded(&unreadable, lang))
        (filters(&wanted, lang))
        (toolbar(&viewer))
        div.scroll tabindex="0" role="region" aria-label=(console::SERVICES.of(lang)) {
            table #services.live.readonly[!viewer.is_administrator()] data-rows="" {
                (head(&wanted, lang))
                tbody { @for row in rows { (row) } }
            }
        }
        div #pager { (pager(&wanted, &view, lang)) }
    };
    let content = Page {
        title: console::SERVICES.of(lang),
        place: Place::Services,
        stream: Some(format!("/stream/services?{}", wanted.query())),
        body,
    };
    Ok(html_page(layout::render(&viewer, content)).into_response())
}

/// X27: what is stored and not managed.
fn not_loaded(services: &[UnreadableService], lang: Lang) -> Markup {
    html! {
        @for service in services {
            p.note.warn {
                (rich(console::NotLoaded { name: SLOTS[0], problem: service.problem.clone() }, lang, &[html! { bdi { (service.name) } }]))
            }
        }
    }
}

fn summary(view: &View, lang: Lang) -> Markup {
    html! {
        @if view.matching == view.all { (view.all) " " (console::SERVICES_SERVICES.of(lang)) }
        @else { (view.matching) " " (console::OF.of(lang)) " " (view.all) }
        " · " (view.running) " " (console::SERVICES_RUNNING.of(lang))
        @if view.failed > 0 { " · " strong.bad { (view.failed) " " (console::FAILED.of(lang)) } }
    }
}

fn filters(wanted: &Wanted, lang: Lang) -> Markup {
    let states = [
        console::STATE_RUNNING.of(lang),
        console::SERVICES_STOPPED.of(lang),
        console::PENDING.of(lang),
        console::STATE_PAUSED.of(lang),
        console::SERVICES_FAILED.of(lang),
    ];
    let any = console::ANY.of(lang);
    html! {
        form #filters.filters method="get" action="/" role="search" {
            label.grow { span { (console::SEARCH.of(lang)) }
                input type="search" name="q" value=(wanted.text) autocomplete="off" accesskey="f"
                    placeholder=(console::NAME_OR_DESCRIPTION.of(lang));
            }
            label { span { (console::STATE.of(lang)) }
                select name="state" {
                    option value="" { (any) }
                    @for (value, label) in STATES.into_iter().zip(states) {
                        option value=(value) selected[wanted.state == value] { (label) }
                    }
                }
            }
            label { span { (console::START_TYPE.of(lang)) }
                select name="start" {
                    option value="" { (any) }
                    @for value in ["auto", "demand", "disabled"] {
                        option value=(value) selected[wanted.start == value] { (lang::start_type(value, false).of(lang)) }
                    }
                }
            }
            input type="hidden" name="sort" value=(wanted.sort);
            input type="hidden" name="dir" value=(if wanted.descending { "desc" } else { "" });
            @for value in wanted.folds.values() { input type="hidden" name="group" value=(value); }
            noscript { button type="submit" { (console::SHOW.of(lang)) } }
        }
    }
}

/// What can be done with the chosen services. Readers see none of it. The script allows it only when some are
/// chosen.
fn toolbar(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    if !viewer.is_administrator() {
        return html! { form #controls hidden {} };
    }
    let actions = [
        ("start", console::START.of(lang)),
        ("stop", console::STOP.of(lang)),
        ("restart", console::RESTART.of(lang)),
        ("rolling", console::RESTART_ONE_BY_ONE.of(lang)),
        ("pause", console::PAUSE.of(lang)),
        ("continue", console::CONTINUE.of(lang)),
    ];
    html! {
        form #controls.toolbar method="post" action="/control" data-control="" aria-label=(console::CONTROLS.of(lang)) {
            (layout::key(viewer))
            span #picked.picked { (console::NONE_SELECTED.of(lang)) }
            div.group {
                @for (action, label) in actions {
                    button type="submit" name="action" value=(action) { (label) }
                }
            }
            details.menu {
                summary { (console::MORE.of(lang)) }
                div.sheet {
                    label { (console::CUSTOM_CONTROL_128_255.of(lang))
                        input type="number" name="control" min="128" max="255" value="128"; }
                    button type="submit" name="action" value="control" { (console::SEND.of(lang)) }
                    @match reason(Feature::CancelRecovery, lang) {
                        None => button type="submit" name="action" value="cancel" { (console::CANCEL_PENDING_RECOVERY.of(lang)) },
                        Some(reason) => p.dim { (reason) },
                    }
                    @match reason(Feature::Terminate, lang) {
                        None => button.danger type="submit" name="action" value="terminate" { (console::END_BY_FORCE.of(lang)) },
                        Some(reason) => p.dim { (reason) },
                    }
                }
            }
        }
    }
}

fn head(wanted: &Wanted, lang: Lang) -> Markup {
    let columns = [
        ("name", "name", console::NAME.of(lang)),
        ("st", "state", console::STATE.of(lang)),
        ("start", "start", console::SERVICES_START.of(lang)),
        ("account", "account", console::ACCOUNT.of(lang)),
        ("num pid", "pid", "PID"),
        ("num uptime", "uptime", console::UPTIME.of(lang)),
        ("num cpu", "cpu", console::CPU.of(lang)),
        ("num memory", "memory", console::MEMORY.of(lang)),
        ("num failures", "failures", console::FAILURES.of(lang)),
        ("last", "", console::LAST_FAILURE.of(lang)),
        ("next", "next", console::NEXT_RECOVERY.of(lang)),
    ];
    html! {
        thead { tr {
            td.pick { input #all type="checkbox" aria-label=(console::SELECT_ALL_ROWS.of(lang)); }
            @for (class, column, label) in columns {
                @let this = wanted.sort == column || (wanted.sort.is_empty() && column == "name");
                @let order = if wanted.descending { "descending" } else { "ascending" };
                th class=(class) scope="col" aria-sort=[this.then_some(order)] {
                    @if column.is_empty() { (label) }
                    @else {
                        a href={ "/?" (sorted(wanted, column, this).query()) } { (label) }
                    }
                }
            }
        } }
    }
}

/// The same rows by a column; the other way round if they are by it already.
fn sorted(wanted: &Wanted, column: &str, this: bool) -> Wanted {
    Wanted {
        sort: column.to_owned(),
        descending: this && !wanted.descending,
        page: 0,
        ..wanted.clone()
    }
}

fn pager(wanted: &Wanted, view: &View, lang: Lang) -> Markup {
    if view.matching == 0 {
        return html! { p.empty { (console::NO_SERVICE_MATCHES.of(lang)) } };
    }
    if view.lines <= ROWS_MAX {
        return html! {};
    }
    let link = |page| {
        let there = Wanted {
            page,
            ..wanted.clone()
        };
        format!("/?{}", there.query())
    };
    let first = view.page * ROWS_MAX + 1;
    let last = (first + ROWS_MAX - 1).min(view.lines);
    html! {
        nav.pager aria-label=(console::PAGES.of(lang)) {
            @if view.page > 0 { a rel="prev" href=(link(view.page - 1)) { "← " (console::PREVIOUS.of(lang)) } }
            span { (first) "–" (last) " " (console::OF.of(lang)) " " (view.lines) }
            @if last < view.lines { a rel="next" href=(link(view.page + 1)) { (console::NEXT.of(lang)) " →" } }
        }
    }
}

/// `GET /stream/services`: the rows of this page, whenever one of them changes.
pub(crate) async fn stream(viewer: Viewer, Query(query): Query) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let wanted = Wanted::of(&query);
    let lang = viewer.lang();
    Ok(respond(move |sender| follow(hub, wanted, lang, sender)).into_response())
}

/// What was sent of a row last, and from what it was made.
struct Sent {
    line: Line,
    html: String,
}

async fn follow(hub: Arc<Hub>, wanted: Wanted, lang: Lang, sender: Sender) -> Result<(), Closed> {
    let page = ShownPage::new(&hub);
    let mut changes = hub.changes();
    let mut sent = Table::default();
    let mut connected = true;
    loop {
        changes.mark_unchanged();
        let (view, now_connected, ended) =
            hub.read(|state| (View::of(state, &wanted), state.connected, state.ended));
        if ended {
            return sender.send(Message::Ended).await;
        }
        if connected != now_connected {
            connected = now_connected;
            sender.send(Message::Connected { connected }).await?;
        }
        page.show(&view);
        if let Some(message) = sent.update(&view, &wanted, lang) {
            sender.send(message).await?;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Ok(()) },
            () = sender.closed() => return Err(Closed),
        }
        tokio::time::sleep(TOGETHER).await;
    }
}

/// What the browser has.
#[derive(Default)]
struct Table {
    rows: HashMap<String, Sent>,
    order: Vec<String>,
    summary: String,
    pager: String,
}

impl Table {
    /// What the browser needs to show this view; `None` if it shows it already.
    fn update(&mut self, view: &View, wanted: &Wanted, lang: Lang) -> Option<Message> {
        let mut before = std::mem::take(&mut self.rows);
        let mut changed = Vec::new();
        let order: Vec<String> = view.rows.iter().map(Line::key).collect();
        for (line, key) in view.rows.iter().zip(&order) {
            let old = before.remove(key);
            let html = match &old {
                Some(old) if is_same(&old.line, line) => old.html.clone(),
                _ => line.row(lang).into_string(),
            };
            if old.is_none_or(|old| old.html != html) {
                changed.push((key.clone(), html.clone()));
            }
            let line = line.clone();
            self.rows.insert(key.clone(), Sent { line, html });
        }
        let summary = summary(view, lang).into_string();
        let pager = pager(wanted, view, lang).into_string();
        let mut parts = Vec::new();
        if summary != self.summary {
            parts.push(("summary", summary.clone()));
        }
        if pager != self.pager {
            parts.push(("pager", pager.clone()));
        }
        if changed.is_empty() && parts.is_empty() && order == self.order {
            return None;
        }
        self.order.clone_from(&order);
        (self.summary, self.pager) = (summary, pager);
        Some(Message::Rows {
            order,
            rows: changed,
            parts,
        })
    }
}

/// Whether two rows are made from the same, without looking into what is shared.
fn is_same(old: &Line, new: &Line) -> bool {
    match (old, new) {
        (
            Line::Service {
                service: (old, old_load),
                is_member: was_member,
            },
            Line::Service {
                service: (new, new_load),
                is_member,
            },
        ) => Arc::ptr_eq(old, new) && old_load == new_load && was_member == is_member,
        _ => false,
    }
}

/// An open page, whose rows' use of processor and memory is wanted.
struct ShownPage {
    hub: Arc<Hub>,
    number: u64,
}

impl ShownPage {
    fn new(hub: &Arc<Hub>) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Self {
            hub: Arc::clone(hub),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        }
    }

    fn show(&self, view: &View) {
        let shown = view.rows.iter().flat_map(Line::services);
        let running = shown.filter(|(info, _)| info.status.state != ServiceState::Stopped);
        let mut ids: Vec<_> = running.map(|(info, _)| info.id).collect();
        // Those of an open group are in its row, too.
        ids.sort_unstable();
        ids.dedup();
        self.hub.show(self.number, ids);
    }
}

impl Drop for ShownPage {
    fn drop(&mut self) {
        self.hub.show(self.number, Vec::new());
    }
}
