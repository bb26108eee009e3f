//! What must hold of a world: at every moment, and once it has been left in peace.

use std::collections::{BTreeMap, BTreeSet};

use relance_policy::{EndReason, Run, RunId, RunPhase, ServiceRecord};
use relance_scm::ServiceKind;
use relance_scm::config::Dependency;
use relance_scm::event_log::LogEntry;
use relance_scm::settings::{RETRY_FAILED_STARTS, SCHEDULE};
use relance_scm::status::ProcessExit;

use super::machine::RunHistory;
use super::world::World;

/// What all services of a world have in common.
#[derive(Clone, Copy, Debug)]
pub struct Common {
    /// X14: a start that fails is a failure.
    pub retries_starts: bool,
    /// X15, X16: programs have to stay up for a moment, starts and stops have deadlines.
    pub deadlines: bool,
    /// X11, X12: planned restarts have a limit, and a status is final.
    pub statuses: bool,
    /// X13: only the exit statuses of `LISTED` are failures of programs.
    pub listed: bool,
    /// X70, X71: services mind what they need.
    pub minds: bool,
    /// X96, X97: services have a group for restarts, and some have quiet hours.
    pub groups: bool,
    /// Engines are killed whose disk is full: changes that were in effect may be lost.
    pub loses_changes: bool,
}

impl Common {
    /// The exit statuses that are failures of programs, if they are listed.
    pub(super) fn failing(self) -> Box<[u8]> {
        LISTED.filter(|_| self.listed).collect()
    }
}

/// Where exit statuses are listed, these are failures: 0 is one of them.
const LISTED: std::ops::RangeInclusive<u8> = 0..=63;

/// What holds after every step.
///
/// # Errors
/// What does not.
pub fn check_at_once(world: &World) -> Result<(), String> {
    for record in world.records() {
        record.check_laws()?;
    }
    one_at_a_time(world)?;
    match world.machine().history.violations.first() {
        Some(violation) => Err(violation.clone()),
        None => Ok(()),
    }
}

/// X56: of a template one instance at most is recycled.
fn one_at_a_time(world: &World) -> Result<(), String> {
    let mut recycled = BTreeSet::new();
    for record in world.records().filter(|record| record.is_being_recycled()) {
        let name = &record.config.service_name;
        if let Some((template, _)) = name.instance()
            && !recycled.insert(template.to_owned())
        {
            return Err(format!(
                "{name} is recycled beside another instance: {record:#?}"
            ));
        }
    }
    Ok(())
}

/// X72: what has a schedule comes again, at the latest an interval after the longest correction of a clock.
fn is_planned(world: &World, record: &ServiceRecord) -> Result<(), String> {
    const LONGEST_S: i64 = 3 * 3600 + 20 * 60;
    if record.config.extensions.get(SCHEDULE).is_none() || record.marked_for_delete {
        return match record.scheduled {
            Some(_) => Err(format!(
                "a start is planned without a schedule: {record:#?}"
            )),
            None => Ok(()),
        };
    }
    let now = world.now().wall.0 / 1000;
    let next = record.scheduled.and_then(|scheduled| scheduled.next);
    match next {
        Some(next) if next > now && next <= now + LONGEST_S => Ok(()),
        _ => Err(format!("at {now} the next start is {next:?}: {record:#?}")),
    }
}

/// What holds once every service was left in peace for long enough.
///
/// # Errors
/// What does not.
pub fn check_at_peace(world: &mut World, common: Common) -> Result<(), String> {
    check_at_once(world)?;
    world.database_matches()?;
    let records: Vec<ServiceRecord> = world.records().map(|record| (**record).clone()).collect();
    for record in &records {
        is_at_rest(world, record)?;
        is_held_for_a_reason(record, &records)?;
        if !record.shutting_down {
            is_planned(world, record)?;
        }
    }
    let unacknowledged = world.machine().unacknowledged();
    if !unacknowledged.is_empty() {
        return Err(format!("the guardian still keeps {unacknowledged:?}"));
    }
    let known: Vec<RunId> = records
        .iter()
        .filter_map(|record| record.run.as_ref().map(|run| run.id))
        .collect();
    let stray: Vec<RunId> = {
        let machine = world.machine();
        machine
            .alive()
            .map(|process| process.run)
            .filter(|run| !known.contains(run))
            .collect()
    };
    if !stray.is_empty() {
        return Err(format!("processes that nobody looks after: {stray:?}"));
    }
    numbers_rise(&world.log())?;
    only_unwell_runs_are_ended(world)?;
    failures_are_counted_once(world, common)
}

