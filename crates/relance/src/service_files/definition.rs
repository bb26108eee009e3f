//! One service of a file: its keys are those of the table of settings, and each value is read as people
//! write it. What is wrong is named with its place.

use relance_scm::command_line;
use relance_scm::config::Secret;
use relance_scm::failure_actions::parse_reset_period;
use relance_scm::instance::is_template;
use relance_scm::manager::NewService;
use relance_scm::recovery_policy::is_of_policies;
use relance_scm::settings::{
    RECOVERY_POLICY, RETRY_FAILED_STARTS, Section, Setting, Value, ValueType, all,
};
use relance_scm::{
    PolicyName, RecoveryPolicy, ResetPeriod, ScmError, Sentence, ServiceConfig, ServiceName,
};
use relance_texts::{apply, error, quoted};
use relance_wire::api::ConfigBody;
use relance_wire::settings::{from_json, to_json};
use serde_json::{Map, Value as Json};

use super::nearest::{meant, nearest};
use super::node::{Entry, Node, Tree};
use super::templates;
use super::{Described, File};

pub(super) const PROGRAM: &str = "program";
/// Key of a service's `recovery`.
const ON_ERROR_STOP: &str = "on_error_stop";
const ENVIRONMENT: &str = "environment";
/// The policy of a service: `extensions.recovery_policy`.
pub(super) const POLICY: &str = "policy";

/// Keys of a service that are not settings.
pub(super) const OTHER_KEYS: [&str; 8] = [
    "name",
    "kind",
    "command",
    "password",
    "instances",
    POLICY,
    "recovery",
    "extensions",
];

/// The services that one definition stands for; none if something is wrong with it.
pub(super) fn read(node: &Node, file: &mut File<'_>) -> Vec<Described> {
    let Some(entries) = node.table() else {
        file.problem(node.at, apply::NOT_A_SERVICE);
        return Vec::new();
    };
    let mut draft = DefinitionDraft {
        at: node.at,
        ..DefinitionDraft::default()
    };
    for (index, entry) in entries.iter().enumerate() {
        // TOML refuses this itself.
        if entries[..index].iter().any(|other| other.key == entry.key) {
            let key = &*entry.key;
            draft.wrong(entry.at, apply::KeyTwice { key }, file);
        } else {
            draft.take(entry, file);
        }
    }
    draft.services(file)
}

/// A policy: of a service's keys it has those about what follows a failure. `None` if something is wrong with it.
pub(super) fn policy(name: PolicyName, node: &Node, file: &mut File<'_>) -> Option<RecoveryPolicy> {
    let mut draft = DefinitionDraft {
        at: node.at,
        name: Some((name.to_string(), node.at)),
        ..DefinitionDraft::default()
    };
    // What an error status means is a setting of each service.
    draft.service.insert("kind".to_owned(), "service".into());
    draft
        .service
        .insert("command_line".to_owned(), POLICY.into());
    match node.table() {
        Some(entries) => entries
            .iter()
            .for_each(|entry| draft.take_of_policy(entry, file)),
        None => draft.wrong(node.at, apply::POLICIES, file),
    }
    let services = draft.services(file);
    let config = &services.first()?.service.config;
    Some(RecoveryPolicy::like(name, config))
}

/// What a definition says, as the API has it.
#[derive(Default)]
struct DefinitionDraft {
    at: usize,
    name: Option<(String, usize)>,
    service: Map<String, Json>,
    recovery: Map<String, Json>,
    extensions: Map<String, Json>,
    password: String,
    instances: Option<(Vec<String>, usize)>,
    /// Where each setting stands.
    places: Vec<(Section, &'static str, usize)>,
    is_wrong: bool,
}

impl DefinitionDraft {
    fn wrong(&mut self, at: usize, problem: impl Into<Sentence>, file: &mut File<'_>) {
        self.is_wrong = true;
        let problem = problem.into();
        match &self.name {
            Some((name, _)) => file.problem(
                at,
                relance_texts::command::OfFile {
                    name: name.as_str(),
                    problem,
                },
            ),
            None => file.problem(at, problem),
        }
    }

