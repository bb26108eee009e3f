//! docker-compose: each service stays in its container, which `docker compose run` runs as a program of ours.
//!
//! What is about the container (image, volumes, ports…) is read by `docker compose` from the same file as before;
//! what is about its life (restarts, order, stop) becomes settings.

mod extends;
mod overrides;

use std::time::Duration;

use relance_scm::duration::Bare;
use relance_scm::settings::{Key, PROBE_DELAY, PROBE_INTERVAL, PROBE_TIMEOUT};
use relance_texts::{Human, import};

use crate::Problem;
use crate::draft::{Origin, ServiceDraft, service_name};
use crate::recovery::{Before, LIMIT_MAX, delays, written};
use crate::report::{FileReport, Lines};
use crate::syntax::node::{Entry, Node, Value};
use crate::syntax::yaml;
use crate::work::{Converter, Input, Place, Work, syntax};

/// Times of a health check: their key, the setting, and what Docker takes if they are not given.
const TIMES_OF_HEALTH: [(&str, Key<Duration>, Duration); 3] = [
    ("interval", PROBE_INTERVAL, Duration::from_secs(30)),
    ("timeout", PROBE_TIMEOUT, Duration::from_secs(30)),
    ("start_period", PROBE_DELAY, Duration::ZERO),
];
/// Failed checks after which Docker calls a container unhealthy, if nothing is given.
const RETRIES: u64 = 3;
/// What the setting takes at most.
const RETRIES_MAX: u64 = 1000;
/// Keys whose value decides here, and that may be a variable of docker compose.
const ASKED: [&str; 4] = ["restart", "replicas", "scale", "stop_grace_period"];
/// What a line becomes that docker compose goes on reading.
const BY_COMPOSE: &str = "docker compose";

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    for (input, beside) in overrides::pairs(inputs, work) {
        let both = beside.iter().chain([&input]).rev();
        let paths: Vec<String> = both.map(|input| input.path.display().to_string()).collect();
        let known = of_file(&input, &paths, &[], work)?;
        if let Some(beside) = beside {
            of_file(&beside, &paths, &known, work)?;
        }
    }
    Ok(())
}

/// Converts the services of a file, except those that are known from the file that it overrides, and returns their
/// names. `paths` are the files that docker compose is to read.
fn of_file(
    input: &Input,
    paths: &[String],
    known: &[String],
    work: &mut Work<'_>,
) -> Result<Vec<String>, Problem> {
    let file = work.open(input);
    let root = yaml::parse(&input.text).map_err(syntax(input))?;
    let has_services = root.get("services").is_some();
    for entry in root.entries() {
        match entry.key.as_str() {
            "services" if entry.value.entries().is_empty() => {
                work.report(file)
                    .lost(entry.lines(), import::NOT_UNDERSTOOD);
            }
            _ if !has_services => {
                let report = work.report(file);
                report.lost(entry.lines(), import::NOT_BELOW_SERVICES);
            }
            "services" => work.report(file).kept(Lines::one(entry.line), "name"),
            "include" => {
                let report = work.report(file);
                report.changed(entry.lines(), BY_COMPOSE, import::INCLUDED_BY_COMPOSE);
            }
            _ => work.report(file).kept(entry.lines(), BY_COMPOSE),
        }
    }
    let services = root.get("services").map_or(&[][..], Node::entries);
    for (at, entry) in services.iter().enumerate() {
        if services[..at].iter().any(|other| other.key == entry.key) {
            let name = entry.key.as_str();
            let report = work.report(file);
            report.lost(entry.lines(), import::NamedTwice { name });
            continue;
        }
        if known.contains(&entry.key) {
            overrides::account(entry, &paths[0], file, work);
            continue;
        }
        let extended = extends::resolved(entry, services, input, work);
        Service {
            entry: &extended.entry,
            problem: extended.problem,
            input,
            paths,
            file,
            draft: ServiceDraft::new(service_name(&entry.key)),
            work: &mut *work,
        }
        .convert();
    }
    Ok(services.iter().map(|entry| entry.key.clone()).collect())
}

