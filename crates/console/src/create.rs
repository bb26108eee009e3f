//! A new service: checked while it is described, by the same rules as the API's.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::config::Secret;
use relance_scm::failure_actions::RESET_PERIOD_DEFAULT;
use relance_scm::manager::NewService;
use relance_scm::{ConfigChange, ScmError, ServiceConfig, ServiceKind, ServiceName, Win32Error};
use relance_texts::{console, error, shown};
use relance_wire::api::{ActionBody, ActionsBody, ConfigBody};

use crate::contradictions;
use crate::form::Form;
use crate::hub::Hub;
use crate::lacking::{Feature, reason};
use crate::lang::{Lang, SLOTS, rich};
use crate::layout::{self, Place};
use crate::reply::{Answer, Failure, page as html_page, problem, status};
use crate::script;
use crate::service::{field, general, log_on, preview as previews, recovery};
use crate::tab::Tab;
use crate::typed;
use crate::viewer::Viewer;

/// What the form begins with: a program that is restarted after a minute, twice, with a fresh start
/// after a quiet day.
fn beginning() -> Result<ConfigBody, ScmError> {
    let mut config = ServiceConfig::new(ServiceName::new("new")?, "x");
    config.failure_actions_on_non_crash_failures = true;
    let mut body = ConfigBody::from(&config);
    let restart = ActionBody {
        kind: "restart".to_owned(),
        delay_ms: 60_000,
    };
    body.recovery.actions = ActionsBody::List(vec![restart.clone(), restart]);
    body.recovery.reset_period_secs = Some(RESET_PERIOD_DEFAULT.into());
    body.command_line.clear();
    body.display_name = None;
    ServiceKind::Program.name().clone_into(&mut body.kind);
    "auto".clone_into(&mut body.start_type);
    Ok(body)
}

/// `GET /create`
pub(crate) async fn page(viewer: Viewer) -> Answer<Response> {
    viewer.check_administrator()?;
    let body = beginning()?;
    let content = form(&viewer, &body, "", "program", &html! {});
    Ok(frame(&viewer, content, StatusCode::OK))
}

fn frame(viewer: &Viewer, body: Markup, code: StatusCode) -> Response {
    let title = console::NEW_SERVICE.of(viewer.lang());
    let page = layout::still(viewer, Place::Services, title, body);
    (code, html_page(page)).into_response()
}

fn form(viewer: &Viewer, body: &ConfigBody, name: &str, kind: &str, result: &Markup) -> Markup {
    let lang = viewer.lang();
    html! {
        nav.trail aria-label=(console::TRAIL.of(lang)) { a href="/" { "← " (console::SERVICES.of(lang)) } }
        div.head { h1 { (console::NEW_SERVICE.of(lang)) } }
        (result)
        div.split {
            form.card #edit method="post" action="/create" data-preview="/create/preview" data-keep="" {
                (layout::key(viewer))
                fieldset.bare {
                    (field(
                        console::NAME.of(lang),
                        console::N_1_TO_256_CHARACTERS.of(lang),
                        &html! { input name="name" value=(name) required maxlength="256" spellcheck="false" autofocus; },
                    ))
                    fieldset {
                        legend { (console::KIND.of(lang)) }
                        @for (value, label, hint) in [
                            ("program", console::ANY_PROGRAM.of(lang),
                             reason(Feature::StopSignal, lang).unwrap_or(
                                 console::RUNS_WHEN_STARTED_STOPPED.of(lang))),
                            ("service", console::A_SERVICE_THAT_SPEAKS.of(lang),
                             console::PHP_WITH_WIN32_START.of(lang)),
                        ] {
                            label.check { input type="radio" name="service_kind" value=(value) checked[kind == value]; span { (label) small { (hint) } } }
                        }
                    }
                    (general::fields(body, lang))
                    (log_on::fields(&body.account_name, lang))
                    h2 { (console::RECOVERY.of(lang)) }
                    (recovery::fields(body, lang))
                    details {
                        summary { (console::DEPENDENCIES_AND_ENVIRONMENT.of(lang)) }
                        (field(console::SERVICES_THAT_MUST_RUN.of(lang), console::ONE_TO_A_LINE.of(lang),
                            &html! { textarea.code name="dependencies" rows="3" spellcheck="false" { (body.dependencies.join("\n")) } }))
                        (field(console::VARIABLES.of(lang), console::ONE_TO_A_LINE_NAME.of(lang),
                            &html! { textarea.code name="environment" rows="3" spellcheck="false" { (body.environment.join("\n")) } }))
                    }
                    div.row.end { button.primary type="submit" { (console::CREATE.of(lang)) } }
                }
            }
            div #preview.preview aria-live="polite" {}
        }
    }
}