    fn take(&mut self, entry: &Entry, file: &mut File<'_>) {
        let node = &entry.node;
        match &*entry.key {
            "name" => match node.text() {
                Some(text) => self.name = Some((text.to_owned(), node.at)),
                None => self.wrong(node.at, apply::NAME_IS_TEXT, file),
            },
            "kind" => match node.text().map(relance_wire::api::read_kind) {
                Some(Ok(kind)) => {
                    self.service.insert("kind".to_owned(), kind.name().into());
                }
                Some(Err(error)) => self.wrong(node.at, error.to_sentence(), file),
                None => self.wrong(
                    node.at,
                    error::NoKind {
                        text: quoted(node.json().to_string()),
                    },
                    file,
                ),
            },
            "command" => self.command(entry, file),
            "password" => self.password(node, file),
            "instances" => match templates::instances(node) {
                Ok(instances) => self.instances = Some((instances, node.at)),
                Err(problem) => self.wrong(node.at, problem, file),
            },
            POLICY => {
                let key = RECOVERY_POLICY.setting().key.to_owned();
                let entry = Entry {
                    key,
                    ..entry.clone()
                };
                self.setting(Section::Extensions, &entry, file);
            }
            "recovery" => self.section(Section::Recovery, entry, file),
            "extensions" => self.section(Section::Extensions, entry, file),
            _ => self.setting(Section::Service, entry, file),
        }
    }

    /// A key of a policy.
    fn take_of_policy(&mut self, entry: &Entry, file: &mut File<'_>) {
        let section = match &*entry.key {
            "recovery" => Section::Recovery,
            "extensions" => Section::Extensions,
            key => {
                let problem: Sentence = match unknown_of_policy(key) {
                    Some(right) => apply::KeyElsewhere { key, right }.into(),
                    None => apply::POLICIES.into(),
                };
                return self.wrong(entry.at, problem, file);
            }
        };
        for setting in entry.node.table().unwrap_or_default() {
            let mut rows = all().filter(|row| row.section == section && row.key == setting.key);
            if let Some(row) = rows.find(|row| !is_of_policies(row)) {
                let setting_of_services = error::NoSettingOfPolicies { setting: row.key };
                self.wrong(setting.at, setting_of_services, file);
            }
        }
        self.section(section, entry, file);
    }

    /// The command, word by word.
    fn command(&mut self, entry: &Entry, file: &mut File<'_>) {
        let words = match &entry.node.value {
            Tree::List(nodes) if !nodes.is_empty() => nodes.iter().map(Node::text).collect(),
            _ => None,
        };
        let words: Option<Vec<&str>> = words;
        match words {
            None => self.wrong(entry.node.at, apply::COMMAND_IS_A_LIST, file),
            Some(_) if self.service.contains_key("command_line") => {
                self.wrong(entry.at, apply::TWO_COMMANDS, file);
            }
            Some(words) => {
                let line = command_line::join(&words);
                self.service.insert("command_line".to_owned(), line.into());
                self.places
                    .push((Section::Service, "command_line", entry.at));
            }
        }
    }

    fn password(&mut self, node: &Node, file: &mut File<'_>) {
        let password = match &node.value {
            Tree::Text(text) => Ok(text.clone()),
            Tree::Table(entries) => file.fetch(entries),
            _ => Err(apply::VARIABLE_VALUE.into()),
        };
        match password {
            Ok(password) => self.password = password,
            Err(problem) => self.wrong(node.at, problem, file),
        }
    }

    fn section(&mut self, section: Section, entry: &Entry, file: &mut File<'_>) {
        match entry.node.table() {
            Some(entries) => {
                for entry in entries {
                    self.setting(section, entry, file);
                }
            }
            None => {
                let key = &*entry.key;
                self.wrong(entry.node.at, apply::NotATable { key }, file);
            }
        }
    }

    fn setting(&mut self, section: Section, entry: &Entry, file: &mut File<'_>) {
        let is_it = |setting: &&Setting| setting.section == section && setting.key == entry.key;
        let Some(setting) = all().find(is_it) else {
            return self.wrong(entry.at, unknown(section, &entry.key), file);
        };
        if setting.key == "command_line" && self.service.contains_key("command_line") {
            return self.wrong(entry.at, apply::TWO_COMMANDS, file);
        }
        let value = match value(setting, &entry.node) {
            Ok(value) => value,
            Err((at, problem)) => return self.wrong(at, problem, file),
        };
        self.places.push((section, setting.key, entry.node.at));
        let map = match section {
            Section::Service => &mut self.service,
            Section::Recovery => &mut self.recovery,
            Section::Extensions => &mut self.extensions,
        };
        // Fields of Windows that are left out are not set.
        if section == Section::Extensions || !value.is_null() {
            map.insert(setting.key.to_owned(), value);
        }
    }

