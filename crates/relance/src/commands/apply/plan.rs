//! What `relance apply` would do: each service of the files beside the one there is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use relance_scm::manager::{NewService, ServiceInfo};
use relance_scm::settings::TakesEffect;
use relance_scm::{ServiceConfig, ServiceName, ServiceState};
use relance_texts::apply;
use relance_wire::settings::texts;

use super::hiding;
use crate::cli::{CommandFailure, Manager};
use crate::lang::{lang, say};
use crate::policies;

/// What becomes of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Create,
    Change,
    Keep,
    Delete,
}

/// A setting that changes.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) key: &'static str,
    label: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Change {
    /// `Stop grace: 10s → 30s`.
    pub(crate) fn said(&self) -> String {
        let shown = |text: &str| match text {
            "" => say(apply::NOTHING),
            text => text.replace('\n', ", "),
        };
        let (label, before, after) = (self.label, shown(&self.before), shown(&self.after));
        say(apply::Change {
            label,
            before,
            after,
        })
    }
}

/// What becomes of one service.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: ServiceName,
    pub(crate) act: Act,
    pub(crate) changes: Vec<Change>,
    /// Whether it runs, and changes that it sees at its next start only.
    pub(crate) runs_on: bool,
}

/// What becomes of all of them.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// The services there are that no file describes.
    others: Vec<ServiceName>,
}

impl Plan {
    /// Compares.
    pub(crate) fn of(
        manager: &Manager,
        services: &[NewService],
        secrets: &[String],
    ) -> Result<Self, CommandFailure> {
        let list = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
        let known: HashMap<String, &ServiceInfo> = list
            .services
            .iter()
            .map(|info| (info.config.service_name.key(), info))
            .collect();
        let mut steps = Vec::new();
        for config in policies::filled_in(manager, services)? {
            let name = &config.service_name;
            let before = match known.get(&name.key()) {
                Some(info) => Some((*info, current(manager, info)?)),
                None => None,
            };
            steps.push(step(&config, before, secrets));
        }
        let described: HashSet<&ServiceName> = services
            .iter()
            .map(|service| &service.config.service_name)
            .collect();
        let others = list.services.iter();
        let others = others.filter(|info| !described.contains(&info.config.service_name));
        Ok(Self {
            steps,
            others: others
                .map(|info| info.config.service_name.clone())
                .collect(),
        })
    }

    /// Services that are described nowhere go, if they are meant.
    pub(crate) fn prune(&mut self, is_meant: impl Fn(&ServiceName) -> bool) {
        let (gone, others) = std::mem::take(&mut self.others)
            .into_iter()
            .partition(is_meant);
        self.others = others;
        let gone: Vec<ServiceName> = gone;
        self.steps.extend(gone.into_iter().map(|name| Step {
            name,
            act: Act::Delete,
            changes: Vec::new(),
            runs_on: false,
        }));
    }

    /// Whether there is something to do.
    pub(crate) fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.act != Act::Keep)
    }

    pub(crate) fn count(&self, act: Act) -> usize {
        self.steps.iter().filter(|step| step.act == act).count()
    }

    pub(crate) fn names(&self, is_wanted: impl Fn(&Step) -> bool) -> Vec<ServiceName> {
        let steps = self.steps.iter().filter(|step| is_wanted(step));
        steps.map(|step| step.name.clone()).collect()
    }
}

/// The configuration there is. Windows' list has not all of it.
fn current(manager: &Manager, info: &ServiceInfo) -> Result<Arc<ServiceConfig>, CommandFailure> {
    if cfg!(unix) {
        return Ok(Arc::clone(&info.config));
    }
    let name = &info.config.service_name;
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply))?;
    Ok(Arc::new(config))
}

fn step(
    new: &ServiceConfig,
    before: Option<(&ServiceInfo, Arc<ServiceConfig>)>,
    secrets: &[String],
) -> Step {
    let name = new.service_name.clone();
    let Some((info, mut old)) = before else {
        let neutral = ServiceConfig::new(name.clone(), "");
        return Step {
            name,
            act: Act::Create,
            changes: changes(&neutral, new, secrets),
            runs_on: false,
        };
    };
    if cfg!(windows) && new.security.is_none() {
        // Windows gives each service one; a file that names none leaves it.
        Arc::make_mut(&mut old).security = None;
    }
    let is_same = *old == *new;
    let runs = info.status.state != ServiceState::Stopped;
    Step {
        name,
        act: if is_same { Act::Keep } else { Act::Change },
        changes: changes(&old, new, secrets),
        runs_on: runs && !is_same && waits_for_start(&old, new),
    }
}

/// Whether something changes that a process sees only when it is started.
fn waits_for_start(old: &ServiceConfig, new: &ServiceConfig) -> bool {
    let pairs = texts(old).zip(texts(new));
    let mut changed = pairs.filter(|((_, before), (_, after))| before != after);
    old.kind != new.kind
        || changed.any(|((setting, _), _)| setting.takes_effect == TakesEffect::NextStart)
}

/// The settings that differ, without the texts that are not shown.
pub(crate) fn changes(old: &ServiceConfig, new: &ServiceConfig, secrets: &[String]) -> Vec<Change> {
    let kind = (old.kind != new.kind).then(|| Change {
        key: "kind",
        label: apply::KIND.of(lang()),
        before: old.kind.name().to_owned(),
        after: new.kind.name().to_owned(),
    });
    let pairs = texts(old).zip(texts(new));
    let changed = pairs.filter(|((_, before), (_, after))| before != after);
    let changed = changed.map(|((setting, before), (_, after))| {
        // What is the same in both lists says nothing.
        let (before, after) = without_common(&before, &after);
        let before = hiding::dropped(setting.key, &before, &after, apply::HIDDEN.of(lang()));
        let (before, after) = hiding::hide(&before, &after, secrets, apply::HIDDEN.of(lang()));
        Change {
            key: setting.key,
            label: setting.label.of(lang()),
            before,
            after,
        }
    });
    kind.into_iter().chain(changed).collect()
}

/// Of texts of several lines, those that the other has not.
fn without_common(before: &str, after: &str) -> (String, String) {
    if !before.contains('\n') && !after.contains('\n') {
        return (before.to_owned(), after.to_owned());
    }
    let only = |one: &str, other: &str| {
        let lines = one
            .lines()
            .filter(|line| !other.lines().any(|known| known == *line));
        lines.collect::<Vec<_>>().join("\n")
    };
    match (only(before, after), only(after, before)) {
        // Another order.
        (a, b) if a.is_empty() && b.is_empty() => (before.to_owned(), after.to_owned()),
        differing => differing,
    }
}
