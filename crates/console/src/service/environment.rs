//! The tab "Environment": variables the service gets besides those of its account.

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_texts::console;
use relance_wire::api::ChangeConfigRequest;

use super::{edit_form, field};
use crate::form::Form;
use crate::tab::Tab;
use crate::viewer::Viewer;

pub(crate) fn tab(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let variables = &info.config.environment;
    // Values may be secrets: for those who may change them.
    if !viewer.is_administrator() {
        return html! {
            section.card {
                h2 { (console::ENVIRONMENT.of(lang)) }
                p.dim { (console::VALUES_ARE_SHOWN_TO.of(lang)) }
                ul { @for variable in variables { li.code { (variable.name()) } } }
            }
        };
    }
    let text: Vec<String> = variables
        .iter()
        .map(|variable| format!("{}={}", variable.name(), variable.value()))
        .collect();
    let fields = field(
        console::VARIABLES.of(lang),
        console::ONE_TO_A_LINE_NAME.of(lang),
        &html! { textarea.code name="environment" rows="12" spellcheck="false" { (text.join("\n")) } },
    );
    edit_form(viewer, info, Tab::Environment, &fields)
}

/// The change that the field asks for.
pub(crate) fn read(form: &Form) -> ChangeConfigRequest {
    ChangeConfigRequest {
        environment: Some(form.lines("environment")),
        ..ChangeConfigRequest::default()
    }
}