    /// As with `relance create`, a service is a program unless the file says otherwise; a program reports
    /// nothing but its exit status, so an error status is a failure, and so is a start that fails (X14).
    fn add_defaults(&mut self) {
        let kind = self.service.entry("kind").or_insert_with(|| PROGRAM.into());
        if kind != PROGRAM {
            return;
        }
        let errors = self.recovery.entry(ON_ERROR_STOP);
        errors.or_insert(true.into());
        if cfg!(unix) {
            let key = RETRY_FAILED_STARTS.setting().key.to_owned();
            self.extensions.entry(key).or_insert(true.into());
        }
    }

    fn services(mut self, file: &mut File<'_>) -> Vec<Described> {
        self.add_defaults();
        let Some((name, at)) = self.name.clone() else {
            self.wrong(self.at, apply::NAME_MISSING, file);
            return Vec::new();
        };
        if !self.service.contains_key("command_line") && !self.is_wrong {
            self.wrong(at, apply::COMMAND_MISSING, file);
        }
        let names = match &self.instances {
            Some((instances, at)) => {
                templates::names(&name, instances).map_err(|problem| (*at, problem))
            }
            None if is_template(&name) => {
                let name = name.as_str();
                Err((at, error::TemplateIsNoService { name }.into()))
            }
            None => ServiceName::new(name.as_str())
                .map(|name| vec![name])
                .map_err(|error| (at, error.to_sentence())),
        };
        let names = match names {
            Ok(names) => names,
            Err((at, problem)) => {
                self.wrong(at, problem, file);
                return Vec::new();
            }
        };
        if self.is_wrong {
            return Vec::new();
        }
        let mut services = Vec::new();
        for name in names {
            match self.config(&name) {
                Ok(config) => services.push(Described {
                    service: NewService {
                        config,
                        password: Secret::new(self.password.clone()),
                    },
                    is_instance: self.instances.is_some(),
                    place: file.place(at),
                    path: file.path.to_owned(),
                }),
                Err(error) => {
                    let culprit = self.culprit(&name).or_else(|| self.lonely_period());
                    let at = culprit.unwrap_or(at);
                    self.wrong(at, error.to_sentence(), file);
                    return Vec::new();
                }
            }
        }
        services
    }

    /// The configuration of a service of this name.
    fn config(&self, name: &ServiceName) -> Result<ServiceConfig, ScmError> {
        let config = self.config_with(name, |_, _| true)?;
        if self.lonely_period().is_some() {
            let code = relance_scm::Win32Error::INVALID_PARAMETER;
            return Err(ScmError::new(code, error::RESET_WITHOUT_ACTIONS));
        }
        Ok(config)
    }

    /// Where a reset period stands, which without actions would be lost (R61). That of 0 is what there is without one.
    fn lonely_period(&self) -> Option<usize> {
        const PERIOD: &str = "reset_period_secs";
        let has_actions = self
            .recovery
            .get("actions")
            .is_some_and(|actions| match actions {
                Json::String(text) => !text.is_empty(),
                Json::Array(list) => !list.is_empty(),
                _ => false,
            });
        let given = self.recovery.get(PERIOD).filter(|_| !has_actions)?;
        let text = given
            .as_str()
            .map_or_else(|| given.to_string(), str::to_owned);
        let is_none = parse_reset_period(&text) == Ok(ResetPeriod::Seconds(0));
        let mut places = self.places.iter();
        let place =
            places.find(|(section, key, _)| *section == Section::Recovery && *key == PERIOD);
        place.filter(|_| !is_none).map(|(_, _, at)| *at)
    }

    /// The same with these settings alone.
    fn config_with(
        &self,
        name: &ServiceName,
        is_wanted: impl Fn(Section, &str) -> bool,
    ) -> Result<ServiceConfig, ScmError> {
        let of = |section, map: &Map<String, Json>| {
            let pairs = map.iter();
            let pairs = pairs.filter(|(key, _)| *key == "kind" || is_wanted(section, key));
            pairs
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<Map<_, _>>()
        };
        let mut body = of(Section::Service, &self.service);
        body.insert("name".to_owned(), name.as_str().into());
        body.entry("command_line")
            .or_insert_with(|| "program".into());
        body.insert(
            "recovery".to_owned(),
            of(Section::Recovery, &self.recovery).into(),
        );
        body.insert(
            "extensions".to_owned(),
            of(Section::Extensions, &self.extensions).into(),
        );
        // Each value was read by its row, so the body takes them all.
        let mut body: ConfigBody = serde_json::from_value(body.into()).map_err(|error| {
            let why = Sentence::foreign(error.to_string());
            ScmError::new(relance_scm::Win32Error::INVALID_PARAMETER, why)
        })?;
        if self.instances.is_some() {
            let shown = body.display_name.as_deref();
            body.display_name = shown.map(|text| name.fill_in(text).into_owned());
        }
        let config = ServiceConfig::try_from(&body)?;
        config.check()?;
        Ok(config)
    }

