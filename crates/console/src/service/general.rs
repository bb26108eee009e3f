//! The tab "General": what the service is and how it is started.

use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::config::{ErrorControl, PriorityClass};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ScmError, ServiceKind, Win32Error};
use relance_wire::api::{ChangeConfigRequest, ConfigBody, ExtensionsChangeBody};

use super::{Tab, edit_form, field};
use crate::form::Form;
use crate::lacking::{Feature, reason};
use crate::lang::Lang;
use crate::layout;
use crate::reply::Answer;
use crate::viewer::Viewer;

pub(crate) async fn tab(viewer: &Viewer, info: &ServiceInfo) -> Answer<Markup> {
    let lang = viewer.lang();
    let name = info.config.service_name.clone();
    let why = viewer
        .ask(move |manager, caller, reply| manager.explain(caller, &name, reply))
        .await?;
    let body = ConfigBody::from(&*info.config);
    Ok(html! {
        section.card {
            h2 { (lang.t("What happened, and what comes next", "Ce qui s’est passé, et la suite")) }
            p lang="en" { @for sentence in &why { (sentence) " " } }
        }
        (edit_form(viewer, info, Tab::General, &fields(&body, lang)))
        @if viewer.is_administrator() {
            form.card.row method="post" action="/delete" {
                (layout::key(viewer))
                input type="hidden" name="name" value=(info.config.service_name);
                button.danger type="submit" { (lang.t("Delete the service…", "Supprimer le service…")) }
            }
        }
    })
}

/// The fields, also of a new service.
pub(crate) fn fields(body: &ConfigBody, lang: Lang) -> Markup {
    let display_name = body.display_name.clone().unwrap_or_default();
    html! {
        (field(lang.t("Display name", "Nom complet"), "", &html! { input name="display_name" value=(display_name) maxlength="256"; }))
        (field(lang.t("Description", "Description"), "", &html! { textarea name="description" rows="2" { (body.description) } }))
        (field(
            lang.t("Command line", "Ligne de commande"),
            lang.t("Program and arguments; words with spaces in double quotes.", "Programme et arguments ; les mots avec espaces entre guillemets doubles."),
            &html! { input.code name="command_line" value=(body.command_line) required spellcheck="false"; },
        ))
        (start(body, lang))
        details {
            summary { (lang.t("More", "Plus")) }
            (more(body, lang))
        }
        (extensions(body, lang))
    }
}

fn start(body: &ConfigBody, lang: Lang) -> Markup {
    html! {
        (field(lang.t("Start type", "Type de démarrage"), "", &html! {
            select name="start_type" {
                @for word in ["auto", "demand", "disabled"] {
                    option value=(word) selected[body.start_type == word] { (lang.start_type(word, false)) }
                }
            }
        }))
        label.check {
            input type="checkbox" name="delayed_auto_start" checked[body.delayed_auto_start];
            span { (lang.t("Start some time after the other automatic ones", "Démarrer quelque temps après les autres automatiques")) }
        }
    }
}

fn more(body: &ConfigBody, lang: Lang) -> Markup {
    let preshutdown = body
        .preshutdown_timeout_ms
        .map(|ms| ms.to_string())
        .unwrap_or_default();
    html! {
        (field(lang.t("If it does not start at boot", "S’il ne démarre pas au démarrage"), "", &html! {
            select name="error_control" {
                @for level in ErrorControl::ALL {
                    option value=(level.name()) selected[body.error_control == level.name()] { (level.name()) }
                }
            }
        }))
        (field(lang.t("Load order group", "Groupe de démarrage"), "", &html! { input name="load_order_group" value=(body.load_order_group); }))
        (field(lang.t("Priority", "Priorité"), "", &html! {
            select name="priority" {
                option value="" { (lang.t("not set", "non définie")) }
                @for class in PriorityClass::ALL {
                    option value=(class.name()) selected[body.priority.as_deref() == Some(class.name())] { (class.name()) }
                }
            }
        }))
        (field(
            lang.t("Milliseconds after PRESHUTDOWN", "Millisecondes après PRESHUTDOWN"),
            lang.t("Empty: the manager’s own setting.", "Vide : le réglage du gestionnaire."),
            &html! { input name="preshutdown_timeout_ms" type="number" min="0" value=(preshutdown); },
        ))
    }
}

