//! Saving what a tab's form asks for.
//!
//! Nothing is saved unseen: the first press shows what would change and when, the second does it. A
//! form carries the version of the configuration that it was made from; if somebody else has saved
//! meanwhile, that is said before anything is overwritten.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use relance_client::ServiceManager;
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceConfig};
use relance_texts::console;

use super::change::{changed, version};
use super::{content, preview, show};
use crate::form::Form;
use crate::hub::Hub;
use crate::layout;
use crate::reply::{Answer, page, status};
use crate::tab::Tab;
use crate::typed::{Wrong, refilled, summary, values, wrong};
use crate::viewer::Viewer;
use crate::{diff, script};

/// `POST /preview/TAB`: what the form would change, while it is filled in.
pub(crate) async fn preview(
    viewer: Viewer,
    Path(tab): Path<String>,
    form: Form,
) -> Answer<Response> {
    viewer.check_form(&form)?;
    let tab = Tab::of(&tab)?;
    let hub = viewer.hub().await?;
    let info = hub.find(&form.name()?)?;
    Ok(page(preview::of_form(&viewer, &info, tab, &form)).into_response())
}

/// `POST /service/TAB`: shows what would change, or with `confirm` does it.
pub(crate) async fn save(viewer: Viewer, Path(tab): Path<String>, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let tab = Tab::of(&tab)?;
    let name = form.name()?;
    let hub = viewer.hub().await?;
    // From the manager and not from the hub: nothing may have happened since.
    let info = viewer.service(&name).await?;
    let before = &info.config;
    if form.has("again") {
        let content = again(&viewer, &hub, &info, tab, &form, None).await?;
        return Ok(show(&viewer, &info, tab, &content, false, StatusCode::OK));
    }
    let now = version(before);
    let is_stale = form.get("version") != Some(now.as_str());
    let saved = match changed(before, tab, &form, viewer.lang()) {
        Ok((_, change)) if form.has("confirm") && !is_stale => {
            let name = name.clone();
            viewer
                .ask(move |manager, caller, reply| {
                    manager.change_config(caller, &name, change, reply);
                })
                .await
        }
        Ok((after, _)) => {
            let content = review(&viewer, before, &after, tab, &form, is_stale);
            let code = if is_stale {
                StatusCode::CONFLICT
            } else {
                StatusCode::OK
            };
            return Ok(show(&viewer, &info, tab, &content, false, code));
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => {
            let there = format!("{}&saved=1", tab.href(&name));
            Ok(Redirect::to(&there).into_response())
        }
        Err(error) => {
            let code = status(&error);
            let content = again(&viewer, &hub, &info, tab, &form, Some(error)).await?;
            Ok(show(&viewer, &info, tab, &content, false, code))
        }
    }
}

/// The form with what was typed, and what is wrong with it beside its fields.
async fn again(
    viewer: &Viewer,
    hub: &Arc<Hub>,
    info: &ServiceInfo,
    tab: Tab,
    form: &Form,
    refused: Option<ScmError>,
) -> Answer<Markup> {
    let lang = viewer.lang();
    let page = content(viewer, hub, info, tab, &Form::default()).await?;
    let original = values(&page.0);
    let mut problems = wrong(form, &original, |form| {
        changed(&info.config, tab, form, lang)
    });
    if problems.is_empty()
        && let Some(error) = refused
    {
        problems = Wrong::refused(error, &form_of(&page.0));
    }
    let page = refilled(&page, form, &problems, lang).0;
    // It is still the form that was opened then: somebody else may have saved since.
    let (now, typed) = (version(&info.config), form.text("version"));
    let field = |version: &str| html! { input type="hidden" name="version" value=(version); }.0;
    let page = PreEscaped(page.replace(&field(&now), &field(&typed)));
    Ok(html! {
        @if !problems.is_empty() { (summary(&problems, lang)) }
        (page)
    })
}

/// The form of a tab alone.
fn form_of(page: &str) -> String {
    let form = page.split_once("id=\"edit\"").map_or("", |(_, form)| form);
    let form = form.split_once("</form>").map_or(form, |(form, _)| form);
    form.to_owned()
}

/// What would change, and the question whether to save it.
fn review(
    viewer: &Viewer,
    before: &ServiceConfig,
    after: &ServiceConfig,
    tab: Tab,
    form: &Form,
    is_stale: bool,
) -> Markup {
    let lang = viewer.lang();
    let differences = diff::differences(before, after, lang);
    html! {
        section.card aria-labelledby="review" {
            h2 #review { (console::THIS_WOULD_CHANGE.of(lang)) }
            @if is_stale {
                p.note.warn role="alert" {
                    (console::SOMEBODY_ELSE_HAS_CHANGED.of(lang))
                }
            }
            (diff::table(&differences, lang))
            form.row method="post" action=(tab.href(&before.service_name)) {
                (layout::key(viewer))
                @for (name, value) in &form.0 {
                    @if !["key", "version", "confirm", "again"].contains(&name.as_str()) {
                        input type="hidden" name=(name) value=(value);
                    }
                }
                input type="hidden" name="version" value=(version(before));
                @if !differences.is_empty() {
                    button.primary type="submit" name="confirm" value="1" {
                        @if is_stale { (console::OVERWRITE.of(lang)) } @else { (console::ACCESS_SAVE.of(lang)) }
                    }
                }
                button.quiet type="submit" name="again" value="1" { (console::BACK_TO_EDITING.of(lang)) }
                a.button href=(tab.href(&before.service_name)) { (console::DO_NOT_SAVE.of(lang)) }
            }
            (script::show(&script::change(before, after), lang))
        }
    }
}
