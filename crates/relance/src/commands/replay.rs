//! `relance replay`: the recorded failures of this machine, played on the policy as it is and on a changed one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Parser;
use relance_policy::simulate::{Fact, Recorded, Recording};
use relance_scm::event_log::{EventFilter, Timestamp};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ConfigChange, ServiceConfig, ServiceId};
use relance_texts::{command, shown};
use serde::Serialize;

use super::options::FailureOptions;
use crate::cli::{CommandFailure, CommandResult, Common, Manager, usage};
use crate::comparison::{Comparison, Side, find};
use crate::lang::say;
use crate::plain::plain;
use crate::policies;
use crate::selection::{Selection, must_exist, service_names};
use crate::service_files;
use crate::text::{moment, moment_from, now, second_of_day};

/// Entries read at a time.
const PAGE: u32 = 10_000;

/// What another policy would have done after the failures that were recorded
///
/// Each failure happens again at its time, if the service runs then. Stops happen again too, and so
/// do starts that did not follow a restart. Without names, all services that have failed are
/// replayed. The other policy is given by options, or by files as for relance apply.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Services: names, patterns with * and ?, or NAME@ for all instances; all if left out
    #[arg(value_name = "NAME", add = service_names())]
    names: Vec<String>,
    /// From this moment on: 8h for eight hours ago, today, yesterday, or 2026-11-22T14:00
    #[arg(long, default_value = "30d")]
    since: String,
    /// Files that describe the services as they could be
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    #[command(flatten)]
    failure: FailureOptions,
    #[command(flatten)]
    common: Common,
}

/// What is printed of a service.
#[derive(Serialize)]
struct Replayed {
    name: String,
    recorded: u64,
    policies: [Side; 2],
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let since = moment_from(&arguments.since)?;
    let changes = Changes::of(&arguments)?;
    let manager = arguments.common.manager()?;
    let services = services(&manager, &arguments.names)?;
    let mut recorded = collect(&manager, since)?;
    let (end, is_json) = (now(), arguments.common.json);
    let (mut replayed, mut has_failed) = (Vec::new(), false);
    for info in services {
        let entries = recorded.remove(&info.id).unwrap_or_default();
        let Some(mut recording) = Recording::of(&entries, end) else {
            continue;
        };
        recording.script.clock = second_of_day(recording.begin);
        has_failed = true;
        if let Some(changed) = changes.change(&arguments.common, &info.config)? {
            replayed.push(replay(&info.config, &changed, &recording, is_json));
        }
    }
    if has_failed && replayed.is_empty() {
        let since = moment(since);
        return Err(usage(command::ReplayNotInFiles { since }));
    }
    if is_json {
        return Common::print_json(&replayed);
    }
    if replayed.is_empty() {
        let since = moment(since);
        println!("{}", say(command::ReplayNothing { since }));
    }
    Ok(())
}

/// The other policy: that of files, or this one with options.
enum Changes {
    Files {
        services: Vec<ServiceConfig>,
        /// Services were named, and each must be in the files.
        all: bool,
    },
    Options(Box<ConfigChange>),
}

impl Changes {
    fn of(arguments: &Arguments) -> Result<Self, CommandFailure> {
        if arguments.with.is_empty() == arguments.failure.is_empty() {
            return Err(usage(command::REPLAY_WITH));
        }
        if arguments.with.is_empty() {
            let change = arguments.failure.change()?;
            return Ok(Self::Options(Box::new(ConfigChange::try_from(&change)?)));
        }
        Ok(Self::Files {
            services: policies::looked_at(
                &arguments.common,
                &service_files::look_at(&arguments.with)?,
            )?,
            all: !arguments.names.is_empty(),
        })
    }

    /// A service with the other policy; `None`: it is not about this one.
    fn change(
        &self,
        common: &Common,
        config: &ServiceConfig,
    ) -> Result<Option<ServiceConfig>, CommandFailure> {
        match self {
            Self::Options(change) => policies::changed(common, config, change).map(Some),
            Self::Files { services, all } => match find(services, &config.service_name) {
                Ok(found) => Ok(Some(found.clone())),
                Err(failure) if *all => Err(failure),
                Err(_) => Ok(None),
            },
        }
    }
}

fn replay(
    config: &ServiceConfig,
    changed: &ServiceConfig,
    recording: &Recording,
    is_json: bool,
) -> Replayed {
    let titles = [say(command::COMPARE_AS_IS), say(command::COMPARE_CHANGED)];
    let comparison = Comparison::of(titles, [config, changed], &recording.script);
    let comparison = comparison.since(recording.begin);
    if !is_json {
        let head = command::ReplayHead {
            name: shown(&config.service_name),
            count: recording.failures,
            since: moment(recording.begin),
        };
        println!("{}", plain(&say(head)));
        comparison.print();
        println!();
    }
    Replayed {
        name: config.service_name.to_string(),
        recorded: recording.failures,
        policies: comparison.sides(),
    }
}

/// The services that are meant, in the order of their names.
fn services(manager: &Manager, names: &[String]) -> Result<Vec<ServiceInfo>, CommandFailure> {
    let listed = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    let mut services = listed.services;
    if !names.is_empty() {
        let selected = Selection::of(names).select(manager)?.names;
        for name in &selected {
            must_exist(manager, name)?;
        }
        services.retain(|info| selected.contains(&info.config.service_name));
    }
    services.sort_by(|a, b| a.config.service_name.cmp(&b.config.service_name));
    Ok(services)
}

/// What the log says of each service since a moment, the oldest first.
fn collect(
    manager: &Manager,
    since: Timestamp,
) -> Result<BTreeMap<ServiceId, Vec<Fact>>, CommandFailure> {
    let mut found: BTreeMap<ServiceId, Vec<Fact>> = BTreeMap::new();
    let mut before = None;
    loop {
        let filter = EventFilter {
            event_ids: Recorded::EVENTS.to_vec(),
            since: Some(since),
            before,
            limit: PAGE,
            ..EventFilter::default()
        };
        let page = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply))?;
        before = page.entries.first().map(|entry| entry.number);
        for entry in page.entries.iter().rev() {
            if let (Some((id, _)), Some(fact)) = (&entry.service, Fact::of(entry)) {
                found.entry(*id).or_default().push(fact);
            }
        }
        if !page.more || before.is_none() {
            break;
        }
    }
    for entries in found.values_mut() {
        entries.reverse();
    }
    Ok(found)
}
