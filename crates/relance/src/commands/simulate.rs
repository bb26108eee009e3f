//! `relance simulate`

use std::path::PathBuf;

use clap::Parser;
use relance_policy::Time;
use relance_policy::simulate::{Script, Timeline};
use relance_scm::event_log::Timestamp;
use relance_scm::{ConfigChange, ServiceConfig, ServiceKind, ServiceName};
use relance_texts::command;

use super::options::{FailureOptions, ScheduleOptions};
use crate::cli::{CommandFailure, CommandResult, Common, name, usage};
use crate::comparison::{Comparison, find};
use crate::lang::{lang, say};
use crate::plain::plain_lines;
use crate::played::play;
use crate::policies;
use crate::service_files;
use crate::text::{moment, moment_from, now};

/// Try a recovery policy in virtual time: failures go in, a time line comes out
///
/// The policy is given by options, or is that of a service, with the options over it. A script says
/// what happens, for instance: "crash @0s, crash @2s, quiet 61s, crash". Its words: crash, exit N,
/// kill N, hang, probe-fails, out-of-memory, memory-limit, time-limit, fatal-error, parse-error,
/// missing-extension, exception CLASS, stopped CODE, stop, stop exit N, stop now (whether it runs
/// or not), cancel-recovery, start, restart, reload, quiet T, lasts T (from then on each run ends
/// well by itself after T), asleep T (the machine sleeps), no-connect, exits-early, spawn-fails
/// CODE, disable, enable, and clock HH:MM before all others (for quiet hours); @T is a time since
/// the beginning, +T since the one before; a failure without a time happens as soon as the service
/// runs. A service with a schedule is started by it, on a clock that begins now or when --begin
/// says.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// A service whose policy is tried
    name: Option<String>,
    /// Another service, whose policy is compared with that of the first
    #[arg(value_name = "OTHER", requires = "compare")]
    other: Option<String>,
    /// Two policies side by side: those of two services, or that of one as it is and with the options
    #[arg(long, conflicts_with = "with")]
    compare: bool,
    /// Compare the service with its definition in this file for `relance apply`
    #[arg(long, value_name = "FILE", requires = "name")]
    with: Vec<PathBuf>,
    /// Draw the comparison into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    failure: FailureOptions,
    #[command(flatten)]
    schedule: ScheduleOptions,
    /// When the simulation begins, for a service with a schedule: 2026-12-24T22:00, today, or 8h
    /// for eight hours ago; now if not set
    #[arg(long, value_name = "WHEN")]
    begin: Option<String>,
    /// Simulate a program instead of a service
    #[arg(long)]
    program: bool,
    /// What happens
    #[arg(
        long,
        default_value = "crash, crash, crash, crash",
        conflicts_with = "file"
    )]
    script: String,
    /// Read the script from this file
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let script = script(&arguments)?;
    if arguments.compare || !arguments.with.is_empty() {
        return compare(&arguments, &script);
    }
    if arguments.svg.is_some() {
        return Err(usage(command::COMPARE_WHAT));
    }
    let timeline = timeline(&arguments)?;
    if arguments.common.json {
        return Common::print_json(&relance_api::simulation_reply(&timeline));
    }
    print!("{}", plain_lines(&written(&timeline)));
    Ok(())
}

/// The time line; by the clock where a schedule is kept, and then with the starts that come next.
fn written(timeline: &Timeline) -> String {
    let Some(begin) = timeline.begin else {
        return timeline.of(lang());
    };
    let begin = of_seconds(begin);
    let by_the_clock = |at: Time| moment(begin.after(at - Time::ZERO));
    let text = timeline.with_times(lang(), by_the_clock);
    let next = timeline.next_starts.iter();
    let next: Vec<_> = next.map(|at| moment(of_seconds(*at))).collect();
    let line = if next.is_empty() {
        say(command::SIMULATE_NO_START)
    } else {
        let moments = next.join(", ");
        say(command::SimulateNextStarts { moments })
    };
    text + &line + "\n"
}

fn of_seconds(at: i64) -> Timestamp {
    Timestamp(at.saturating_mul(1000))
}

/// What would happen.
pub(super) fn timeline(arguments: &Arguments) -> Result<Timeline, CommandFailure> {
    let config = changed(arguments, &first(arguments)?)?;
    play(&config, &script(arguments)?, begin(arguments)?)
}

fn begin(arguments: &Arguments) -> Result<Timestamp, CommandFailure> {
    let begin = arguments.begin.as_deref();
    begin.map_or_else(|| Ok(now()), moment_from)
}

fn script(arguments: &Arguments) -> Result<Script, CommandFailure> {
    let text = match &arguments.file {
        Some(path) => service_files::read_text(path)?,
        None => arguments.script.clone(),
    };
    Ok(text.parse()?)
}

fn compare(arguments: &Arguments, script: &Script) -> CommandResult {
    let first = first(arguments)?;
    let name = first.service_name.to_string();
    let (titles, other) = match &arguments.other {
        Some(_) if has_options(arguments) => return Err(usage(command::COMPARE_WHAT)),
        Some(text) => ([name, text.clone()], stored(arguments, text)?),
        None if arguments.with.is_empty() && !has_options(arguments) => {
            return Err(usage(command::COMPARE_WHAT));
        }
        None => {
            let other = if arguments.with.is_empty() {
                first.clone()
            } else {
                let to_apply = service_files::look_at(&arguments.with)?;
                let configs = policies::looked_at(&arguments.common, &to_apply)?;
                find(&configs, &first.service_name)?.clone()
            };
            let titles = [say(command::COMPARE_AS_IS), say(command::COMPARE_CHANGED)];
            (titles, changed(arguments, &other)?)
        }
    };
    let begin = begin(arguments)?;
    let comparison = Comparison::by_the_clock(titles, [&first, &other], script, begin)?;
    if let Some(path) = &arguments.svg {
        comparison.draw(path)?;
    }
    if arguments.common.json {
        return Common::print_json(&comparison.sides());
    }
    comparison.print();
    Ok(())
}

/// The service that is named, or one without a policy.
fn first(arguments: &Arguments) -> Result<ServiceConfig, CommandFailure> {
    let mut config = match &arguments.name {
        Some(text) => stored(arguments, text)?,
        None => ServiceConfig::new(ServiceName::new("the service")?, "simulation"),
    };
    if arguments.program {
        config.kind = ServiceKind::Program;
    }
    Ok(config)
}

fn stored(arguments: &Arguments, text: &str) -> Result<ServiceConfig, CommandFailure> {
    let name = name(text)?;
    let manager = arguments.common.manager()?;
    manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))
}

/// Whether something is put over a service.
fn has_options(arguments: &Arguments) -> bool {
    !arguments.failure.is_empty() || !arguments.schedule.is_empty()
}

/// With the options over it.
fn changed(arguments: &Arguments, config: &ServiceConfig) -> Result<ServiceConfig, CommandFailure> {
    let change = arguments.schedule.with(&arguments.failure)?;
    policies::changed(&arguments.common, config, &ConfigChange::try_from(&change)?)
}
