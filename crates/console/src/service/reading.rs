//! A tab as readers see it: its settings and their values, without a control that they may not use.

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_scm::settings::{Section, Setting, Subject};
use relance_texts::console;
use relance_wire::settings::texts;

use super::{hidden_fields, preview};
use crate::diff::shown;
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Settings of the section "Service" that have a tab of their own; readers never see the environment here.
const ELSEWHERE: [&str; 6] = [
    "account_name",
    "dependencies",
    "environment",
    "security",
    "kind",
    "service_type",
];

/// What stands in words beside the values.
const IN_WORDS: [&str; 3] = ["actions", "failure_rules", "notify"];

/// The values of a tab, and beside them what they mean.
pub(super) fn card(viewer: &Viewer, info: &ServiceInfo, tab: Tab, fields: &Markup) -> Markup {
    let lang = viewer.lang();
    let settings = texts(&info.config).filter(|(setting, text)| {
        is_of(setting, tab) && !text.is_empty() && is_told(setting, text)
    });
    html! {
        div.split {
            section.card aria-label=(tab.label(lang)) {
                p.dim { (console::YOU_MAY_SEE_ONLY.of(lang)) }
                dl {
                    @for (setting, text) in settings {
                        dt { (setting.label.of(lang)) }
                        dd.lines { bdi { (shown(setting, text, lang)) } }
                    }
                }
            }
            @if tab == Tab::Recovery { (what_if(viewer, info, fields)) }
            div #preview.preview aria-live="polite" { (preview::of_unchanged(viewer, info, tab)) }
        }
    }
}

/// To try what would happen changes nothing: the fields are there for it, unseen.
fn what_if(viewer: &Viewer, info: &ServiceInfo, fields: &Markup) -> Markup {
    html! {
        form #edit hidden data-preview={ "/preview/" (Tab::Recovery.word()) } {
            (hidden_fields(viewer, info, fields))
            (fields)
        }
    }
}

fn is_of(setting: &Setting, tab: Tab) -> bool {
    let of_recovery = setting.section == Section::Recovery || setting.subject == Subject::Recovery;
    match tab {
        Tab::General => !of_recovery && !ELSEWHERE.contains(&setting.key),
        Tab::Recovery => of_recovery && !IN_WORDS.contains(&setting.key),
        Tab::LogOn => setting.key == "account_name",
        Tab::Dependencies => setting.key == "dependencies",
        Tab::Security => setting.key == "security",
        Tab::Environment | Tab::Output | Tab::Events | Tab::History => false,
    }
}

/// What Windows has is always told; what it does not have, if somebody has set it.
fn is_told(setting: &Setting, text: &str) -> bool {
    setting.section != Section::Extensions || (setting.default)().text(setting.value) != text
}