    /// Where the setting stands that is refused alone.
    fn culprit(&self, name: &ServiceName) -> Option<usize> {
        let refused = self.places.iter().find(|(section, key, _)| {
            let alone = self.config_with(name, |of, other| of == *section && other == *key);
            alone.is_err()
        });
        refused.map(|(_, _, at)| *at)
    }
}

/// Why a key means nothing here, and what may be meant.
fn unknown(section: Section, key: &str) -> Sentence {
    let elsewhere = all().find(|setting| setting.key == key && setting.section != section);
    if let Some(setting) = elsewhere {
        let place = prefix(setting.section);
        return apply::KeyElsewhere {
            key,
            right: format!("{place}{key}"),
        }
        .into();
    }
    let keys = all().filter(|setting| setting.section == section);
    let keys = keys.map(|setting| setting.key);
    let others = OTHER_KEYS.iter().copied();
    let others = others.filter(|_| section == Section::Service);
    match meant(key).or_else(|| nearest(key, keys.chain(others))) {
        Some(right) => apply::KeyNearly { key, right }.into(),
        None => apply::KeyUnknown { key }.into(),
    }
}

/// Where the setting stands that somebody has written directly below a policy.
fn unknown_of_policy(key: &str) -> Option<String> {
    let mut rows = all().filter(|setting| is_of_policies(setting));
    let row = rows.find(|setting| setting.key == key)?;
    Some(format!("{}{key}", prefix(row.section)))
}

/// What stands before the keys of a section.
pub(super) fn prefix(section: Section) -> &'static str {
    match section {
        Section::Service => "",
        Section::Recovery => "recovery.",
        Section::Extensions => "extensions.",
    }
}

/// The value of a setting as the API has it, or where it is wrong, and how.
fn value(setting: &'static Setting, node: &Node) -> Result<Json, (usize, Sentence)> {
    let at = |error: ScmError| (node.at, error.to_sentence());
    let json = match &node.value {
        Tree::List(actions) if setting.value == ValueType::Actions => actions_of(actions)?.into(),
        Tree::Table(entries) if setting.key == ENVIRONMENT => environment(entries)?,
        Tree::List(nodes) => {
            // A list is read item by item, for the place of the wrong one.
            for item in nodes {
                let alone = Json::Array(vec![item.json()]);
                from_json(setting, &alone).map_err(|error| (item.at, error.to_sentence()))?;
            }
            node.json()
        }
        _ => node.json(),
    };
    let read = from_json(setting, &json).map_err(at)?;
    Ok(read.map_or(Json::Null, |value| match value {
        Value::Unset => Json::Null,
        value => to_json(setting, &value),
    }))
}

/// `[{ kind = "restart", delay_ms = 1000 }]` in `sc`'s notation.
fn actions_of(actions: &[Node]) -> Result<String, (usize, Sentence)> {
    let mut words = Vec::new();
    for node in actions {
        let wrong = |at| (at, Sentence::from(apply::ACTION_IS_A_TABLE));
        let entries = node.table().ok_or_else(|| wrong(node.at))?;
        let (mut kind, mut delay) = (None, "0".to_owned());
        for entry in entries {
            let at = entry.node.at;
            match (&*entry.key, &entry.node.value) {
                ("kind", Tree::Text(text)) if !text.is_empty() && !text.contains('/') => {
                    kind = Some(text);
                }
                ("delay_ms", Tree::Number(number)) => delay = number.to_string(),
                ("delay_ms", Tree::Text(text)) if !text.contains('/') => delay.clone_from(text),
                _ => return Err(wrong(at)),
            }
        }
        let kind = kind.ok_or_else(|| wrong(node.at))?;
        words.push(format!("{kind}/{delay}"));
    }
    Ok(words.join("/"))
}

/// `{ NAME = "value" }` as a list.
fn environment(entries: &[Entry]) -> Result<Json, (usize, Sentence)> {
    let texts = entries.iter().map(|entry| {
        let value = match &entry.node.value {
            Tree::Text(text) => text.clone(),
            Tree::Number(number) => number.to_string(),
            Tree::Flag(set) => set.to_string(),
            _ => return Err((entry.node.at, apply::ENVIRONMENT.into())),
        };
        Ok(Json::String(format!("{}={value}", entry.key)))
    });
    texts.collect::<Result<Vec<_>, _>>().map(Json::Array)
}
