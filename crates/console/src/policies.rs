//! Named policies (X101): which there are, what one says, who uses it, and before a change is saved what it means for
//! each of them.
//!
//! As for a service, nothing is saved unseen: the first press shows what would change, the second does it. A form that
//! was made from another state of the policy is shown against the current one.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_policy::delays;
use relance_scm::manager::{PolicyInfo, ServiceInfo};
use relance_scm::{
    ConfigChange, PolicyChange, PolicyName, RecoveryPolicy, ScmError, ServiceConfig, ServiceName,
    Win32Error,
};
use relance_texts::{console, error, policy as texts, shown};
use relance_wire::api::{ChangeConfigRequest, ConfigBody, RecoveryChangeBody};

use crate::diff;
use crate::form::{Form, Query};
use crate::hub::Hub;
use crate::lang::{Lang, SLOTS, rich};
use crate::layout::{self, Place};
use crate::policy_links::{all, href, users};
use crate::policy_words::action;
use crate::replay::{self, Change};
use crate::reply::{Answer, not_saved, page as html_page, problem, status};
use crate::service::change::version;
use crate::service::{general, preview as previews, recovery};
use crate::tab::Tab;
use crate::viewer::Viewer;

/// `GET /policies`
pub(crate) async fn list(viewer: Viewer) -> Answer<Response> {
    let lang = viewer.lang();
    let policies = all(&viewer).await?;
    let body = html! {
        div.head { h1 { (console::POLICIES.of(lang)) } }
        p.dim { (console::WHAT_POLICIES_ARE.of(lang)) }
        @if policies.is_empty() { p.card { (console::NO_POLICIES.of(lang)) } } @else {
            div.scroll { table.cards {
                thead { tr {
                    th scope="col" { (console::POLICY.of(lang)) }
                    th scope="col" { (console::SERVICES.of(lang)) }
                    th scope="col" { (console::WHAT_FOLLOWS.of(lang)) }
                } }
                tbody { @for info in &policies { (row(info, lang)) } }
            } }
        }
    };
    let title = console::POLICIES.of(lang);
    Ok(frame(&viewer, title, body, StatusCode::OK))
}

fn row(info: &PolicyInfo, lang: Lang) -> Markup {
    let actions = info.policy.failure_actions.actions.iter();
    let actions: Vec<String> = actions.map(|each| action(Some(*each), lang)).collect();
    let name = info.policy.name.as_str();
    html! {
        tr {
            th scope="row" { a href=(href(name)) { bdi { (name) } } }
            td data-label=(console::SERVICES.of(lang)) { (info.used_by.len()) }
            td data-label=(console::WHAT_FOLLOWS.of(lang)) {
                @if actions.is_empty() { (action(None, lang)) }
                @else { ol.plain { @for action in &actions { li { (action) } } } }
            }
        }
    }
}

/// `GET /policy?name=NAME`
pub(crate) async fn page(viewer: Viewer, Query(query): Query) -> Answer<Response> {
    let info = find(&viewer, &name_in(&query)?).await?;
    let saved = query.has("saved");
    let content = form(&viewer, &info);
    Ok(show(&viewer, &info, &content, saved, StatusCode::OK))
}

/// `POST /policy/preview`: what the form would change, while it is filled in.
pub(crate) async fn preview(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let lang = viewer.lang();
    let info = find(&viewer, &name_in(&form)?).await?;
    let markup = match changed(&info.policy, &form, lang) {
        Err(error) => html! { section.card { (problem(&error, lang)) } },
        Ok((after, _)) => html! {
            (meaning(&after, &form, lang))
            section.card aria-label=(console::CHANGES.of(lang)) {
                h2 { (console::CHANGES.of(lang)) }
                (differences(&info.policy, &after, lang))
            }
        },
    };
    Ok(html_page(markup).into_response())
}

