//! The tab "General": what the service is and how it is started.

use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::manager::ServiceInfo;
use relance_scm::recovery_policy::is_of_policies;
use relance_scm::settings::{RECOVERY_POLICY, Section, Setting, Subject, System, ValueType, all};
use relance_scm::{ScmError, ServiceKind, Win32Error};
use relance_texts::{Sentence, console, error};
use relance_wire::api::{ChangeConfigRequest, ConfigBody};
use relance_wire::settings::{texts_of, to_json};
use serde_json::{Map, Value as Json};

use super::{edit_form, field};
use crate::contradictions;
use crate::diff::shown;
use crate::form::Form;
use crate::hub::Hub;
use crate::lacking::{Feature, reason};
use crate::lang::Lang;
use crate::layout;
use crate::policy_words::written;
use crate::reply::Answer;
use crate::rules;
use crate::scale;
use crate::tab::Tab;
use crate::viewer::Viewer;

pub(crate) async fn tab(viewer: &Viewer, hub: &Hub, info: &ServiceInfo) -> Answer<Markup> {
    let lang = viewer.lang();
    let name = info.config.service_name.clone();
    let why = viewer
        .ask(move |manager, caller, reply| manager.explain(caller, &name, reply))
        .await?;
    let body = ConfigBody::from(&*info.config);
    Ok(html! {
        section.card {
            h2 { (console::WHAT_HAPPENED_AND_WHAT.of(lang)) }
            p { @for sentence in &why { (rules::linked(&sentence.of(lang))) " " } }
        }
        (contradictions::notes(&info.config, lang))
        (edit_form(viewer, info, Tab::General, &fields(&body, lang)))
        @if viewer.is_administrator() {
            (scale::card(viewer, hub, info))
            form.card.row method="post" action="/delete" {
                (layout::key(viewer))
                input type="hidden" name="name" value=(info.config.service_name);
                button.danger type="submit" { (console::GENERAL_DELETE_THE_SERVICE.of(lang)) }
            }
        }
    })
}

/// The settings that stand at the top of the form, and those behind "More". The other settings of
/// services have tabs of their own.
const FIRST: [&str; 5] = [
    "display_name",
    "description",
    "command_line",
    "start_type",
    "delayed_auto_start",
];
const MORE: [&str; 4] = [
    "error_control",
    "load_order_group",
    "priority",
    "preshutdown_timeout_ms",
];

/// The fields, also of a new service.
pub(crate) fn fields(body: &ConfigBody, lang: Lang) -> Markup {
    html! {
        (named(body, &FIRST, lang))
        details {
            summary { (console::MORE.of(lang)) }
            (named(body, &MORE, lang))
        }
        (extensions(body, lang))
    }
}

fn named(body: &ConfigBody, keys: &[&str], lang: Lang) -> Markup {
    let mut texts: Vec<_> = texts_of(body)
        .filter(|(setting, _)| setting.section == Section::Service)
        .collect();
    texts.retain(|(setting, _)| keys.contains(&setting.key));
    html! { @for (setting, text) in texts { (setting_field(setting, &text, lang)) } }
}

fn extensions(body: &ConfigBody, lang: Lang) -> Markup {
    html! {
        details.extension {
            summary { (console::BEYOND_WINDOWS.of(lang)) " " span.chip { (console::EXTENSION.of(lang)) } }
            @if let Some(reason) = of_programs(body, lang) { p.dim { (reason) } } @else { (extension_fields(body, lang)) }
        }
    }
}

/// Why a service that is not a program has none of them.
fn of_programs(body: &ConfigBody, lang: Lang) -> Option<&'static str> {
    (body.kind == ServiceKind::Service.name())
        .then(|| reason(Feature::ServiceExtensions, lang))
        .flatten()
}

fn extension_fields(body: &ConfigBody, lang: Lang) -> Markup {
    html! {
        // What follows a failure has a tab of its own.
        @for subject in Subject::OF_EXTENSIONS.into_iter().filter(|subject| *subject != Subject::Recovery) {
            (subject_fields(subject, body, false, lang))
        }
    }
}

/// The settings about failures that Windows does not have, for the tab about recovery, without the rules by cause.
pub(crate) fn recovery_extensions(body: &ConfigBody, is_policy: bool, lang: Lang) -> Markup {
    html! {
        div.extension {
            (subject_fields(Subject::Recovery, body, is_policy, lang))
        }
    }
}

/// The field that names the policy of a service.
pub(crate) fn policy_field(body: &ConfigBody, lang: Lang) -> Markup {
    let key = RECOVERY_POLICY.setting().key;
    let of_policy = texts_of(body).filter(|(setting, _)| setting.key == key);
    html! { @for (setting, text) in of_policy { (setting_field(setting, &text, lang)) } }
}

/// The field of the rules by cause, each as people write it.
pub(crate) fn rules_field(body: &ConfigBody, lang: Lang) -> Markup {
    let of_rules = texts_of(body).filter(|(setting, _)| APART.contains(&setting.key));
    html! {
        @for (setting, text) in of_rules {
            @let lines: Vec<String> = text.lines().map(written).collect();
            @match lacking(setting, body, lang) {
                None => (setting_field(setting, &lines.join("\n"), lang)),
                Some(reason) => p.dim { (reason) },
            }
        }
    }
}

/// Settings that have a place of their own on their tab.
const APART: [&str; 1] = ["failure_rules"];

