//! The order of the starts at boot (D8, D11): load order groups one after the other, services without
//! a group behind them, delayed ones last; within a group what others need comes first.
//!
//! Only automatic services are in a plan. What they need is started with them (D2), regardless of its start
//! type and its group: D11 follows from that.

use std::collections::BTreeSet;

use relance_scm::config::{Dependency, ServiceConfig, StartType};
use relance_scm::{ServiceName, fold_case};

/// The starts at boot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BootPlan<Id> {
    /// A stage begins when the one before is over: nothing in that is START_PENDING any more, except for what
    /// hangs (S42).
    pub stages: Vec<Vec<Id>>,
    /// Started one at a time, some time after the others (C16).
    pub delayed: Vec<Id>,
    /// Services that need something of a later stage, which is started with them (D2).
    pub out_of_order: Vec<(Id, OutOfOrder)>,
}

/// A dependency that contradicts the order of the load order groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfOrder {
    /// A service in a later group: 7019.
    Service,
    /// A later group: 7020.
    Group,
}

/// Plans the starts at boot. `groups` is the order of the load order groups (C18), without case;
/// those it does not name follow in the order of their names.
#[must_use]
pub fn order<'a, Id: Copy>(
    services: impl IntoIterator<Item = (Id, &'a ServiceConfig)>,
    groups: &[Box<str>],
) -> BootPlan<Id> {
    let listed: Vec<String> = groups.iter().map(|group| fold_case(group)).collect();
    let automatic = services
        .into_iter()
        .filter(|(_, config)| config.start_type == StartType::Auto);
    let (delayed, prompt): (Vec<_>, Vec<_>) =
        automatic.partition(|(_, config)| config.delayed_auto_start);
    let mut ranked: Vec<(Rank, Id, &ServiceConfig)> = prompt
        .into_iter()
        .map(|(id, config)| (rank(config, &listed), id, config))
        .collect();
    ranked.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let stages = ranked
        .chunk_by(|(a, ..), (b, ..)| a == b)
        .map(dependencies_first);
    let out_of_order = ranked.iter().filter_map(|(rank, id, config)| {
        let needed = later_need(rank, config, &ranked, &listed)?;
        Some((*id, needed))
    });
    BootPlan {
        out_of_order: out_of_order.collect(),
        stages: stages.collect(),
        delayed: delayed.into_iter().map(|(id, _)| id).collect(),
    }
}

/// The position of a group: first the groups in the list, then others by name, last services
/// without a group.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Listed(usize),
    Named(String),
    Ungrouped,
}

fn rank(config: &ServiceConfig, listed: &[String]) -> Rank {
    if config.load_order_group.is_empty() {
        return Rank::Ungrouped;
    }
    rank_of_group(&config.load_order_group, listed)
}

fn rank_of_group(group: &str, listed: &[String]) -> Rank {
    let group = fold_case(group);
    match listed.iter().position(|listed| *listed == group) {
        Some(place) => Rank::Listed(place),
        None => Rank::Named(group),
    }
}

/// The first need of this service that is in a later group. A service without a group is in none.
fn later_need<Id>(
    own: &Rank,
    config: &ServiceConfig,
    ranked: &[(Rank, Id, &ServiceConfig)],
    listed: &[String],
) -> Option<OutOfOrder> {
    let is_later = |rank: &Rank| rank > own && *rank != Rank::Ungrouped;
    config.dependencies.iter().find_map(|need| match need {
        Dependency::Service(name) => ranked
            .iter()
            .any(|(rank, _, other)| other.service_name == *name && is_later(rank))
            .then_some(OutOfOrder::Service),
        Dependency::Group(group) => {
            is_later(&rank_of_group(group, listed)).then_some(OutOfOrder::Group)
        }
    })
}

/// The services of one stage, each behind those of the stage that it needs. A circle is cut at an arbitrary
/// place; only groups can make one.
fn dependencies_first<Id: Copy>(stage: &[(Rank, Id, &ServiceConfig)]) -> Vec<Id> {
    let mut planned = BTreeSet::new();
    let mut ids = Vec::new();
    for index in 0..stage.len() {
        plan(stage, index, &mut planned, &mut ids);
    }
    ids
}

fn plan<Id: Copy>(
    stage: &[(Rank, Id, &ServiceConfig)],
    first: usize,
    planned: &mut BTreeSet<usize>,
    ids: &mut Vec<Id>,
) {
    // With a stack of our own: a chain of dependencies may be as long as there are services.
    let mut stack = vec![(first, false)];
    while let Some((index, needs_are_planned)) = stack.pop() {
        let (_, id, config) = &stage[index];
        if needs_are_planned {
            ids.push(*id);
        } else if planned.insert(index) {
            stack.push((index, true));
            if config.dependencies.is_empty() {
                continue;
            }
            let needed = (0..stage.len()).filter(|other| needs(config, stage[*other].2));
            stack.extend(needed.rev().map(|other| (other, false)));
        }
    }
}

fn needs(config: &ServiceConfig, other: &ServiceConfig) -> bool {
    let is = |name: &ServiceName| *name == other.service_name;
    config
        .dependencies
        .iter()
        .any(|dependency| match dependency {
            Dependency::Service(name) => is(name),
            Dependency::Group(group) => {
                !is(&config.service_name) && fold_case(group) == fold_case(&other.load_order_group)
            }
        })
}