/// `POST /policy`: shows what would change for each that uses it, or with `confirm` does it.
pub(crate) async fn save(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let lang = viewer.lang();
    let name = name_in(&form)?;
    let info = find(&viewer, &name).await?;
    let is_stale = form.get("version") != Some(version(&info.policy.as_config()).as_str());
    let saved = match changed(&info.policy, &form, lang) {
        Ok((_, change)) if form.has("confirm") && !is_stale => {
            let change = PolicyChange::Set(Box::new(change));
            let of = name.clone();
            viewer
                .ask(move |manager, caller, reply| {
                    manager.change_policy(caller, &of, change, false, reply);
                })
                .await
        }
        Ok((after, _)) => {
            let hub = viewer.hub().await?;
            let played = replayed(&viewer, &hub, &info, &after).await;
            let content = review(&viewer, &hub, &info, (&after, &played), &form);
            let code = if is_stale {
                StatusCode::CONFLICT
            } else {
                StatusCode::OK
            };
            return Ok(show(&viewer, &info, &content, false, code));
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(_) => {
            let there = format!("{}&saved=1", href(name.as_str()));
            Ok(Redirect::to(&there).into_response())
        }
        Err(error) => {
            let back = html! { a.button href=(href(name.as_str())) { (console::BACK_TO_EDITING.of(lang)) } };
            let content = not_saved(&error, lang, &back);
            Ok(show(&viewer, &info, &content, false, status(&error)))
        }
    }
}

/// The policy of this name, with those who use it.
pub(crate) async fn find(viewer: &Viewer, name: &PolicyName) -> Result<PolicyInfo, ScmError> {
    let mut policies = all(viewer).await?.into_iter();
    let found = policies.find(|info| info.policy.name == *name);
    found.ok_or_else(|| {
        let policy = shown(name);
        ScmError::new(Win32Error::NOT_FOUND, error::NoPolicy { policy })
    })
}

fn name_in(form: &Form) -> Result<PolicyName, ScmError> {
    form.text("name").parse()
}

/// The policy as a form would leave it.
fn changed(
    before: &RecoveryPolicy,
    form: &Form,
    lang: Lang,
) -> Result<(RecoveryPolicy, ConfigChange), ScmError> {
    let change = ChangeConfigRequest {
        recovery: Some(RecoveryChangeBody {
            on_error_stop: None,
            ..recovery::read(form)?
        }),
        ..general::read_extensions(form, lang)?
    };
    let change = ConfigChange::try_from(&change)?;
    Ok((before.changed(&change)?, change))
}

/// As the simulator and the preview take it: what an error status means is not the policy's, so nothing warns of it.
fn played(policy: &RecoveryPolicy) -> ServiceConfig {
    let mut config = policy.as_config();
    config.failure_actions_on_non_crash_failures = true;
    config
}

fn meaning(policy: &RecoveryPolicy, form: &Form, lang: Lang) -> Markup {
    previews::recovery(&played(policy), 0, form, lang)
}

fn differences(before: &RecoveryPolicy, after: &RecoveryPolicy, lang: Lang) -> Markup {
    let differences = diff::differences(&before.as_config(), &after.as_config(), lang);
    diff::sentences(&differences, lang)
}

/// The form, with what its changes mean beside it. Readers see what the policy means.
fn form(viewer: &Viewer, info: &PolicyInfo) -> Markup {
    let lang = viewer.lang();
    let config = played(&info.policy);
    let meaning = meaning(&info.policy, &Form::default(), lang);
    if !viewer.is_administrator() {
        return html! { p.dim { (console::YOU_MAY_SEE_ONLY.of(lang)) } div.preview { (meaning) } };
    }
    let fields = recovery::fields_of_policy(&ConfigBody::from(&config), lang);
    html! {
        div.split {
            form.card #edit method="post" action="/policy" data-preview="/policy/preview" data-keep=""
                aria-label=(console::POLICY.of(lang)) {
                (hidden(viewer, info))
                (fields)
                div.row.end { button.primary type="submit" { (console::SAVE.of(lang)) } }
            }
            div #preview.preview aria-live="polite" { (meaning) }
        }
    }
}

fn hidden(viewer: &Viewer, info: &PolicyInfo) -> Markup {
    html! {
        (layout::key(viewer))
        input type="hidden" name="name" value=(info.policy.name);
        input type="hidden" name="version" value=(version(&info.policy.as_config()));
    }
}

/// What would change, for each service that uses it, and the question whether to save it.
fn review(
    viewer: &Viewer,
    hub: &Hub,
    info: &PolicyInfo,
    (after, played): (&RecoveryPolicy, &Markup),
    form: &Form,
) -> Markup {
    let lang = viewer.lang();
    let is_stale = form.get("version") != Some(version(&info.policy.as_config()).as_str());
    let kept = |name: &str| !["key", "name", "version", "confirm"].contains(&name);
    let is_same = info.policy == *after;
    html! {
        section.card #review-card aria-labelledby="review" {
            h2 #review tabindex="-1" { (console::THIS_WOULD_CHANGE.of(lang)) }
            @if is_stale { p.note.warn role="status" { (console::POLICY_CHANGED_MEANWHILE.of(lang)) } }
            (differences(&info.policy, after, lang))
            @if !is_same { (for_each(hub, info, after, lang)) (played) }
            form method="post" action="/policy" data-keep="" {
                (hidden(viewer, info))
                @for (name, value) in form.0.iter().filter(|(name, _)| kept(name)) {
                    input type="hidden" name=(name) value=(value);
                }
                div.row {
                    @if !is_same {
                        button.primary type="submit" name="confirm" value="1" { (console::ACCESS_SAVE.of(lang)) }
                    }
                    a.button href=(href(info.policy.name.as_str())) { (console::DO_NOT_SAVE.of(lang)) }
                }
            }
        }
    }
}

