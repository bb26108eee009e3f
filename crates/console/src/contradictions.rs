//! Settings that do nothing because of others, beside the forms that set them (X47).

use maud::{Markup, html};
use relance_scm::ServiceConfig;
use relance_scm::contradictions::{Naming, of};

use crate::lang::Lang;

/// Each with what to do, by the names that the form has.
pub(crate) fn notes(config: &ServiceConfig, lang: Lang) -> Markup {
    html! {
        @for found in of(config, Naming::Labels(lang)) {
            p.note.warn.warning { (found.problem.of(lang)) "; " (found.advice.of(lang)) }
        }
    }
}
