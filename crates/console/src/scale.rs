//! How many instances a template has: a form on the page of each of them, and a page of its own that the row of a
//! group leads to. Instances that would stop are named first; what was done is told where the reader came from.

mod told;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::manager::{ServiceInfo, wait};
use relance_scm::scaling::{self, INSTANCES_MAX, Scaled};
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{console, error};

use crate::form::{Form, Query, query};
use crate::hub::Hub;
use crate::instances;
use crate::layout::{self, Place};
use crate::reply::{Answer, page as html_page, problem, status};
use crate::tab::Tab;
use crate::table::Wanted;
use crate::viewer::Viewer;
use told::Told;

/// The field that carries what was done to the next page.
const TOLD: &str = "scaled";

/// The form; nothing for a service that is not a numbered instance, and for who may not create services.
pub(crate) fn card(viewer: &Viewer, hub: &Hub, info: &ServiceInfo) -> Markup {
    let name = &info.config.service_name;
    match name.instance().filter(|_| viewer.is_administrator()) {
        Some((template, _)) if instances::is_numbered(name) => {
            let back = Tab::General.href(name);
            form(viewer, template, count(hub, template), &back)
        }
        _ => html! {},
    }
}

/// How many numbered ones there are.
fn count(hub: &Hub, template: &str) -> usize {
    hub.read(|state| {
        let staying = state
            .services
            .values()
            .filter(|info| !info.marked_for_delete);
        let names = staying.map(|info| &info.config.service_name);
        let numbered = names.filter(|name| scaling::number_of(name, template).is_some());
        numbered.count()
    })
}

fn form(viewer: &Viewer, template: &str, count: usize, back: &str) -> Markup {
    let lang = viewer.lang();
    html! {
        form.card method="post" action="/scale" {
            (layout::key(viewer))
            input type="hidden" name="template" value=(template);
            input type="hidden" name="back" value=(back);
            div.field {
                label for="instances" { span.label { (lang.say(console::Scale { template })) } }
                div.row {
                    input #instances type="number" name="instances" value=(count.max(1)) min="1" max=(INSTANCES_MAX) required;
                    button type="submit" { (console::SCALE_SET.of(lang)) }
                }
                small { (console::SCALE_ABOUT.of(lang)) }
            }
        }
    }
}

/// `GET /scale`: the form alone. The other fields are those of the table that led here.
pub(crate) async fn page(viewer: Viewer, Query(query): Query) -> Answer<Response> {
    viewer.check_administrator()?;
    let template = query.text("template");
    let hub = viewer.hub().await?;
    let count = count(&hub, &template);
    if count == 0 {
        return Err(none(&template).into());
    }
    let back = format!("/?{}", Wanted::of(&query).query());
    let body = form(&viewer, &template, count, &back);
    Ok(frame(&viewer, &template, &back, &body, StatusCode::OK))
}

fn none(template: &str) -> ScmError {
    let sentence = error::NoInstances { template, count: 2 };
    ScmError::new(Win32Error::SERVICE_DOES_NOT_EXIST, sentence)
}

/// `POST /scale`: asks if instances would stop, then does it.
pub(crate) async fn scale(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let template = form.text("template");
    let instances: u32 = form.text("instances").trim().parse().map_err(|_| {
        let most = INSTANCES_MAX;
        ScmError::new(
            Win32Error::INVALID_PARAMETER,
            error::InstancesRange { most },
        )
    })?;
    if !form.has("confirm") {
        let asked = template.clone();
        let surplus = viewer
            .with(move |manager, caller| {
                let list = wait(|reply| manager.enumerate(caller, reply))?;
                Ok(scaling::scaling(&list.services, &asked, instances)?.surplus)
            })
            .await?;
        if !surplus.is_empty() {
            return Ok(ask_if_meant(
                &viewer,
                &template,
                instances,
                form.back(),
                &surplus,
            ));
        }
    }
    let wanted = template.clone();
    let scaled = viewer
        .with(move |manager, caller| scaling::scale(manager, caller, &wanted, instances))
        .await?;
    let told = Told::of(&template, &scaled);
    let back = back_from(form.back(), &template, &scaled);
    if !scaled.problems.is_empty() {
        return Ok(show_problems(&viewer, &told, &back, &scaled));
    }
    let between = if back.contains('?') { '&' } else { '?' };
    let said = query(&[(TOLD, &told.written())]);
    Ok(Redirect::to(&format!("{back}{between}{said}")).into_response())
}

/// The place where the reader was. The page of an instance that goes gives way to the list of those that stay.
fn back_from(back: &str, template: &str, scaled: &Scaled) -> String {
    let fields = back
        .split_once('?')
        .map(|(_, fields)| Form::parse(fields.as_bytes()));
    let name = fields.and_then(|fields| fields.name().ok());
    match name {
        Some(name) if scaled.removed.contains(&name) => format!("/?{}", query(&[("q", template)])),
        _ => back.to_owned(),
    }
}

fn ask_if_meant(
    viewer: &Viewer,
    template: &str,
    instances: u32,
    back: &str,
    surplus: &[ServiceName],
) -> Response {
    let lang = viewer.lang();
    let count = surplus.len();
    let body = html! {
        p { (lang.say(console::ScaleQuestion { count })) }
        p { @for name in surplus.iter().rev() { bdi { (name) } " " } }
        form.row method="post" action="/scale" {
            (layout::key(viewer))
            input type="hidden" name="template" value=(template);
            input type="hidden" name="instances" value=(instances);
            input type="hidden" name="back" value=(back);
            button.danger type="submit" name="confirm" value="1" { (console::SCALE_STOP_AND_DELETE.of(lang)) }
            a.button href=(back) { (console::LEAVE_THEM.of(lang)) }
        }
    };
    frame(viewer, template, back, &body, StatusCode::OK)
}

/// What was done, and each one that could not be started or does not take a stop.
fn show_problems(viewer: &Viewer, told: &Told, back: &str, scaled: &Scaled) -> Response {
    let lang = viewer.lang();
    let first = scaled.problems.first();
    let code = first.map_or(StatusCode::OK, |(_, error)| status(error));
    let body = html! {
        @for (name, error) in &scaled.problems { h2 { bdi { (name) } } (problem(error, lang)) }
        @for sentence in told.sentences(lang) { p { (sentence) } }
    };
    frame(viewer, &told.template, back, &body, code)
}

fn frame(viewer: &Viewer, template: &str, back: &str, body: &Markup, code: StatusCode) -> Response {
    let lang = viewer.lang();
    let title = lang.say(console::Scale { template });
    let body = html! {
        nav.trail aria-label=(console::TRAIL.of(lang)) { a href=(back) { "← " (console::SERVICES.of(lang)) } }
        div.head { h1 { (title) } }
        (body)
    };
    let page = layout::still(viewer, Place::Services, &title, body);
    (code, html_page(page)).into_response()
}

/// What was done, on the page that follows. The script shows it as a message that disappears after a while.
pub(crate) fn note(viewer: &Viewer, hub: &Hub, query: &Form) -> Markup {
    let told = query.get(TOLD).and_then(Told::read);
    // The address may be made up: it is not believed about a template that does not exist.
    let told = told.filter(|told| count(hub, &told.template) > 0);
    html! {
        @if let Some(told) = told {
            p.good.note role="status" data-toast=(TOLD) { (told.sentences(viewer.lang()).join(" ")) }
        }
    }
}
