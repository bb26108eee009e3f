//! How many instances a template has: a form on the page of each of them.

use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_scm::scaling::{self, INSTANCES_MAX};
use relance_scm::{ScmError, Win32Error};
use relance_texts::{console, error};

use crate::form::Form;
use crate::hub::Hub;
use crate::instances;
use crate::layout;
use crate::reply::Answer;
use crate::viewer::Viewer;

/// The form; nothing for a service that is not a numbered instance, and for who may not create services.
pub(crate) fn card(viewer: &Viewer, hub: &Hub, info: &ServiceInfo) -> Markup {
    let lang = viewer.lang();
    let instance = info.config.service_name.instance();
    let numbered = instance.filter(|(_, number)| number.parse::<u32>().is_ok());
    let Some((template, _)) = numbered.filter(|_| cfg!(unix) && viewer.is_administrator()) else {
        return html! {};
    };
    let count = hub.read(|state| {
        let counted = instances::count(state.services.values());
        counted.get(&relance_scm::fold_case(template)).copied()
    });
    html! {
        form.card.row method="post" action="/scale" {
            (layout::key(viewer))
            input type="hidden" name="template" value=(template);
            div.field {
                label {
                    span.label { (lang.say(console::Scale { template })) }
                    input type="number" name="instances" value=(count.unwrap_or(1)) min="1" max=(INSTANCES_MAX) required;
                }
                small { (console::SCALE_ABOUT.of(lang)) }
            }
            button type="submit" { (console::SCALE_SET.of(lang)) }
        }
    }
}

/// `POST /scale`
pub(crate) async fn scale(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let template = form.text("template");
    let instances = form.text("instances").trim().parse().map_err(|_| {
        let most = INSTANCES_MAX;
        ScmError::new(
            Win32Error::INVALID_PARAMETER,
            error::InstancesRange { most },
        )
    })?;
    let scaled = viewer
        .with(move |manager, caller| scaling::scale(manager, caller, &template, instances))
        .await?;
    match scaled.problems.into_iter().next() {
        Some((_, error)) => Err(error.into()),
        None => Ok(Redirect::to("/").into_response()),
    }
}
