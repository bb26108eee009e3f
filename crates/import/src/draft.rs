//! A service in the making: its settings by their keys, each with the lines it comes from, and the file
//! for `relance apply` that they become.

use std::collections::HashSet;
use std::time::Duration;

use relance_scm::settings::{EXTENSIONS, System, ValueType, find_extension};
use relance_scm::{ScmError, Sentence, ServiceConfig};
use relance_wire::api::ConfigBody;
use serde_json::{Map, Value as Json};

use crate::command::{escape_instance, is_whole_on_windows};
use crate::recovery::{ACTIONS_MAX, LIMIT_MAX, LONGEST, written};
use crate::report::Lines;

/// Where a setting comes from: a file of the import, and lines of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) file: usize,
    pub(crate) lines: Lines,
}

/// The value of a setting, as people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Text(String),
    Number(u64),
    Flag(bool),
    List(Vec<String>),
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Given {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Given {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl Given {
    fn json(&self) -> Json {
        match self {
            Self::Text(text) => Json::String(text.clone()),
            Self::Number(number) => (*number).into(),
            Self::Flag(set) => (*set).into(),
            Self::List(texts) => texts.iter().cloned().map(Json::String).collect(),
        }
    }

    fn toml(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::Flag(set) => set.to_string(),
            Self::List(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                format!("[{}]", texts.join(", "))
            }
        }
    }
}

/// A text of TOML: as it is in single quotes where that is easier to read.
#[must_use]
pub fn quoted(text: &str) -> String {
    let is_literal =
        text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(char::is_control);
    if is_literal {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[derive(Clone, Debug)]
struct Setting {
    key: String,
    value: Given,
    origin: Option<Origin>,
}

/// A service that is being put together.
#[derive(Clone, Debug)]
pub(crate) struct ServiceDraft {
    pub(crate) name: String,
    /// How many instances a template has; its name ends in `@`.
    pub(crate) instances: Option<u32>,
    settings: Vec<Setting>,
    /// The names in `environment`, and perhaps some that were removed from it.
    variables: HashSet<String>,
    /// The services that it needs, each with the lines that say so.
    pub(crate) dependencies: Vec<(String, Option<Origin>)>,
    /// How its old manager answered failures.
    pub(crate) before: Option<crate::recovery::Before>,
    /// When its old manager restarted it by the clock, at times that only a service with a schedule can keep.
    pub(crate) restarted_at: Option<(String, Origin)>,
    /// Whether it is for Windows, and this is another system: paths are judged by the rules of there.
    is_for_windows_elsewhere: bool,
}

/// The order of the keys that a file has before the others.
const FIRST: [&str; 5] = [
    "display_name",
    "description",
    "command_line",
    "start_type",
    "delayed_auto_start",
];

/// A name of ours from one of theirs: without slashes.
pub(crate) fn service_name(name: &str) -> String {
    name.replace(['/', '\\'], "-")
}

impl ServiceDraft {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            instances: None,
            settings: Vec::new(),
            variables: HashSet::new(),
            dependencies: Vec::new(),
            before: None,
            restarted_at: None,
            is_for_windows_elsewhere: false,
        }
    }

    /// The service that restarts this one by the clock, if there has to be one.
    pub(crate) fn restarter(&self, is_taken: impl Fn(&str) -> bool) -> Option<Self> {
        let (schedule, origin) = self.restarted_at.as_ref()?;
        let base = format!("{}-restart", self.name.trim_end_matches('@'));
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        let mut restarter = Self::new(names.find(|name| !is_taken(name))?);
        let command = ["relance", "restart", "--no-wait", &self.name].map(str::to_owned);
        restarter.set_command(&command, Some(*origin));
        restarter.set("start_type", "demand", None);
        restarter.set("extensions.schedule", schedule.as_str(), Some(*origin));
        Some(restarter)
    }

    /// Sets a setting; a later value wins.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Given>, origin: Option<Origin>) {
        self.settings.retain(|setting| setting.key != key);
        self.settings.push(Setting {
            key: key.to_owned(),
            value: value.into(),
            origin,
        });
    }

    /// Restarts with these delays, then nothing, or the last of them for ever. More than [`LIMIT_MAX`] are for ever.
    pub(crate) fn set_actions(
        &mut self,
        delays: &[Duration],
        is_limited: bool,
        reset: Duration,
        origin: Option<Origin>,
    ) {
        let mut actions: Vec<String> = delays
            .iter()
            .take(ACTIONS_MAX)
            .map(|delay| format!("restart/{}", written(*delay)))
            .collect();
        if is_limited && delays.len() <= ACTIONS_MAX {
            actions.push("none/0".to_owned());
        } else {
            if is_limited && delays.len() <= LIMIT_MAX {
                self.limit(delays, reset, origin);
            }
            while actions.len() > 1 && actions[actions.len() - 2] == actions[actions.len() - 1] {
                actions.pop();
            }
        }
        self.set("recovery.actions", actions.join("/"), origin);
        let seconds = reset.as_secs() + u64::from(reset.subsec_nanos() > 0);
        self.set("recovery.reset_period_secs", format!("{seconds}s"), origin);
    }

    /// The same end without a list of so many actions: each of the restarts may come after nearly as long a run as has
    /// counting begin again.
    fn limit(&mut self, delays: &[Duration], reset: Duration, origin: Option<Origin>) {
        let count = u32::try_from(delays.len()).unwrap_or(u32::MAX);
        let all: Duration = delays.iter().sum();
        let period = all.saturating_add(reset.saturating_mul(count)).min(LONGEST);
        self.set("extensions.restart_limit", count.to_string(), origin);
        let period = written(period);
        self.set("extensions.restart_limit_period_ms", period, origin);
    }

    /// Adds to a setting that is a list.
    pub(crate) fn add(&mut self, key: &str, text: impl Into<String>, origin: Option<Origin>) {
        let text = text.into();
        let is_variable = key == "environment";
        let name = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
        // Files with very many variables take no longer than others of their size.
        let is_new = is_variable && self.variables.insert(name(&text));
        if let Some(setting) = self.settings.iter_mut().find(|setting| setting.key == key)
            && let Given::List(texts) = &mut setting.value
        {
            if is_variable && !is_new {
                texts.retain(|known| name(known) != name(&text));
            }
            if is_new || !texts.contains(&text) {
                texts.push(text);
            }
            return;
        }
        self.set(key, Given::List(vec![text]), origin);
    }

    pub(crate) fn unset(&mut self, key: &str) {
        self.settings.retain(|setting| setting.key != key);
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.settings.iter().any(|setting| setting.key == key)
    }

    /// Removes a setting that is a list, and returns it.
    pub(crate) fn take_list(&mut self, key: &str) -> Option<Vec<String>> {
        let at = self
            .settings
            .iter()
            .position(|setting| setting.key == key)?;
        match self.settings.remove(at).value {
            Given::List(texts) => Some(texts),
            _ => None,
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        let setting = self.settings.iter().find(|setting| setting.key == key)?;
        match &setting.value {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a template or an instance of one, so that `%i` is filled in.
    pub(crate) fn is_instance(&self) -> bool {
        self.name.trim_end_matches('@').contains('@') || self.instances.is_some()
    }

    /// What decides on failures, as text: services with the same have the same answers.
    pub(crate) fn behaviour(&self) -> String {
        let decides = |setting: &&Setting| setting.key.contains('.');
        let settings = self.settings.iter().filter(decides);
        let texts = settings.map(|setting| format!("{}={}", setting.key, setting.value.toml()));
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The configuration that `relance apply` makes of it.
    pub(crate) fn config(&self) -> Result<ServiceConfig, ScmError> {
        self.with(|_| true)
    }

    /// The configuration of the settings with these keys.
    fn with(&self, is_wanted: impl Fn(&str) -> bool) -> Result<ServiceConfig, ScmError> {
        let mut body = Map::new();
        let mut name = self.name.clone();
        if self.instances.is_some() {
            name.push('1');
        }
        body.insert("name".into(), name.into());
        body.insert("kind".into(), "program".into());
        body.insert("command_line".into(), "program".into());
        let mut recovery = Map::new();
        let mut extensions = Map::new();
        recovery.insert("on_error_stop".into(), true.into());
        for setting in self
            .settings
            .iter()
            .filter(|setting| is_wanted(&setting.key))
        {
            let (place, key) = match setting.key.split_once('.') {
                Some(("recovery", key)) => (&mut recovery, key),
                Some(("extensions", key)) => (&mut extensions, key),
                _ => (&mut body, setting.key.as_str()),
            };
            place.insert(key.into(), self.checked(setting));
        }
        if is_wanted("dependencies") {
            let names = self.dependencies.iter().map(|(name, _)| name.clone());
            body.insert("dependencies".into(), names.map(Json::String).collect());
        }
        body.insert("recovery".into(), recovery.into());
        body.insert("extensions".into(), extensions.into());
        let body: ConfigBody = serde_json::from_value(body.into()).map_err(|error| {
            ScmError::new(
                relance_scm::Win32Error::INVALID_PARAMETER,
                Sentence::foreign(error.to_string()),
            )
        })?;
        let config = ServiceConfig::try_from(&body)?;
        config.check()?;
        Ok(config)
    }

    /// The value as this system checks it: a whole path of Windows as one of here.
    fn checked(&self, setting: &Setting) -> Json {
        let key = setting.key.strip_prefix("extensions.").unwrap_or_default();
        let is_path = find_extension(key).is_some_and(|row| row.value == ValueType::Path);
        match &setting.value {
            Given::Text(text) if is_path && self.is_for_windows_elsewhere => {
                let is_whole = is_whole_on_windows(text);
                let text = if is_whole {
                    "/"
                } else {
                    text.trim_start_matches('/')
                };
                Json::String(text.to_owned())
            }
            value => value.json(),
        }
    }

    /// Takes out what `relance apply` would refuse, with the reasons; an error if no service is left.
    pub(crate) fn take_out_refused(
        &mut self,
        system: crate::System,
    ) -> Result<Vec<(Option<Origin>, ScmError)>, ScmError> {
        let mut refused = Vec::new();
        self.is_for_windows_elsewhere = system == crate::System::Windows && !cfg!(windows);
        if system == crate::System::Windows {
            for setting in self.settings.clone() {
                let known = setting.key.strip_prefix("extensions.");
                let known = known.and_then(find_extension).map(|setting| setting.system);
                if let Some(System::Linux(why)) = known {
                    self.unset(&setting.key);
                    let why = relance_texts::error::OfSetting {
                        setting: setting.key.as_str(),
                        problem: Sentence::from(why),
                    };
                    let error = ScmError::new(relance_scm::Win32Error::INVALID_PARAMETER, why);
                    refused.push((setting.origin, error));
                }
            }
        }
        if self.config().is_ok() {
            return Ok(refused);
        }
        self.with(|_| false)?;
        for setting in self.settings.clone() {
            if let Err(error) = self.with(|key| key == setting.key) {
                if setting.key == "command_line" {
                    return Err(error);
                }
                self.unset(&setting.key);
                refused.push((setting.origin, error));
            }
        }
        let mut kept = Vec::new();
        for (name, origin) in std::mem::take(&mut self.dependencies) {
            match relance_scm::config::Dependency::parse(&name) {
                Ok(_) => kept.push((name, origin)),
                Err(error) => refused.push((origin, error)),
            }
        }
        self.dependencies = kept;
        self.config()?;
        Ok(refused)
    }

    /// A setting that is kept of these lines.
    pub(crate) fn kept_of(&self, file: usize, lines: Lines) -> Option<&str> {
        let kept = self.settings.iter().find(|setting| {
            let is_of_them = |origin: Origin| origin.file == file && origin.lines == lines;
            setting.origin.is_some_and(is_of_them)
        });
        kept.map(|setting| setting.key.as_str())
    }

    /// Its `[[service]]`.
    pub(crate) fn toml(&self) -> String {
        let mut text = format!("[[service]]\nname = {}\n", quoted(&self.name));
        if let Some(count) = self.instances {
            text.push_str(&format!("instances = {count}\n"));
        }
        let rank = |key: &str| {
            let first = FIRST.iter().position(|first| *first == key);
            let extension = key.strip_prefix("extensions.").and_then(|key| {
                let mut keys = EXTENSIONS.iter();
                keys.position(|setting| setting.key == key)
            });
            match (first, extension) {
                (Some(at), _) => (0, at),
                (None, None) => (1, 0),
                (None, Some(at)) => (2, at),
            }
        };
        let mut settings: Vec<&Setting> = self.settings.iter().collect();
        settings.sort_by_key(|setting| rank(&setting.key));
        for setting in settings {
            text.push_str(&format!("{} = {}\n", setting.key, setting.value.toml()));
        }
        if !self.dependencies.is_empty() {
            let names = self.dependencies.iter().map(|(name, _)| name.clone());
            let names = Given::List(names.collect()).toml();
            text.push_str(&format!("dependencies = {names}\n"));
        }
        text
    }

    /// Where a setting comes from.
    pub(crate) fn origin_of(&self, key: &str) -> Option<Origin> {
        let mut settings = self.settings.iter();
        settings.find(|setting| setting.key == key)?.origin
    }

    /// Where its command line comes from, or else any of its settings.
    pub(crate) fn origin(&self) -> Option<Origin> {
        let first = self.settings.iter().find_map(|setting| setting.origin);
        self.origin_of("command_line").or(first)
    }

    /// The names of the services that it becomes.
    pub(crate) fn names(&self) -> Vec<String> {
        match self.instances {
            Some(count) => (1..=count)
                .map(|number| format!("{}{number}", self.name))
                .collect(),
            None => vec![self.name.clone()],
        }
    }

    /// Sets the command line to these words.
    pub(crate) fn set_command(&mut self, words: &[String], origin: Option<Origin>) {
        let line = relance_scm::command_line::join(words);
        self.set("command_line", line, origin);
    }

    /// Text of the old configuration, with its `%i` escaped where `%i` is filled in.
    pub(crate) fn literal(&self, text: &str) -> String {
        if self.is_instance() {
            escape_instance(text)
        } else {
            text.to_owned()
        }
    }
}
