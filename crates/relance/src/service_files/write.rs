//! The other direction: services as a file that [`read`](super::read) gives back as they are. What has its
//! default is left out, and instances that are alike are one definition.

use relance_import::quoted;
use relance_scm::config::ServiceConfig;
use relance_scm::failure_actions::RESET_PERIOD_DEFAULT;
use relance_scm::recovery_policy::is_of_policies;
use relance_scm::settings::{
    RECOVERY_POLICY, RETRY_FAILED_STARTS, Section, Setting, Subject, ValueType,
};
use relance_scm::{RecoveryPolicy, ServiceKind, ServiceName, command_line};
use relance_texts::apply;
use relance_wire::settings::texts;

use super::definition::{POLICY, prefix};
use crate::instances::INSTANCES_MAX;
use crate::lang::{lang, say};
use crate::policies;

/// Where editors find what a file may say.
pub(crate) const SCHEMA: &str =
    "https://raw.githubusercontent.com/relance/relance/main/docs/services.schema.json";

/// A file of these policies and services.
pub(crate) fn file(policies: &[RecoveryPolicy], configs: &[ServiceConfig]) -> String {
    let mut text = format!("#:schema {SCHEMA}\n# {}\n", say(apply::EXPORTED));
    for policy in policies {
        text.push('\n');
        text.push_str(&of_policy(policy));
    }
    for definition in definitions(configs) {
        text.push('\n');
        text.push_str(&definition.toml(false));
    }
    text
}

/// A file of services in which each setting is explained; those with their defaults stand there as comments.
pub(crate) fn explained(name: &str, configs: &[ServiceConfig]) -> String {
    let head = say(apply::EditHead { name });
    let mut text = format!("#:schema {SCHEMA}\n# {head}\n");
    for definition in definitions(configs) {
        text.push('\n');
        text.push_str(&definition.toml(true));
    }
    text
}

/// A policy, with what it says.
fn of_policy(policy: &RecoveryPolicy) -> String {
    let name = policy.name.as_str();
    let mut text = if name.contains('.') {
        format!("[policies.{}]\n", quoted(name))
    } else {
        format!("[policies.{name}]\n")
    };
    let config = policy.as_config();
    let defaults = defaults(&config);
    let rows = texts(&config).zip(texts(&defaults));
    for ((setting, value), (_, default)) in rows {
        if value != default && is_of_policies(setting) {
            text.push_str(&line(setting, &value));
        }
    }
    text
}

/// The lines below one `[[service]]`.
struct Definition {
    /// With the name of a template, if there are instances.
    config: ServiceConfig,
    instances: Vec<String>,
}

/// Instances of a template that differ in nothing else are one definition.
fn definitions(configs: &[ServiceConfig]) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = Vec::new();
    for config in configs.iter().map(policies::without_values) {
        let Some((shared, instance)) = template_of(&config) else {
            definitions.push(Definition::alone(&config));
            continue;
        };
        let room = usize::try_from(INSTANCES_MAX).unwrap_or(usize::MAX);
        let same = definitions
            .iter_mut()
            .find(|known| known.config == shared && (1..room).contains(&known.instances.len()));
        match same {
            Some(known) => known.instances.push(instance),
            None => definitions.push(Definition {
                config: shared,
                instances: vec![instance],
            }),
        }
    }
    definitions.into_iter().map(Definition::or_alone).collect()
}

/// The configuration of the template, and which instance this is; `None` if it is of no template, or would
/// not be read back as it is.
fn template_of(config: &ServiceConfig) -> Option<(ServiceConfig, String)> {
    let name = &config.service_name;
    let (template, instance) = name.instance()?;
    let mut shared = config.clone();
    shared.service_name = ServiceName::new(template).ok()?;
    let shown = &*config.display_name;
    shared.display_name = if shown == name.as_str() {
        template.into()
    } else {
        let text = shown.replace(instance, "%i");
        let is_same = name.fill_in(&text) == shown && text != template;
        is_same.then_some(text)?.into()
    };
    Some((shared, instance.to_owned()))
}

impl Definition {
    fn alone(config: &ServiceConfig) -> Self {
        Self {
            config: config.clone(),
            instances: Vec::new(),
        }
    }

