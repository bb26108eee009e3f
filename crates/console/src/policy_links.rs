//! What other pages say of named policies: where one is shown, who uses it, and on the Recovery tab of a service whose
//! policy says what follows. The pages of policies are in `policies`.

use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::manager::PolicyInfo;
use relance_scm::{PolicyName, ScmError, ServiceConfig, ServiceName};
use relance_texts::console;

use crate::form::query;
use crate::lang::{Lang, SLOTS, rich};
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Where a policy is shown.
pub(crate) fn href(policy: &str) -> String {
    format!("/policy?{}", query(&[("name", policy)]))
}

/// All that the viewer may see.
pub(crate) async fn all(viewer: &Viewer) -> Result<Vec<PolicyInfo>, ScmError> {
    viewer.ask(ServiceManager::query_policies).await
}

/// Who uses a policy, apart from one of them.
pub(crate) fn users(names: &[ServiceName], apart: Option<&ServiceName>, lang: Lang) -> Markup {
    let others: Vec<_> = names.iter().filter(|name| Some(*name) != apart).collect();
    html! {
        @if others.is_empty() {
            p { @match apart {
                None => (console::NOBODY_USES_IT.of(lang)),
                Some(_) => (console::NOBODY_ELSE_USES_IT.of(lang)),
            } }
        } @else {
            p {
                @match apart {
                    None => (console::USED_BY.of(lang)),
                    Some(_) => (console::ALSO_USED_BY.of(lang)),
                }
                " "
                @for (at, name) in others.iter().enumerate() {
                    @if at > 0 { ", " }
                    a href=(Tab::Recovery.href(name)) { bdi { (name) } }
                }
            }
        }
    }
}

/// On the Recovery tab of a service: that a policy says what follows, and who else it is for.
pub(crate) async fn of_service(
    viewer: &Viewer,
    config: &ServiceConfig,
) -> Result<Markup, ScmError> {
    let lang = viewer.lang();
    let Some(name) = PolicyName::of(config) else {
        return Ok(html! {});
    };
    let found = all(viewer).await?.into_iter();
    let info = found.into_iter().find(|info| info.policy.name == name);
    let link = html! { a href=(href(name.as_str())) { bdi { (name) } } };
    Ok(html! {
        section.card aria-labelledby="policy-of" {
            h2 #policy-of { (console::POLICY.of(lang)) }
            p { (rich(console::PolicySaysWhatFollows { policy: SLOTS[0] }, lang, &[link])) }
            @if let Some(info) = &info {
                (users(&info.used_by, Some(&config.service_name), lang))
            }
            p { a.button href=(href(name.as_str())) { (console::CHANGE_FOR_ALL.of(lang)) } }
        }
    })
}
