//! What `relance apply` would do: each service of the files beside the one there is.

mod surplus;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use relance_scm::contradictions::{self, Contradiction, Naming};
use relance_scm::manager::{PolicyInfo, ServiceInfo, ToApply};
use relance_scm::settings::TakesEffect;
use relance_scm::{ServiceConfig, ServiceName, ServiceState};
use relance_texts::Sentence;
use relance_wire::settings::texts;

use super::change::{Act, Change, changes};
use super::policies::{PolicyStep, policy_steps};
use crate::cli::{CommandFailure, Manager};
use crate::env_files;
use crate::policies;
use crate::service_files::Templates;
pub(crate) use surplus::Surplus;

/// What happens to one service.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: ServiceName,
    pub(crate) act: Act,
    pub(crate) changes: Vec<Change>,
    /// Whether it runs, and changes that it sees at its next start only.
    pub(crate) runs_on: bool,
    /// Settings that do nothing because of others (X47), where something is created or changed.
    pub(crate) contradictions: Vec<Contradiction>,
    /// Environment files with which its next start would fail (X10), also where nothing changes: a deployment may have
    /// changed them.
    pub(crate) env_files: Vec<Sentence>,
}

/// What happens to all of them.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) policies: Vec<PolicyStep>,
    pub(crate) steps: Vec<Step>,
    /// The policies there are that no file describes, with those that use them.
    other_policies: Vec<PolicyInfo>,
    /// The services there are that no file describes.
    others: Vec<ServiceName>,
    /// Those of them that are gone when they have stopped.
    going: HashSet<ServiceName>,
    /// Those of them that are instances of a template of the files.
    pub(crate) surplus: Vec<Surplus>,
}

impl Plan {
    /// Compares.
    pub(crate) fn of(
        manager: &Manager,
        to_apply: &ToApply,
        secrets: &[String],
    ) -> Result<Self, CommandFailure> {
        let kept = policies::kept(manager)?;
        let configs = match &kept {
            Some(kept) => policies::filled_in(to_apply, kept)?,
            None => to_apply
                .clone()
                .copied()?
                .into_iter()
                .map(|new| new.config)
                .collect(),
        };
        let list = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
        let known: HashMap<String, &ServiceInfo> = list
            .services
            .iter()
            .map(|info| (info.config.service_name.key(), info))
            .collect();
        let mut steps = Vec::new();
        for config in &configs {
            let name = &config.service_name;
            let before = match known.get(&name.key()) {
                Some(info) => Some((*info, current(manager, info)?)),
                None => None,
            };
            steps.push(step(config, before, secrets));
        }
        let described: HashSet<&ServiceName> =
            configs.iter().map(|config| &config.service_name).collect();
        let going = list.services.iter().filter(|info| info.marked_for_delete);
        let others = list.services.iter();
        let others = others.filter(|info| !described.contains(&info.config.service_name));
        let (policies, other_policies) = match kept {
            Some(kept) => policy_steps(manager, to_apply, kept, &configs, secrets)?,
            None => (Vec::new(), Vec::new()),
        };
        Ok(Self {
            policies,
            steps,
            other_policies,
            others: others
                .map(|info| info.config.service_name.clone())
                .collect(),
            going: going.map(|info| info.config.service_name.clone()).collect(),
            surplus: Vec::new(),
        })
    }

    /// Deletes services that no file describes, if a pattern of `--prune` matches them.
    pub(crate) fn prune(&mut self, is_meant: impl Fn(&ServiceName) -> bool) {
        let (gone, others) = std::mem::take(&mut self.others)
            .into_iter()
            .partition(&is_meant);
        self.others = others;
        let gone: Vec<ServiceName> = gone;
        // A policy of another service stays; those of files name the policies that they use.
        let is_unused = |info: &PolicyInfo| info.used_by.iter().all(|name| gone.contains(name));
        let policies = std::mem::take(&mut self.other_policies).into_iter();
        let policies = policies.filter(|info| {
            let name = &info.policy.as_config().service_name;
            is_meant(name) && is_unused(info)
        });
        self.policies
            .extend(policies.map(|info| PolicyStep::deletion(&info.policy)));
        self.steps.extend(gone.into_iter().map(|name| Step {
            name,
            act: Act::Delete,
            changes: Vec::new(),
            runs_on: false,
            contradictions: Vec::new(),
            env_files: Vec::new(),
        }));
    }

    /// Notes which instances stay although the files want fewer; to be asked after [`prune`](Self::prune).
    pub(crate) fn note_surplus(&mut self, templates: &Templates) {
        let stay = self
            .others
            .iter()
            .filter(|name| !self.going.contains(*name));
        self.surplus = surplus::surplus(templates, stay);
    }

    /// Whether there is something to do.
    pub(crate) fn changes(&self) -> bool {
        self.acts().any(|act| act != Act::Keep)
    }

    /// Whether something of the files is brought to the manager.
    pub(crate) fn brings(&self) -> bool {
        self.acts().any(Act::brings)
    }

    fn acts(&self) -> impl Iterator<Item = Act> {
        let policies = self.policies.iter().map(|step| step.act);
        policies.chain(self.steps.iter().map(|step| step.act))
    }

    pub(crate) fn count(&self, act: Act) -> usize {
        self.acts().filter(|other| *other == act).count()
    }

    pub(crate) fn names(&self, is_wanted: impl Fn(&Step) -> bool) -> Vec<ServiceName> {
        let steps = self.steps.iter().filter(|step| is_wanted(step));
        steps.map(|step| step.name.clone()).collect()
    }
}

/// The present configuration. Windows' list does not have all of it.
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
            contradictions: contradictions::of(new, Naming::Keys),
            env_files: env_files::problems(new),
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
        contradictions: if is_same {
            Vec::new()
        } else {
            contradictions::of(new, Naming::Keys)
        },
        env_files: env_files::problems(new),
    }
}

/// Whether something changes that a process sees only when it is started.
fn waits_for_start(old: &ServiceConfig, new: &ServiceConfig) -> bool {
    let pairs = texts(old).zip(texts(new));
    let mut changed = pairs.filter(|((_, before), (_, after))| before != after);
    old.kind != new.kind
        || changed.any(|((setting, _), _)| setting.takes_effect == TakesEffect::NextStart)
}
