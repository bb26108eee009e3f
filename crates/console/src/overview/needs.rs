//! What needs attention now: services that are down and will not be started again, those that wait for another,
//! and those that have been starting or stopping for longer than they said.

use maud::{Markup, html};
use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_texts::{console, shown};

use super::{ROWS_MAX, link, others};
use crate::hub::State;
use crate::lang::{Lang, SLOTS, rich};
use crate::layout;
use crate::tab::Tab;
use crate::viewer::Viewer;
use crate::{row, time};

/// Why a service needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// It failed, and nothing follows.
    Down,
    /// What it needs is down.
    Held,
    /// It has restarted again and again.
    Flapping,
}

/// Failures that are counted when a service is said to fail again and again.
const OFTEN: u32 = 3;

fn need(info: &ServiceInfo) -> Option<Need> {
    if info.held.is_some() {
        return Some(Need::Held);
    }
    if info.has_failed() && info.recovery.pending.is_empty() {
        return Some(Need::Down);
    }
    (info.recovery.failure_count >= OFTEN).then_some(Need::Flapping)
}

pub(super) fn now(state: &State, viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    let services = state.services.values();
    let mut needed: Vec<(Need, &ServiceInfo)> = services
        .filter_map(|info| Some((need(info)?, info.as_ref())))
        .collect();
    needed.sort_by_key(|(need, _)| *need);
    html! {
        @if needed.is_empty() { p.good.note { (console::NOTHING_NEEDS_YOU.of(lang)) } }
        ul.needs {
            @for (need, info) in needed.iter().take(ROWS_MAX) {
                li data-id=(info.id.0) {
                    div {
                        (row::state(info, lang)) " " (link(info, Tab::General))
                        p { (why(*need, info, lang)) }
                    }
                    @if viewer.is_administrator() && *need == Need::Down { (start(viewer, info)) }
                }
            }
        }
        (others(needed.len(), "/?state=failed", lang))
    }
}

fn why(need: Need, info: &ServiceInfo, lang: Lang) -> Markup {
    match need {
        Need::Held => html! {
            @if let Some(held) = &info.held { (lang.say(console::Held { needed: shown(&held.needed) })) }
        },
        Need::Down => html! {
            @if let Some(end) = &info.last_end {
                (rich(console::Ended { time: SLOTS[0] }, lang, &[time::ago(end.at.0)]))
                " · " (row::reason(end, lang)) " · "
            }
            (console::NOTHING_BRINGS_IT_BACK.of(lang))
            " " a href=(Tab::Recovery.href(&info.config.service_name)) { (console::RECOVERY.of(lang)) }
            " " a href=(Tab::Output.href(&info.config.service_name)) { (console::OUTPUT.of(lang)) }
        },
        Need::Flapping => html! {
            (lang.say(console::FailsAgain { count: info.recovery.failure_count }))
            @if info.status.state == ServiceState::Stopped { " " (row::next_recovery(info, lang)) }
            " " a href=(Tab::Output.href(&info.config.service_name)) { (console::OUTPUT.of(lang)) }
        },
    }
}

fn start(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    html! {
        form method="post" action="/control" data-control="" {
            (layout::key(viewer))
            input type="hidden" name="name" value=(info.config.service_name);
            input type="hidden" name="back" value="/overview";
            button type="submit" name="action" value="start" { (console::START.of(viewer.lang())) }
        }
    }
}