/// The service that the form describes.
fn read(form: &Form, lang: Lang) -> Result<ServiceConfig, ScmError> {
    let name = ServiceName::new(form.get("name").unwrap_or_default())?;
    let mut config = ServiceConfig::new(name, form.text("command_line"));
    if form.get("service_kind") != Some("service") {
        config.kind = ServiceKind::Program;
    }
    let mut change = general::read(form, lang)?;
    change.account_name = log_on::read(form).account_name;
    change.recovery = Some(recovery::read(form)?);
    change.dependencies = Some(form.lines("dependencies"));
    change.environment = Some(form.lines("environment"));
    config.changed(&ConfigChange::try_from(&change)?)
}

/// Checks that need the other services: whether the names are free, and whether its dependencies
/// exist.
fn against_others(hub: &Hub, config: &ServiceConfig) -> Result<Vec<String>, ScmError> {
    hub.read(|state| {
        if state.find(&config.service_name).is_some() {
            return Err(ScmError::new(
                Win32Error::SERVICE_EXISTS,
                error::ServiceThere {
                    name: shown(&config.service_name),
                },
            ));
        }
        let missing = config
            .dependencies
            .iter()
            .filter_map(|dependency| match dependency {
                relance_scm::config::Dependency::Service(name) if state.find(name).is_none() => {
                    Some(name.to_string())
                }
                _ => None,
            });
        Ok(missing.collect())
    })
}

/// `POST /create/preview`
pub(crate) async fn preview(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let hub = viewer.hub().await?;
    let lang = viewer.lang();
    let checked = read(&form, lang)
        .and_then(|config| against_others(&hub, &config).map(|missing| (config, missing)));
    let markup = match checked {
        Err(error) => html! { section.card { (problem(&error, lang)) } },
        Ok((config, missing)) => html! {
            @for name in &missing {
                p.note.warn { (rich(console::CreateNoSuch { name: SLOTS[0] }, lang, &[html! { bdi { (name) } }])) }
            }
            (contradictions::notes(&config, lang))
            (previews::recovery(&config, 0, &form, lang))
            section.card { (script::show(&script::create(&config), lang)) }
        },
    };
    Ok(html_page(markup).into_response())
}

/// `POST /create`
pub(crate) async fn create(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let created = match read(&form, viewer.lang()) {
        Err(error) => Err(error),
        Ok(config) => {
            let name = config.service_name.clone();
            let service = NewService {
                config,
                password: Secret::default(),
            };
            viewer
                .ask(move |manager, caller, reply| manager.create_service(caller, service, reply))
                .await
                .map(|()| name)
        }
    };
    match created {
        Ok(name) => Ok(Redirect::to(&Tab::General.href(&name)).into_response()),
        Err(error) => Ok(again(&viewer, &form, error)),
    }
}

/// The form with what was entered and what is wrong with it.
fn again(viewer: &Viewer, entered: &Form, error: ScmError) -> Response {
    let lang = viewer.lang();
    let code = status(&error);
    let body = match beginning() {
        Ok(body) => body,
        Err(error) => return Failure::from(error).into_response(),
    };
    let page = form(viewer, &body, "", "program", &html! {});
    let original = typed::values(&page.0);
    let mut problems = typed::wrong(entered, &original, |entered| read(entered, lang));
    if problems.is_empty() {
        // The manager refuses a name that is taken; other refusals name their subject.
        problems = typed::Wrong::refused(error, "<input name=\"name\">");
    }
    let page = typed::refilled(&page, entered, &problems, lang);
    let content = html! { (typed::summary(&problems, lang)) (page) };
    frame(viewer, content, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_checked_by_the_rules_of_the_api() {
        let good = Form::parse(
            b"name=a&command_line=%2Fbin%2Ftrue&service_kind=program&stop_signal=TERM&output=file",
        );
        let config = read(&good, Lang::En).unwrap();
        assert_eq!(config.kind, ServiceKind::Program);
        for bad in [
            &b"name=&command_line=x"[..],
            b"name=a%2Fb&command_line=x",
            b"name=a&command_line=",
            b"name=a&command_line=x&start_type=demand&delayed_auto_start=on",
            b"name=a&command_line=x&environment=nonsense",
        ] {
            assert!(
                read(&Form::parse(bad), Lang::En).is_err(),
                "{}",
                String::from_utf8_lossy(bad)
            );
        }
    }

    #[test]
    fn the_form_begins_with_settings_without_a_trap() {
        let body = beginning().unwrap();
        let mut config = ConfigBody {
            command_line: "x".into(),
            ..body
        };
        config.name = "a".into();
        let config = ServiceConfig::try_from(&config).unwrap();
        assert_eq!(previews::warnings(&config, crate::lang::Lang::En), [""; 0]);
    }
}