/// Running with its process, paused, or stopped with nothing left to do; nothing in between.
fn is_at_rest(world: &World, record: &ServiceRecord) -> Result<(), String> {
    let alive = world.machine().alive_of(record.id);
    let run = record.run.as_ref().map(|run| run.id);
    let problem = if !record.pending_actions.is_empty() && !tries_in_vain(record) {
        "actions are pending"
    } else if record.previous.is_some() {
        "a previous process lingers"
    } else if alive != run && !waits_for_one_that_is_mute(world, record) {
        "the process on record is not the one that runs"
    } else if record.state.is_pending()
        && !is_mute(world, run)
        && !waits_for_one_that_is_mute(world, record)
    {
        "its state is pending"
    } else {
        return Ok(());
    };
    let name = &record.config.service_name;
    Err(format!(
        "{name} is not at rest: {problem}; alive: {alive:?}\n{record:#?}"
    ))
}

/// X70: nothing waits for what is there already.
fn is_held_for_a_reason(record: &ServiceRecord, all: &[ServiceRecord]) -> Result<(), String> {
    let is_there = |dependency: &Dependency| match dependency {
        Dependency::Service(name) => all
            .iter()
            .any(|other| other.config.service_name == *name && other.is_available()),
        Dependency::Group(_) => false,
    };
    let in_vain = record.config.dependencies.iter().all(is_there);
    match record.held() {
        Some(down) if in_vain || !record.minds_dependencies() => Err(format!(
            "{} waits for {} in vain: {record:#?}",
            record.config.service_name, down.needed
        )),
        _ => Ok(()),
    }
}

/// A service whose channel is broken can say nothing more; nobody is killed for that.
fn is_mute(world: &World, run: Option<RunId>) -> bool {
    let machine = world.machine();
    run.and_then(|run| machine.history.runs.get(&run))
        .is_some_and(|history| history.silenced)
}

/// D5: started by the clock, for instance, it waits for one that can never say RUNNING, until that counts as hung. The
/// other may wait for a third.
fn waits_for_one_that_is_mute(world: &World, record: &ServiceRecord) -> bool {
    let waits = |run: &Run| run.phase == RunPhase::WaitingForDependencies;
    let hangs = |needed: &ServiceRecord| {
        let is_pending = needed.state.is_pending();
        is_pending && (is_mute(world, run_of(needed)) || waits_for_one_that_is_mute(world, needed))
    };
    let is_in_the_way = |dependency: &Dependency| match dependency {
        Dependency::Service(name) => world.record(name).is_some_and(|needed| hangs(&needed)),
        Dependency::Group(_) => false,
    };
    let mut dependencies = record.config.dependencies.iter();
    record.run.as_deref().is_some_and(waits) && dependencies.any(is_in_the_way)
}

fn run_of(record: &ServiceRecord) -> Option<RunId> {
    record.run.as_ref().map(|run| run.id)
}

fn numbers_rise(log: &[std::sync::Arc<LogEntry>]) -> Result<(), String> {
    match log.windows(2).find(|pair| pair[0].number >= pair[1].number) {
        Some(pair) => Err(format!(
            "entry {} follows entry {}",
            pair[1].number, pair[0].number
        )),
        None => Ok(()),
    }
}

/// The entry about a run that hangs by another sign than its heartbeats.
const HUNG: u32 = 1014;

/// X43: no run is ended because of its probes that has not failed so many in a row.
fn only_unwell_runs_are_ended(world: &World) -> Result<(), String> {
    let unwell = world.machine().history.unwell.clone();
    let ended = world.log().into_iter().find(|entry| {
        let run = entry.details.run;
        entry.event_id == HUNG && run.is_none_or(|run| !unwell.contains(&run))
    });
    match ended {
        Some(entry) => Err(format!("ended, although it was well: {entry:?}")),
        None => Ok(()),
    }
}

