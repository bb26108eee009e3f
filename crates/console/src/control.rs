//! Start, stop and the other controls, for one service or several; and deletion.

mod rolling;

use std::collections::HashSet;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::join_all;
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::manager::{next_change, wait};
use relance_scm::{Caller, Control, ScmError, ServiceName, ServiceState, Win32Error};
use relance_texts::{console, error, quoted};
use serde::Serialize;

use crate::form::Form;
use crate::instances;
use crate::lang::Lang;
use crate::layout::{self, Place};
use crate::manager::Manager;
use crate::reply::{Answer, page, problem, status};
use crate::said::said;
use crate::viewer::Viewer;

/// What can be done with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Start,
    Restart {
        /// Whether services that need it are restarted with it.
        dependents: bool,
    },
    /// One by one.
    Rolling,
    Send(Control),
    Terminate,
    CancelRecovery,
}

impl Action {
    fn of(form: &Form) -> Result<Self, ScmError> {
        Ok(match form.get("action").unwrap_or_default() {
            "start" => Self::Start,
            "stop" => Self::Send(Control::Stop),
            "restart" => Self::Restart {
                dependents: form.get("dependents").is_some(),
            },
            "rolling" => Self::Rolling,
            "pause" => Self::Send(Control::Pause),
            "continue" => Self::Send(Control::Continue),
            "terminate" => Self::Terminate,
            "cancel" => Self::CancelRecovery,
            "reload" => Self::Send(Control::ParamChange),
            "control" => Self::Send(Control::from_sendable(
                form.number("control").unwrap_or_default(),
            )?),
            other => {
                return Err(ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::NoSuchDeed {
                        text: quoted(other),
                    },
                ));
            }
        })
    }

    fn carry_out(
        self,
        manager: &Manager,
        caller: &Caller,
        name: &ServiceName,
    ) -> Result<(), ScmError> {
        match self {
            Self::Start => wait(|reply| manager.start_service(caller, name, vec![], reply)),
            Self::Restart { dependents } => restart(manager, caller, name, dependents),
            Self::Rolling => restart(manager, caller, name, false),
            Self::Send(control) => {
                wait(|reply| manager.control_service(caller, name, control, reply)).map(drop)
            }
            Self::Terminate => wait(|reply| manager.terminate_service(caller, name, reply)),
            Self::CancelRecovery => wait(|reply| manager.cancel_recovery(caller, name, reply)),
        }
    }
}

/// The manager restarts the service; one that cannot (Windows' own) is asked for each step.
fn restart(
    manager: &Manager,
    caller: &Caller,
    name: &ServiceName,
    dependents: bool,
) -> Result<(), ScmError> {
    match wait(|reply| manager.restart_service(caller, name, dependents, reply)) {
        Err(error) if error.code() == Win32Error::NOT_SUPPORTED => {
            stop_and_start(manager, caller, name)
        }
        result => result,
    }
}

/// Stops a service that runs, waits until it has stopped, and starts it.
fn stop_and_start(manager: &Manager, caller: &Caller, name: &ServiceName) -> Result<(), ScmError> {
    // Watched from before the stop, so that its end cannot be missed.
    let mut watch = manager.watch(caller, None)?;
    let stopped = wait(|reply| manager.control_service(caller, name, Control::Stop, reply));
    match stopped {
        Err(error) if error.code() != Win32Error::SERVICE_NOT_ACTIVE => return Err(error),
        Err(_) => {}
        Ok(_) => {
            let is_stopped = || {
                let status = wait(|reply| manager.query_status(caller, name, reply));
                status.map(|status| status.state == ServiceState::Stopped)
            };
            while !is_stopped()? {
                if next_change(&mut *watch).is_none() {
                    return Err(ScmError::new(
                        Win32Error::RPC_S_SERVER_UNAVAILABLE,
                        error::MANAGER_RESTARTED,
                    ));
                }
            }
        }
    }
    wait(|reply| manager.start_service(caller, name, vec![], reply))
}

/// The result for one service.
#[derive(Debug, Serialize)]
struct Outcome {
    name: String,
    /// `None`: done; else the reason why not.
    error: Option<String>,
    code: u32,
}