/// The words of the command that checks the health; empty if there is none.
fn test_of(test: &Node) -> Vec<String> {
    let shell = |line: String| vec!["/bin/sh".to_owned(), "-c".to_owned(), line];
    if let Some(line) = test.text() {
        return shell(line);
    }
    let mut words = test.texts().into_iter();
    match words.next().as_deref() {
        Some("CMD") => words.collect(),
        Some("CMD-SHELL") => words.next().map(shell).unwrap_or_default(),
        _ => Vec::new(),
    }
}

struct Service<'a, 'w, 'f> {
    /// The service, with the keys that it inherits by `extends`.
    entry: &'a Entry,
    /// The service that it extends and that does not exist.
    problem: Option<String>,
    input: &'a Input,
    paths: &'a [String],
    file: usize,
    draft: ServiceDraft,
    work: &'w mut Work<'f>,
}

impl Converter for Service<'_, '_, '_> {
    fn origin(&self, place: impl Place) -> Origin {
        place.origin(self.file)
    }

    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl Service<'_, '_, '_> {
    fn convert(mut self) {
        let head = Lines::one(self.entry.line);
        let origin = Some(self.origin(head));
        self.changed(head, "command_line", import::STAYS_IN_CONTAINER);
        let run = [
            "run",
            "--rm",
            "--no-TTY",
            "--no-deps",
            "--service-ports",
            "--use-aliases",
            &self.entry.key,
        ];
        let words = self.of_compose(&run);
        self.draft.set_command(&words, origin);
        self.draft.set("start_type", "auto", origin);
        if !self.input.path.is_absolute() {
            self.changed(head, "command_line", import::SET_FOLDER);
        }
        let entries = self.entry.value.entries();
        for entry in entries {
            self.key(entry);
        }
        if self.draft.before.is_none() {
            self.draft.before = Some(Before::never());
        }
        // How many instances there are is known now.
        if let Some(entry) = entries
            .iter()
            .rev()
            .find(|entry| entry.key == "healthcheck")
        {
            self.healthcheck(entry);
        }
        self.work.drafts.push(self.draft);
    }

    /// A command of docker compose about this file.
    fn of_compose(&self, words: &[&str]) -> Vec<String> {
        let files = self.paths.iter().flat_map(|path| ["--file", path]);
        let all = ["docker", "compose"]
            .into_iter()
            .chain(files)
            .chain(words.iter().copied());
        all.map(|word| self.draft.literal(word)).collect()
    }

    fn key(&mut self, entry: &Entry) {
        let text = self.filled(entry);
        match entry.key.as_str() {
            "restart" => self.restart(entry, &text),
            "depends_on" | "links" => self.depends_on(entry),
            "stop_grace_period" => {
                let time =
                    relance_scm::duration::parse(&text, relance_scm::duration::Bare::Seconds);
                match time.filter(|time| *time < Duration::from_secs(4_000_000)) {
                    // Docker gets the time first; ours is a little longer.
                    Some(time) => self.keep(
                        entry,
                        "extensions.stop_grace_ms",
                        written(time + Duration::from_secs(2)),
                    ),
                    None => self.lost(entry, import::NotATime { value: text }),
                }
            }
            "stop_signal" => self.kept(entry, BY_COMPOSE),
            "healthcheck" => {}
            "extends" => match self.problem.take() {
                Some(name) => self.lost(entry, import::ExtendsNothing { name }),
                None => {
                    let name = extends::Base::of(&entry.value).service;
                    self.changed(entry, BY_COMPOSE, import::Extended { name });
                }
            },
            "deploy" => self.deploy(entry),
            "scale" => self.replicas(entry),
            "container_name" => self.changed(entry, BY_COMPOSE, import::CONTAINER_NAME),
            "logging" => self.changed(entry, "extensions.output", import::LOG_OF_DOCKER),
            "profiles" => {
                self.keep(entry, "start_type", "demand");
            }
            _ => self.kept(entry, BY_COMPOSE),
        }
    }

    fn restart(&mut self, entry: &Entry, text: &str) {
        let origin = Some(self.origin(entry));
        // Docker waits 100 ms, then twice as long each time, up to a minute.
        let delay =
            |at: usize| Duration::from_millis(100 << at.min(10)).min(Duration::from_secs(60));
        let (policy, count) = text.split_once(':').unwrap_or((text, ""));
        let draft = &mut self.draft;
        match policy {
            "always" | "unless-stopped" | "on-failure" => {
                let most = count.trim().parse::<usize>().ok();
                let delays = delays(most.unwrap_or(11), delay);
                draft.before = Some(match most {
                    Some(count) => Before::limited(count, delay),
                    None => Before::forever(delay),
                });
                if delays.is_empty() {
                    draft.set("recovery.actions", "none/0", origin);
                } else {
                    let reset = delays[delays.len() - 1] + Duration::from_secs(10);
                    draft.set_actions(&delays, most.is_some(), reset, origin);
                }
                if policy != "on-failure" {
                    draft.set("extensions.restart_on_exit", "0", origin);
                    draft.set("extensions.restart_on_exit_delay_ms", "1s", origin);
                }
                self.changed(entry, "recovery.actions", import::RESTART_OF_DOCKER);
                if most.is_some_and(|most| most > LIMIT_MAX) {
                    self.changed(entry, "recovery.actions", import::NO_END_OF_RESTARTS);
                }
            }
            "no" | "false" | "" => {
                draft.before = Some(Before::never());
                self.kept(entry, "recovery.actions");
            }
            _ => self.lost(entry, import::NOT_UNDERSTOOD),
        }
    }

    fn depends_on(&mut self, entry: &Entry) {
        let names: Vec<(String, String, Lines)> = match &entry.value.value {
            Value::List(items) => items
                .iter()
                .filter_map(|item| {
                    Some((
                        item.text()?.split(':').next()?.to_owned(),
                        String::new(),
                        item.lines,
                    ))
                })
                .collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| {
                    let condition = entry
                        .value
                        .get("condition")
                        .and_then(Node::text)
                        .unwrap_or_default();
                    (entry.key.clone(), condition, entry.lines())
                })
                .collect(),
            _ => Vec::new(),
        };
        self.kept(Lines::one(entry.line), "dependencies");
        for (name, condition, lines) in names {
            let origin = Some(self.origin(lines));
            let name = service_name(&name);
            self.draft.dependencies.push((name, origin));
            match condition.as_str() {
                "" | "service_started" => self.kept(lines, "dependencies"),
                _ => self.changed(lines, "dependencies", import::CONDITION_OF_COMPOSE),
            }
        }
    }

    fn healthcheck(&mut self, entry: &Entry) {
        let Some(test) = entry
            .value
            .get("test")
            .map(test_of)
            .filter(|test| !test.is_empty())
        else {
            return self.kept(entry, BY_COMPOSE);
        };
        if entry.value.get("disable").and_then(Node::flag) == Some(true) {
            return self.kept(entry, BY_COMPOSE);
        }
        if !self.work.is_for_linux() {
            return self.changed(entry, BY_COMPOSE, import::HEALTH_IN_DOCKER);
        }
        if self.draft.instances.is_some() {
            return self.changed(entry, BY_COMPOSE, import::HEALTH_OF_INSTANCES);
        }
        let origin = Some(self.origin(entry));
        let mut exec = vec!["exec", "--no-TTY", &self.entry.key];
        exec.extend(test.iter().map(String::as_str));
        let line = relance_scm::command_line::join(&self.of_compose(&exec));
        self.draft
            .set("extensions.probe", format!("command:{line}"), origin);
        self.times_of_health(entry);
        self.retries_of_health(entry);
        self.changed(entry, "extensions.probe", import::HEALTH_IS_PROBE);
        let at_start = entry.value.entries().iter();
        for inner in at_start.filter(|inner| inner.key == "start_interval") {
            self.lost(inner, import::ONE_INTERVAL);
        }
    }

    /// For Docker, 0 means not given. A number that the setting does not take becomes the nearest that it takes.
    fn retries_of_health(&mut self, entry: &Entry) {
        let key = "extensions.probe_failures";
        let mut inner = entry.value.entries().iter();
        let Some(inner) = inner.find(|inner| inner.key == "retries") else {
            return;
        };
        let value = inner.value.text().unwrap_or_default();
        let Ok(given) = value.trim().parse::<u64>() else {
            return self.lost(inner, import::NotANumber { value });
        };
        let given = if given == 0 { RETRIES } else { given };
        let taken = given.min(RETRIES_MAX);
        let origin = Some(self.origin(inner));
        self.draft.set(key, taken.to_string(), origin);
        if taken != given {
            self.changed(inner, key, import::NumberBounded { value, taken });
        }
    }

    /// For Docker, a time of 0 means not given. A time that the setting does not take becomes the nearest that it
    /// takes.
    fn times_of_health(&mut self, entry: &Entry) {
        for (key, time, usual) in TIMES_OF_HEALTH {
            let setting = time.setting();
            let inner = entry.value.entries().iter().find(|inner| inner.key == key);
            let text = inner.and_then(|inner| inner.value.text());
            let given = match &text {
                Some(text) => relance_scm::duration::parse(text, Bare::Seconds),
                None => Some(usual),
            };
            let Some(given) = given.map(|given| if given.is_zero() { usual } else { given }) else {
                if let (Some(inner), Some(value)) = (inner, text) {
                    self.lost(inner, import::NotATime { value });
                }
                continue;
            };
            let taken = given.clamp(setting.shortest, setting.longest);
            let path = format!("extensions.{}", setting.key);
            let origin = Some(self.origin(entry));
            self.draft.set(&path, written(taken), origin);
            if let Some(inner) = inner.filter(|_| taken != given) {
                let (given, taken) = (Human(given), Human(taken));
                self.changed(inner, &path, import::TimeBounded { given, taken });
            }
        }
    }

    fn deploy(&mut self, entry: &Entry) {
        self.kept(Lines::one(entry.line), BY_COMPOSE);
        for inner in entry.value.entries() {
            match inner.key.as_str() {
                "replicas" => self.replicas(inner),
                // As docker compose does, which asks it where there is no `restart`.
                "restart_policy" if self.entry.value.get("restart").is_none() => {
                    self.restart_policy(inner);
                }
                "restart_policy" | "update_config" | "rollback_config" | "placement" => {
                    self.lost(inner, import::OF_SWARM);
                }
                _ => self.kept(inner, BY_COMPOSE),
            }
        }
    }

    /// Its condition and its attempts; Swarm alone knows its times.
    fn restart_policy(&mut self, entry: &Entry) {
        let text = |key: &str| entry.value.get(key).and_then(Node::text);
        let condition = text("condition");
        let policy = match condition.as_deref() {
            Some("none") => "no".to_owned(),
            Some("on-failure") => match text("max_attempts") {
                Some(count) => format!("on-failure:{count}"),
                None => "on-failure".to_owned(),
            },
            Some("any") | None => "always".to_owned(),
            Some(other) => other.to_owned(),
        };
        self.restart(entry, &policy);
        for inner in entry.value.entries() {
            if matches!(inner.key.as_str(), "delay" | "window") {
                self.lost(inner, import::OF_SWARM);
            }
        }
    }

    /// The text of a value; `${NAME:-default}` as what NAME is known to be, or as the default.
    fn filled(&mut self, entry: &Entry) -> String {
        let text = entry.value.text().unwrap_or_default();
        let inside = text
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'));
        let Some(inside) = inside.filter(|_| ASKED.contains(&entry.key.as_str())) else {
            return text;
        };
        let (name, default) = match inside.split_once(":-").or_else(|| inside.split_once('-')) {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (inside, None),
        };
        match self.work.files.variable(name).or(default) {
            Some(value) => {
                self.changed(
                    entry,
                    "",
                    import::DefaultTaken {
                        value: value.as_str(),
                    },
                );
                value
            }
            None => text,
        }
    }

    fn replicas(&mut self, entry: &Entry) {
        let text = self.filled(entry);
        match text.trim().parse::<u32>().ok() {
            Some(count @ 2..=1000) if self.draft.instances.is_none() => {
                self.draft.instances = Some(count);
                self.draft.name.push('@');
                self.kept(entry, "instances");
            }
            Some(1) => self.kept(entry, "instances"),
            _ => {
                self.lost(entry, import::NotANumber { value: text });
            }
        }
    }
}

#[cfg(test)]
mod tests;