/// What the recorded failures of each service that uses the policy would have been.
async fn replayed(viewer: &Viewer, hub: &Hub, info: &PolicyInfo, after: &RecoveryPolicy) -> Markup {
    if info.policy == *after {
        return html! {};
    }
    let users = info.used_by.iter().filter_map(|name| hub.find(name).ok());
    let changes = users.map(|user| {
        let mut config = ServiceConfig::clone(&user.config);
        after.put_on(&mut config);
        Change::new(&user, config)
    });
    replay::shown(viewer, changes.collect()).await
}

/// What follows the next failure of each service that uses the policy; services of which the same is said stand together.
fn for_each(hub: &Hub, info: &PolicyInfo, after: &RecoveryPolicy, lang: Lang) -> Markup {
    let users = info.used_by.iter();
    let users = users.filter_map(|name| hub.find(name).ok());
    let mut groups: Vec<(Next, Vec<ServiceName>)> = Vec::new();
    for info in users {
        let (next, name) = (Next::of(&info, after, lang), &info.config.service_name);
        match groups.iter_mut().find(|(other, _)| *other == next) {
            Some((_, names)) => names.push(name.clone()),
            None => groups.push((next, vec![name.clone()])),
        }
    }
    html! {
        @if groups.is_empty() { p.dim { (console::NOBODY_USES_IT.of(lang)) } } @else {
            h3 { (console::NEXT_FAILURE_OF_EACH.of(lang)) }
            ul { @for (next, names) in groups { li { (next.say(&names, lang)) } } }
        }
    }
}

/// What follows the next failure of a service, now and with the change.
#[derive(PartialEq, Eq)]
struct Next {
    count: u32,
    before: String,
    after: String,
}

impl Next {
    fn of(info: &ServiceInfo, after: &RecoveryPolicy, lang: Lang) -> Self {
        let mut config = ServiceConfig::clone(&info.config);
        after.put_on(&mut config);
        let count = info.recovery.failure_count;
        let follows = |config: &ServiceConfig| action(delays::action_for(config, count + 1), lang);
        let [before, after] = [&*info.config, &config].map(follows);
        Self {
            count,
            before,
            after,
        }
    }

    fn say(self, names: &[ServiceName], lang: Lang) -> Markup {
        let links = html! {
            @for (at, name) in names.iter().enumerate() {
                @if at > 0 { ", " }
                a href=(Tab::Recovery.href(name)) { bdi { (name) } }
            }
        };
        let Self {
            count,
            before,
            after,
        } = self;
        let service = SLOTS[0];
        if before == after {
            let said = texts::NextStays {
                service,
                count,
                after,
            };
            return rich(said, lang, &[links]);
        }
        let said = texts::NextChanges {
            service,
            count,
            before,
            after,
        };
        rich(said, lang, &[links])
    }
}

fn show(
    viewer: &Viewer,
    info: &PolicyInfo,
    content: &Markup,
    saved: bool,
    code: StatusCode,
) -> Response {
    let lang = viewer.lang();
    let name = info.policy.name.as_str();
    let body = html! {
        nav.trail aria-label=(console::TRAIL.of(lang)) { a href="/policies" { "← " (console::POLICIES.of(lang)) } }
        div.head { h1 { (lang.say(console::PolicyNamed { policy: name })) } }
        div.card { (users(&info.used_by, None, lang)) }
        @if saved { p.good.note role="status" { (console::SAVED.of(lang)) } }
        (content)
    };
    let title = lang.say(console::PolicyNamed { policy: name });
    frame(viewer, &title, body, code)
}

fn frame(viewer: &Viewer, title: &str, body: Markup, code: StatusCode) -> Response {
    let page = layout::still(viewer, Place::Services, title, body);
    (code, html_page(page)).into_response()
}