fn extensions(body: &ConfigBody, lang: Lang) -> Markup {
    html! {
        details.extension {
            summary { (lang.t("Beyond Windows", "Au-delà de Windows")) " " span.chip { (lang.t("extension", "extension")) } }
            @if let Some(reason) = of_programs(body, lang) { p.dim { (reason) } } @else { (extension_fields(body, lang)) }
        }
    }
}

/// Why a service that is no program has none of them.
fn of_programs(body: &ConfigBody, lang: Lang) -> Option<&'static str> {
    (body.kind == ServiceKind::Service.name())
        .then(|| reason(Feature::ServiceExtensions, lang))
        .flatten()
}

fn extension_fields(body: &ConfigBody, lang: Lang) -> Markup {
    let extensions = &body.extensions;
    let codes: Vec<String> = extensions
        .restart_on_exit
        .iter()
        .map(u8::to_string)
        .collect();
    html! {
        (field(lang.t("Working directory", "Dossier de travail"), "", &html! { input.code name="working_directory" value=(extensions.working_directory.clone().unwrap_or_default()) placeholder="/"; }))
        (field(lang.t("Output", "Sortie"), "", &html! {
            select name="output" {
                option value="file" selected[extensions.output == "file"] { (lang.t("kept in a file", "gardée dans un fichier")) }
                option value="null" selected[extensions.output == "null"] { (lang.t("thrown away", "jetée")) }
            }
        }))
        @match reason(Feature::StopSignal, lang) {
            None => (field(lang.t("Stop signal of a program", "Signal d’arrêt d’un programme"), "", &html! { input name="stop_signal" value=(extensions.stop_signal); })),
            Some(reason) => p.dim { (reason) },
        }
        (field(lang.t("Milliseconds it may take then", "Millisecondes accordées ensuite"), "", &html! { input name="stop_grace_ms" type="number" min="0" value=(extensions.stop_grace_ms); }))
        (field(
            lang.t("Exit statuses that ask for a new start", "Codes de sortie qui demandent un redémarrage"),
            lang.t("Not counted as failures; for instance 75, 90.", "Non comptés comme échecs ; par exemple 75, 90."),
            &html! { input name="restart_on_exit" value=(codes.join(", ")); },
        ))
        (field(
            lang.t("Processors it may run on", "Processeurs sur lesquels il peut tourner"),
            lang.t("Empty: all; for instance 0-3,6.", "Vide : tous ; par exemple 0-3,6."),
            &html! { input name="affinity" value=(extensions.affinity.clone().unwrap_or_default()); },
        ))
    }
}

/// The change that the fields ask for.
pub(crate) fn read(form: &Form) -> Result<ChangeConfigRequest, ScmError> {
    let optional = |name: &str| form.given(name).map(ToOwned::to_owned);
    Ok(ChangeConfigRequest {
        display_name: Some(form.text("display_name")),
        description: Some(form.text("description")),
        command_line: Some(form.text("command_line")),
        start_type: optional("start_type"),
        delayed_auto_start: Some(form.has("delayed_auto_start")),
        error_control: optional("error_control"),
        load_order_group: Some(form.text("load_order_group")),
        priority: Some(optional("priority")),
        preshutdown_timeout_ms: Some(number(form, "preshutdown_timeout_ms")?),
        extensions: Some(ExtensionsChangeBody {
            working_directory: Some(form.text("working_directory")),
            output: optional("output"),
            stop_signal: optional("stop_signal"),
            stop_grace_ms: number(form, "stop_grace_ms")?,
            restart_on_exit: Some(codes(&form.text("restart_on_exit"))?),
            affinity: Some(form.text("affinity")),
        }),
        ..ChangeConfigRequest::default()
    })
}

fn invalid(sentence: String) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

fn number(form: &Form, name: &str) -> Result<Option<u64>, ScmError> {
    let Some(text) = form.given(name) else {
        return Ok(None);
    };
    let number = text.trim().parse();
    number
        .map(Some)
        .map_err(|_| invalid(format!("{text:?} is no number of milliseconds")))
}

fn codes(text: &str) -> Result<Vec<u8>, ScmError> {
    text.split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .map(|code| {
            code.parse().map_err(|_| {
                invalid(format!(
                    "{code:?} is no exit status; use numbers from 0 to 255"
                ))
            })
        })
        .collect()
}