/// The settings of one subject, and in its heading how many of them are set; of a policy those that it has.
fn subject_fields(subject: Subject, body: &ConfigBody, is_policy: bool, lang: Lang) -> Markup {
    let texts = texts_of(body)
        .filter(|(setting, _)| setting.subject == subject && !APART.contains(&setting.key))
        .filter(|(setting, _)| !is_policy || is_of_policies(setting));
    let texts: Vec<_> = texts.collect();
    let is_set =
        |(setting, text): &&(&Setting, String)| *text != (setting.default)().text(setting.value);
    let number = texts.iter().filter(is_set).count();
    html! {
        details {
            summary {
                (subject.words().of(lang))
                @if number > 0 { " " span.chip { (lang.say(console::SettingsSet { number })) } }
            }
            @for (setting, text) in texts {
                @match lacking(setting, body, lang) {
                    None => (setting_field(setting, &text, lang)),
                    Some(reason) => p.dim { (reason) },
                }
            }
        }
    }
}

/// Why this manager does not have a setting.
fn lacking(setting: &Setting, body: &ConfigBody, lang: Lang) -> Option<&'static str> {
    match setting.system {
        System::Any => None,
        System::Linux(_) if setting.key == "stop_signal" => reason(Feature::StopSignal, lang),
        System::Linux(reason) => cfg!(windows).then(|| reason.of(lang)),
        System::Hosted(reason) => {
            let is_hosted = body.kind == ServiceKind::Program.name();
            (cfg!(windows) && !is_hosted).then(|| reason.of(lang))
        }
    }
}

/// The field of a setting, called by its key.
fn setting_field(setting: &Setting, text: &str, lang: Lang) -> Markup {
    let label = setting.label.of(lang);
    let hint = setting.about.of(lang);
    if setting.value == ValueType::Flag && setting.section == Section::Service {
        return html! {
            label.check {
                input type="checkbox" name=(setting.key) checked[text == "yes"];
                span { (hint) }
            }
        };
    }
    field(label, hint, &input(setting, text, lang))
}

fn input(setting: &Setting, text: &str, lang: Lang) -> Markup {
    let required = setting.key == "command_line";
    match setting.value {
        ValueType::Choice(words) => select(setting, text, words, lang),
        ValueType::Flag => select(setting, text, &["yes", "no"], lang),
        ValueType::OptionalChoice(words) => html! {
            select name=(setting.key) {
                option value="" { (console::NOT_SET.of(lang)) }
                @for word in words { option value=(word) selected[*word == text] { (word) } }
            }
        },
        ValueType::Lines | ValueType::List | ValueType::Rules | ValueType::Notify => {
            html! { textarea name=(setting.key) rows="2" { (text) } }
        }
        ValueType::Path => {
            html! { input.code name=(setting.key) value=(text) spellcheck="false"; }
        }
        _ if required => {
            html! { input.code name=(setting.key) value=(text) required spellcheck="false"; }
        }
        _ => html! { input name=(setting.key) value=(text); },
    }
}

fn select(setting: &Setting, text: &str, words: &[&str], lang: Lang) -> Markup {
    html! {
        select name=(setting.key) {
            @for word in words {
                option value=(word) selected[*word == text] { (shown(setting, (*word).to_owned(), lang)) }
            }
        }
    }
}

/// The change that the fields ask for. A field that the form does not have stays as it is.
pub(crate) fn read(form: &Form, lang: Lang) -> Result<ChangeConfigRequest, ScmError> {
    let delayed = form.has("delayed_auto_start");
    let mut body = Map::from_iter([("delayed_auto_start".to_owned(), delayed.into())]);
    body.extend(read_section(Section::Service, form, lang)?);
    let extensions = read_section(Section::Extensions, form, lang)?;
    body.insert("extensions".to_owned(), extensions.into());
    as_change(body)
}

/// The change of settings that Windows does not have, as far as the form has fields for them.
pub(crate) fn read_extensions(form: &Form, lang: Lang) -> Result<ChangeConfigRequest, ScmError> {
    let extensions = read_section(Section::Extensions, form, lang)?;
    as_change(Map::from_iter([(
        "extensions".to_owned(),
        extensions.into(),
    )]))
}

fn read_section(section: Section, form: &Form, lang: Lang) -> Result<Map<String, Json>, ScmError> {
    let settings = all().filter(|setting| setting.section == section && is_here(setting));
    let given = settings.filter_map(|setting| Some((setting, form.get(setting.key)?)));
    given
        .map(|(setting, text)| {
            let json = read_setting(setting, &text.replace("\r\n", "\n"), lang)?;
            Ok((setting.key.to_owned(), json))
        })
        .collect()
}

fn as_change(body: Map<String, Json>) -> Result<ChangeConfigRequest, ScmError> {
    serde_json::from_value(body.into()).map_err(|error| {
        invalid(error::FormUnreadable {
            error: error.to_string(),
        })
    })
}

/// Whether a setting has a field that is read as its row says.
fn is_here(setting: &Setting) -> bool {
    let is_named = FIRST.iter().chain(&MORE).any(|key| *key == setting.key);
    match setting.section {
        Section::Service => is_named && setting.value != ValueType::Flag,
        Section::Recovery => false,
        Section::Extensions => true,
    }
}

fn read_setting(setting: &Setting, text: &str, lang: Lang) -> Result<Json, ScmError> {
    if matches!(setting.value, ValueType::Text | ValueType::Lines)
        && setting.section == Section::Service
    {
        return Ok(text.into());
    }
    let value = setting.parse(text);
    let value = value.map_err(|problem| {
        invalid(error::OfSetting {
            setting: setting.label.of(lang),
            problem,
        })
    })?;
    Ok(to_json(setting, &value))
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}