/// `POST /control`: each service is asked by itself, many at the same time.
pub(crate) async fn control(headers: HeaderMap, viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let action = Action::of(&form)?;
    // Without the script, a row of instances and one of them may be chosen both.
    let mut seen = HashSet::new();
    let names = form.all("name").flat_map(instances::names);
    let names: Vec<String> = names.filter(|name| seen.insert(name.clone())).collect();
    let wants_json = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    // The script has asked already.
    if let Some(question) = Question::of(action, names.len(), viewer.lang())
        && !wants_json
        && !form.has("confirm")
    {
        return Ok(ask_if_meant(&viewer, &form, &question));
    }
    let results = match action {
        Action::Rolling => rolling::restart(&viewer, names).await,
        _ => at_once(&viewer, action, names).await,
    };
    if wants_json {
        let outcomes = results.into_iter().map(|(name, result)| Outcome {
            name,
            code: result
                .as_ref()
                .map_or_else(|error| error.code().to_raw(), |()| 0),
            error: result.err().map(|error| said(&error, viewer.lang())),
        });
        return Ok(Json(outcomes.collect::<Vec<_>>()).into_response());
    }
    let failed = results.iter().find_map(|(_, result)| result.as_ref().err());
    match failed {
        Some(error) if action == (Action::Restart { dependents: false }) && is_needed(error) => {
            let needed = results.iter().filter_map(|(name, result)| {
                let error = result.as_ref().err().filter(|error| is_needed(error))?;
                Some((name.as_str(), error))
            });
            let needed: Vec<_> = needed.collect();
            Ok(ask_for_dependents(&viewer, form.back(), &needed))
        }
        Some(error) => Err(error.clone().into()),
        None => Ok(Redirect::to(form.back()).into_response()),
    }
}

/// Asks each service by itself, many at the same time.
async fn at_once(
    viewer: &Viewer,
    action: Action,
    names: Vec<String>,
) -> Vec<(String, Result<(), ScmError>)> {
    let asked = names.into_iter().map(|name| async move {
        let done = async {
            let _turn = viewer.app.controls.acquire().await;
            let name = ServiceName::new(name.as_str())?;
            viewer
                .with(move |manager, caller| action.carry_out(manager, caller, &name))
                .await
        };
        let result = done.await;
        (name, result)
    });
    join_all(asked).await
}

fn is_needed(error: &ScmError) -> bool {
    error.code() == Win32Error::DEPENDENT_SERVICES_RUNNING
}

/// The question whether services that need others of these are restarted too.
fn ask_for_dependents(viewer: &Viewer, back: &str, needed: &[(&str, &ScmError)]) -> Response {
    let lang = viewer.lang();
    let title = console::RESTART_WITH_DEPENDENTS.of(lang);
    let body = html! {
        h1 { (title) }
        @for (_, error) in needed { (problem(error, lang)) }
        p { (console::RESTART_DEPENDENTS_QUESTION.of(lang)) }
        form.row method="post" action="/control" {
            (layout::key(viewer))
            @for (name, _) in needed { input type="hidden" name="name" value=(name); }
            input type="hidden" name="back" value=(back);
            input type="hidden" name="dependents" value="1";
            button.primary type="submit" name="action" value="restart" { (console::RESTART_ALL.of(lang)) }
            a.button href=(back) { (console::LEAVE_THEM.of(lang)) }
        }
    };
    asking(viewer, title, body, StatusCode::OK)
}

/// The question before many services are ended, or one is ended by force.
struct Question {
    sentence: String,
    /// On the button that says yes.
    yes: &'static str,
}

impl Question {
    fn of(action: Action, count: usize, lang: Lang) -> Option<Self> {
        let yes = match action {
            Action::Terminate => console::END_BY_FORCE,
            Action::Send(Control::Stop) => console::STOP,
            Action::Restart { dependents: false } => console::RESTART,
            Action::Rolling => console::RESTART_ONE_BY_ONE,
            _ => return None,
        };
        let yes = yes.of(lang);
        let sentence = if action == Action::Terminate {
            console::BY_FORCE_QUESTION.of(lang).to_owned()
        } else if count > 1 {
            let what = format!("{count} · {yes}");
            lang.say(console::ManyQuestion { what })
        } else {
            return None;
        };
        Some(Self { sentence, yes })
    }
}