    /// One instance alone has its own name.
    fn or_alone(self) -> Self {
        let [instance] = &*self.instances else {
            return self;
        };
        let template = self.config.service_name.as_str();
        let Ok(name) = ServiceName::new(format!("{template}{instance}")) else {
            return self;
        };
        let mut config = self.config.clone();
        config.display_name = if *config.display_name == *template {
            name.as_str().into()
        } else {
            name.fill_in(&config.display_name).into()
        };
        config.service_name = name;
        Self {
            config,
            instances: Vec::new(),
        }
    }

    /// `4`, or their names.
    fn instances(&self) -> String {
        let count = self.instances.len();
        if (1..=count).all(|number| self.instances.contains(&number.to_string())) {
            return count.to_string();
        }
        list(self.instances.iter().map(String::as_str))
    }

    fn toml(&self, is_explained: bool) -> String {
        let config = &self.config;
        let mut text = format!(
            "[[service]]\nname = {}\n",
            quoted(config.service_name.as_str())
        );
        if !self.instances.is_empty() {
            text.push_str(&format!("instances = {}\n", self.instances()));
        }
        if config.kind == ServiceKind::Service {
            text.push_str("kind = \"service\"\n");
        }
        let defaults = defaults(config);
        let rows = texts(config).zip(texts(&defaults));
        let rows =
            rows.filter(|((setting, _), _)| setting.key != "security" || config.security.is_some());
        let (set, left): (Vec<_>, Vec<_>) = rows.partition(|((setting, text), (_, default))| {
            text != default || setting.key == "command_line"
        });
        let explain = |text: &mut String, setting: &Setting| {
            if is_explained {
                text.push_str(&format!("\n# {}\n", setting.about.of(lang())));
            }
        };
        for ((setting, value), _) in set {
            explain(&mut text, setting);
            text.push_str(&line(setting, &value));
        }
        if is_explained {
            text.push_str(&format!("\n## {}\n", say(apply::EDIT_DEFAULTS)));
            let left = left
                .into_iter()
                .filter(|((setting, _), _)| setting.applies_to(config.kind));
            let mut subject = Subject::Service;
            for ((setting, value), _) in left {
                if setting.subject != subject {
                    subject = setting.subject;
                    text.push_str(&format!("\n## {}\n", subject.words().of(lang())));
                }
                explain(&mut text, setting);
                text.push_str(&format!("# {}", line(setting, &value)));
            }
        }
        text
    }
}

/// The configuration that an empty definition gives.
fn defaults(config: &ServiceConfig) -> ServiceConfig {
    let mut defaults = ServiceConfig::new(config.service_name.clone(), "");
    defaults.kind = config.kind;
    if !config.failure_actions.actions.is_empty() {
        defaults.failure_actions.reset_period = RESET_PERIOD_DEFAULT;
    }
    if config.kind == ServiceKind::Program {
        defaults.failure_actions_on_non_crash_failures = true;
        defaults.extensions.set(RETRY_FAILED_STARTS, cfg!(unix));
    }
    defaults
}

/// `extensions.stop_grace_ms = "30s"`.
fn line(setting: &Setting, text: &str) -> String {
    if setting.key == "command_line" {
        let words = command_line::split(text);
        if !words.is_empty() && command_line::join(&words) == text {
            return format!("command = {}\n", list(words.iter().map(String::as_str)));
        }
    }
    if setting.key == RECOVERY_POLICY.setting().key {
        return format!("{POLICY} = {}\n", quoted(text));
    }
    let key = setting.key;
    let value = match setting.value {
        ValueType::Flag => (text == "yes").to_string(),
        ValueType::Number(..) | ValueType::Integer(..) if !text.is_empty() => text.to_owned(),
        ValueType::List if setting.section == Section::Service && text.lines().count() > 1 => {
            let items = text.lines().map(|item| format!("    {},\n", quoted(item)));
            format!("[\n{}]", items.collect::<String>())
        }
        ValueType::List | ValueType::Rules | ValueType::Notify => list(text.lines()),
        _ => quoted(text),
    };
    format!("{}{key} = {value}\n", prefix(setting.section))
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.map(quoted).collect();
    format!("[{}]", texts.join(", "))
}

#[cfg(all(test, unix))]
mod tests;
