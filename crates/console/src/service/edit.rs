//! Saving what a tab's form asks for.
//!
//! The first press shows what would change and when, the second saves. A form carries the version
//! of the configuration that it was made from; if somebody else has saved meanwhile, the two are
//! merged (`merge`), and `conflict` shows the result.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use relance_client::ServiceManager;
use relance_scm::manager::{ServiceInfo, wait};
use relance_scm::{ScmError, ServiceConfig};
use relance_texts::console;

use super::change::{changed, version};
use super::conflict::{self, Now};
use super::{content, preview, show, together};
use crate::form::Form;
use crate::hub::Hub;
use crate::layout;
use crate::merge::{self, BASE, COLLIDES, KEEP, base_of};
use crate::replay::{self, Change};
use crate::reply::{Answer, page, status};
use crate::tab::Tab;
use crate::typed::{Wrong, refilled, summary, values, wrong};
use crate::viewer::Viewer;
use crate::{contradictions, diff, script};

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
    // From the manager and not from the hub, which may be a moment behind.
    let info = viewer.service(&name).await?;
    let before = &info.config;
    if form.has("again") {
        let form = merge::settled(&form).form;
        let content = again(&viewer, &hub, &info, tab, &form, None).await?;
        return Ok(show(&viewer, &info, tab, &content, false, StatusCode::OK));
    }
    let is_stale = form.get("version") != Some(version(before).as_str());
    let now = now(&viewer, &hub, &info, tab, &form, is_stale).await?;
    let saved = match changed(before, tab, &now.merged.form, viewer.lang()) {
        Ok((_, change)) if form.has("confirm") && now.is_settled() => {
            let name = name.clone();
            let before = Arc::clone(before);
            let for_all = form.get("confirm") == Some(together::ALL);
            viewer
                .with(move |manager, caller| {
                    if for_all {
                        return together::save(manager, caller, &before, &change);
                    }
                    wait(|reply| manager.change_config(caller, &name, change, reply))
                })
                .await
        }
        Ok((after, _)) => {
            let is_other = tab == Tab::Recovery && after != **before;
            let changes = is_other.then(|| Change::new(&info, after));
            let played = replay::shown(&viewer, changes.into_iter().collect()).await;
            let content = review(&viewer, &hub, before, tab, (&now, &played))?;
            let code = if now.is_settled() {
                StatusCode::OK
            } else {
                StatusCode::CONFLICT
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
            let typed = if is_stale { &form } else { &now.merged.form };
            let content = again(&viewer, &hub, &info, tab, typed, Some(error)).await?;
            Ok(show(&viewer, &info, tab, &content, false, code))
        }
    }
}

/// What was typed, put into what is now.
async fn now(
    viewer: &Viewer,
    hub: &Arc<Hub>,
    info: &ServiceInfo,
    tab: Tab,
    form: &Form,
    is_stale: bool,
) -> Answer<Now> {
    let opened = Form::parse(form.text(BASE).as_bytes());
    if !is_stale {
        let merged = merge::settled(form);
        return Ok(Now {
            merged,
            fields: opened.0,
            opened: None,
        });
    }
    let page = content(viewer, hub, info, tab, &Form::default()).await?;
    let fields = values(&form_of(&page.0));
    let merged = merge::merge(form, &fields);
    Ok(Now {
        merged,
        fields,
        opened: Some(opened),
    })
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
    let fields = form_of(&page.0);
    if problems.is_empty()
        && let Some(error) = refused
    {
        problems = Wrong::refused(error, &fields);
    }
    let page = refilled(&page, form, &problems, lang).0;
    // It is still the form that was opened then: somebody else may have saved since.
    let field =
        |name: &str, value: &str| html! { input type="hidden" name=(name) value=(value); }.0;
    let (now, base) = (version(&info.config), base_of(&values(&fields)));
    let page = page.replace(
        &field("version", &now),
        &field("version", &form.text("version")),
    );
    let page = page.replace(&field(BASE, &base), &field(BASE, &form.text(BASE)));
    Ok(html! {
        @if !problems.is_empty() { (summary(&problems, lang)) }
        (PreEscaped(page))
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
    hub: &Hub,
    before: &ServiceConfig,
    tab: Tab,
    (now, played): (&Now, &Markup),
) -> Answer<Markup> {
    let lang = viewer.lang();
    let mine = merge::with_theirs(&now.merged, &now.fields);
    let (after, _) = changed(before, tab, &mine, lang)?;
    let differences = diff::differences(before, &after, lang);
    let collisions = &now.merged.collisions;
    let kept = |name: &str| {
        !["key", "version", "confirm", "again", BASE].contains(&name) && !is_choice(name)
    };
    Ok(html! {
        section.card #review-card aria-labelledby="review" {
            h2 #review tabindex="-1" { (console::THIS_WOULD_CHANGE.of(lang)) }
            (conflict::told(before, tab, now, lang))
            (diff::sentences(&differences, lang))
            (contradictions::notes(&after, lang))
            (played)
            form method="post" action=(tab.href(&before.service_name)) data-keep="" {
                (layout::key(viewer))
                @for (name, value) in now.merged.form.0.iter().filter(|(name, _)| kept(name)) {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name="version" value=(version(before));
                input type="hidden" name=(BASE) value=(base_of(&now.fields));
                (conflict::choices(collisions, lang))
                div.row {
                    @if !differences.is_empty() || !collisions.is_empty() {
                        button.primary type="submit" name="confirm" value="1" { (console::ACCESS_SAVE.of(lang)) }
                        (together::button(hub, before, lang))
                    }
                    button.quiet type="submit" name="again" value="1" formnovalidate { (console::BACK_TO_EDITING.of(lang)) }
                    a.button href=(tab.href(&before.service_name)) { (console::DO_NOT_SAVE.of(lang)) }
                }
            }
            (script::show(&script::change(before, &after), lang))
        }
    })
}

/// Whether a field belongs to a choice between two changes.
fn is_choice(name: &str) -> bool {
    name == COLLIDES || name.starts_with(KEEP)
}
