//! The tab "Log On": the account the service runs under.

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_texts::console;
use relance_wire::api::ChangeConfigRequest;

use super::{edit_form, field};
use crate::form::Form;
use crate::lang::Lang;
use crate::tab::Tab;
use crate::viewer::Viewer;

pub(crate) fn tab(viewer: &Viewer, info: &ServiceInfo) -> Markup {
    let fields = fields(info.config.account_name.as_str(), viewer.lang());
    edit_form(viewer, info, Tab::LogOn, &fields)
}

/// The fields, also of a new service.
pub(crate) fn fields(account: &str, lang: Lang) -> Markup {
    html! {
        (field(
            console::ACCOUNT.of(lang),
            console::LOCALSYSTEM_IS_THE_MANAGERS.of(lang),
            &html! {
                input name="account_name" value=(account) list="accounts" spellcheck="false" autocomplete="off";
                datalist #accounts {
                    option value="LocalSystem" {}
                    option value="NT AUTHORITY\\LocalService" {}
                    option value="NT AUTHORITY\\NetworkService" {}
                }
            },
        ))
        p.dim { (console::NO_PASSWORD_IS_NEEDED.of(lang)) }
    }
}

/// The change that the fields ask for.
pub(crate) fn read(form: &Form) -> ChangeConfigRequest {
    ChangeConfigRequest {
        account_name: Some(form.text("account_name")),
        ..ChangeConfigRequest::default()
    }
}
