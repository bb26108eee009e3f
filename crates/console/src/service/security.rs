//! The tab "Security": who may do what with the service (A18 to A28), in words and as SDDL.

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_texts::console;
use relance_wire::api::ChangeConfigRequest;

use super::{access, edit_form, field};
use crate::form::Form;
use crate::lacking::{Feature, reason};
use crate::tab::Tab;
use crate::viewer::Viewer;

pub(crate) async fn tab(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let own = info.config.security.as_deref();
    if let (None, Some(reason)) = (own, reason(Feature::DefaultSecurity, lang)) {
        return html! { p.note.warn { (reason) } };
    }
    let access = access::of(viewer, info).await;
    let fields = field(
        console::AS_SDDL_TEXT.of(lang),
        console::EMPTY_GOES_BACK_TO.of(lang),
        &html! { textarea.code name="security" rows="4" spellcheck="false" { (own.map(ToString::to_string).unwrap_or_default()) } },
    );
    html! {
        (access::section(viewer, &info.config.service_name, &access))
        (edit_form(viewer, info, Tab::Security, &fields))
    }
}

/// The change that the field asks for.
pub(crate) fn read(form: &Form) -> ChangeConfigRequest {
    let text = form.text("security").trim().to_owned();
    ChangeConfigRequest {
        security: Some((!text.is_empty()).then_some(text)),
        ..ChangeConfigRequest::default()
    }
}