/// The entry about a service that does not connect.
const CONNECT_TIMED_OUT: u32 = 7009;

/// The exit status with which programs ask to be started again; too often is a failure (X11).
pub const PLANNED: u8 = 75;

/// The entry about a service whose end was not counted (X70).
const HELD: u32 = 1071;

/// Every crash stands in the log once, and no clean end does (7031, 7034).
fn failures_are_counted_once(world: &World, common: Common) -> Result<(), String> {
    let mut logged: BTreeMap<RunId, usize> = BTreeMap::new();
    let mut never_connected = BTreeSet::new();
    let mut held = BTreeSet::new();
    for entry in world.log() {
        if entry.event_id == CONNECT_TIMED_OUT {
            never_connected.extend(entry.details.run);
        }
        if entry.event_id == HELD {
            held.extend(entry.details.run);
        }
        if matches!(entry.event_id, 7031 | 7034) {
            let run = entry.details.run.ok_or("a failure without its run")?;
            *logged.entry(run).or_default() += 1;
        }
    }
    let machine = world.machine();
    for (run, history) in &machine.history.runs {
        let count = logged.get(run).copied().unwrap_or(0);
        let expected = expected_failures(history, common)
            .filter(|_| !machine.history.terminated.contains(run) && !held.contains(run))
            // A service that an engine took for a program: it was started by an engine that was killed before the change of
            // its kind, which a full disk kept it from writing, was refused or written.
            .filter(|_| {
                !common.loses_changes
                    || history.kind == ServiceKind::Program
                    || !has_exited(history)
            })
            .filter(|_| {
                // A program for which an engine did not know that it is one: the change of its kind was
                // lost with a full disk. It was taken for a service that does not connect.
                history.kind == ServiceKind::Service || !never_connected.contains(run)
            });
        if expected.is_some_and(|expected| expected != count) || count > 1 {
            return Err(format!(
                "run {run} failed {expected:?} times, the log says {count}: {history:?}"
            ));
        }
    }
    Ok(())
}

fn has_exited(history: &RunHistory) -> bool {
    matches!(history.end, Some(ProcessExit::Exited(_)))
}

/// How often the end of a run must be counted; `None` where it depends on the flag, or where nobody
/// can know.
fn expected_failures(history: &RunHistory, common: Common) -> Option<usize> {
    if history.silenced || history.in_shutdown {
        return None;
    }
    let Some(end) = history.end else {
        return Some(0).filter(|_| history.stopped.is_none());
    };
    match history.kind {
        // X14: one that was cut short by a stop does not count.
        ServiceKind::Service if !history.connected && history.stop_wanted => None,
        ServiceKind::Service if !history.connected => Some(usize::from(common.retries_starts)),
        ServiceKind::Service => match history.stopped {
            // X16: killed at the deadline of a stop that somebody asked for.
            None if common.deadlines && history.stop_delivered => None,
            None => Some(1),
            Some(code) if code.is_success() => Some(0),
            Some(_) => None,
        },
        ServiceKind::Program => match end {
            ProcessExit::Exited(status) if status == i32::from(PLANNED) => None,
            ProcessExit::Exited(status) if common.listed => {
                let is_listed = u8::try_from(status).is_ok_and(|status| LISTED.contains(&status));
                (!is_listed).then_some(0)
            }
            ProcessExit::Exited(0) => Some(0),
            ProcessExit::Exited(_) => None,
            ProcessExit::Signaled(_) | ProcessExit::Unknown
                if history.stop_delivered || history.stop_wanted =>
            {
                None
            }
            ProcessExit::Signaled(_) | ProcessExit::Unknown => Some(1),
        },
    }
}

/// X14: whether its starts fail, and are tried again for ever.
pub(super) fn tries_in_vain(record: &ServiceRecord) -> bool {
    let last_end = record.last_end.as_ref();
    record.config.extensions.get(RETRY_FAILED_STARTS)
        && last_end.is_some_and(|end| matches!(end.reason, EndReason::StartFailed(_)))
}