/// The same form again, with a question.
fn ask_if_meant(viewer: &Viewer, form: &Form, question: &Question) -> Response {
    let lang = viewer.lang();
    let title = console::CONTROLS.of(lang);
    let back = form.back();
    let body = html! {
        h1 { (title) }
        p { (question.sentence) }
        p { @for name in form.all("name").flat_map(instances::names) { bdi { (name) } " " } }
        form.row method="post" action="/control" {
            (layout::key(viewer))
            @for name in form.all("name") { input type="hidden" name="name" value=(name); }
            input type="hidden" name="back" value=(back);
            input type="hidden" name="confirm" value="1";
            button.danger type="submit" name="action" value=(form.text("action")) { (question.yes) }
            a.button href=(back) { (console::LEAVE_THEM.of(lang)) }
        }
    };
    asking(viewer, title, body, StatusCode::OK)
}

/// A page with a question.
fn asking(viewer: &Viewer, title: &str, body: Markup, code: StatusCode) -> Response {
    let markup = layout::still(viewer, Place::Services, title, body);
    (code, page(markup)).into_response()
}

/// `POST /delete`: asks once, then does it.
pub(crate) async fn delete(viewer: Viewer, form: Form) -> Answer<Response> {
    viewer.check_form(&form)?;
    let name = form.name()?;
    if form.get("confirm").is_some() {
        let deleted = {
            let name = name.clone();
            viewer
                .ask(move |manager, caller, reply| manager.delete_service(caller, &name, reply))
                .await
        };
        return match deleted {
            Ok(()) => Ok(Redirect::to("/").into_response()),
            Err(error) => Ok(show_question(&viewer, &name, Some(&error))),
        };
    }
    Ok(show_question(&viewer, &name, None))
}

fn show_question(viewer: &Viewer, name: &ServiceName, error: Option<&ScmError>) -> Response {
    let lang = viewer.lang();
    let title = console::DELETE_THE_SERVICE.of(lang);
    let body = html! {
        h1 { (title) }
        @if let Some(error) = error { (problem(error, lang)) }
        p { (console::DELETE.of(lang)) " " strong { bdi { (name) } } " ?" }
        p.dim { (console::ITS_CONFIGURATION_IS_GONE.of(lang)) }
        form.row method="post" action="/delete" {
            (layout::key(viewer))
            input type="hidden" name="name" value=(name);
            button.danger type="submit" name="confirm" value="1" { (console::DELETE.of(lang)) }
            a.button href={ "/service/general?" (crate::form::query(&[("name", name.as_str())])) } { (console::KEEP.of(lang)) }
        }
    };
    let code = error.map_or(StatusCode::OK, status);
    let markup = layout::still(viewer, Place::Services, title, body);
    (code, page(markup)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_much_or_hard_is_asked_for() {
        let asks = |action: &[u8], count| {
            let action = Action::of(&Form::parse(action)).expect("an action");
            Question::of(action, count, Lang::En).is_some()
        };
        assert!(asks(b"action=stop", 2) && asks(b"action=restart", 8));
        assert!(asks(b"action=terminate", 1));
        assert!(!asks(b"action=stop", 1) && !asks(b"action=start", 8));
    }

    #[test]
    fn actions_of_the_form() {
        let of = |text: &[u8]| Action::of(&Form::parse(text));
        for (text, dependents) in [
            (&b"action=restart"[..], false),
            (b"action=restart&dependents=1", true),
        ] {
            assert_eq!(of(text), Ok(Action::Restart { dependents }));
        }
        assert_eq!(of(b"action=stop"), Ok(Action::Send(Control::Stop)));
        assert!(matches!(
            of(b"action=control&control=200"),
            Ok(Action::Send(_))
        ));
        for bad in [&b"action=control&control=99"[..], b"action=explode", b""] {
            assert!(of(bad).is_err());
        }
    }
}
