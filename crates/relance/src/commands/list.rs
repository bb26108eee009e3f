//! `relance list`

mod watch;

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use clap::{Parser, ValueEnum};
use relance_scm::manager::{Enumeration, ServiceInfo, Usage};
use relance_scm::{ServiceId, ServiceName, ServiceState};
use relance_texts::{Size, Words, status};
use relance_wire::api::ServicesReply;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::selection::{Selection, must_exist, service_names, warn_of_unreadable};
use crate::table::{self, Cell, Column, Tone};
use crate::text::{between, earliest, now};

/// What is shown of each service. On a narrow terminal the higher ranks go first.
fn columns() -> [Column; 9] {
    let title = |words: Words| words.of(lang());
    [
        Column::new(title(status::COLUMN_NAME)),
        Column::new(title(status::COLUMN_STATE)),
        Column::number(title(status::COLUMN_FOR)).ranked(3),
        Column::number("PID").ranked(4),
        Column::number(title(status::COLUMN_MEMORY)).ranked(2),
        Column::number("CPU").ranked(5),
        Column::new(title(status::COLUMN_START)).ranked(6),
        Column::number(title(status::COLUMN_FAILURES)).ranked(1),
        Column::new(title(status::COLUMN_NEXT)),
    ]
}

/// All services, or those that are named
///
/// Instances of a template share one line; relance list NAME@ shows each of them. On a terminal
/// that is too narrow for all columns, the less important ones are left out.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Services: names, patterns with * and ?, or NAME@ for all instances
    #[arg(value_name = "NAME", add = service_names())]
    names: Vec<String>,
    /// Only services that failed and are still down
    #[arg(long)]
    failed: bool,
    /// Only those in this state
    #[arg(long, value_enum)]
    state: Option<StateFilter>,
    /// The order of the lines
    #[arg(long, value_enum, default_value_t)]
    sort: Order,
    /// Draw again whenever something changes, until Ctrl-C
    #[arg(long, short, conflicts_with = "json")]
    watch: bool,
    #[command(flatten)]
    common: Common,
}

/// A state, or several that are alike.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum StateFilter {
    Running,
    Stopped,
    Paused,
    /// Changing to another state
    Pending,
}

/// By what lines are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Order {
    /// By name
    #[default]
    Name,
    /// The most failures first
    Failures,
    /// The most memory first
    Memory,
    /// The most processor time first
    Cpu,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if arguments.common.json {
        return Common::print_json(&ServicesReply::from(&found(&arguments)?).services);
    }
    let manager = arguments.common.manager()?;
    let (mut all, named) = all_and_named(&manager, &arguments)?;
    let is_empty = all.services.is_empty();
    if arguments.watch {
        return watch::run(&manager, &arguments, all, &named);
    }
    all.services
        .retain(|info| is_wanted(info, &arguments, &named));
    if all.services.is_empty() {
        println!("{}", nothing(is_empty));
        return Ok(());
    }
    let (columns, rows) = table(&manager, &arguments, &all.services);
    table::print(&columns, &rows);
    Ok(())
}

/// The services that are wanted, for programs.
pub(super) fn found(arguments: &Arguments) -> Result<Enumeration, CommandFailure> {
    let manager = arguments.common.manager()?;
    let (mut all, named) = all_and_named(&manager, arguments)?;
    all.services
        .retain(|info| is_wanted(info, arguments, &named));
    Ok(all)
}

/// All services, and the names of those that are meant.
fn all_and_named(
    manager: &Manager,
    arguments: &Arguments,
) -> Result<(Enumeration, HashSet<ServiceName>), CommandFailure> {
    let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    if arguments.names.is_empty() {
        warn_of_unreadable(&all.unreadable);
    }
    let named = named(manager, arguments, &all.services)?;
    Ok((all, named))
}

/// The services that are named; none: all are meant.
fn named(
    manager: &Manager,
    arguments: &Arguments,
    all: &[ServiceInfo],
) -> Result<HashSet<ServiceName>, CommandFailure> {
    if arguments.names.is_empty() {
        return Ok(HashSet::new());
    }
    let selected = Selection::of(&arguments.names).among(all)?;
    let listed: HashSet<_> = all.iter().map(|info| &info.config.service_name).collect();
    for name in &selected.names {
        if !listed.contains(name) {
            must_exist(manager, name)?;
        }
    }
    Ok(selected.names.into_iter().collect())
}

/// The columns and rows of the table.
fn table<T: Borrow<ServiceInfo>>(
    manager: &Manager,
    arguments: &Arguments,
    services: &[T],
) -> (Vec<Column>, Vec<Vec<Cell>>) {
    let usage = usage(manager);
    let mut lines = if arguments.names.is_empty() {
        lines(services)
    } else {
        services.iter().map(|info| vec![info.borrow()]).collect()
    };
    sort(&mut lines, arguments.sort, &usage);
    let mut rows: Vec<_> = lines.iter().map(|line| row(line, &usage)).collect();
    let mut columns = columns().to_vec();
    // Few services say anything.
    if services.iter().any(|info| says(info.borrow()).is_some()) {
        columns.push(Column::new(status::COLUMN_SAYS.of(lang())).ranked(1));
        for (row, line) in rows.iter_mut().zip(&lines) {
            row.push(words(line).into());
        }
    }
    (columns, rows)
}

fn is_wanted(info: &ServiceInfo, arguments: &Arguments, named: &HashSet<ServiceName>) -> bool {
    if !arguments.names.is_empty() && !named.contains(&info.config.service_name) {
        return false;
    }
    let state = info.status.state;
    let is_in_state = arguments.state.is_none_or(|wanted| match wanted {
        StateFilter::Running => state == ServiceState::Running,
        StateFilter::Stopped => state == ServiceState::Stopped,
        StateFilter::Paused => state == ServiceState::Paused,
        StateFilter::Pending => state.is_pending(),
    });
    is_in_state && (!arguments.failed || info.has_failed())
}

fn nothing(is_empty: bool) -> String {
    say(if is_empty {
        status::NONE_YET
    } else {
        status::NONE_LIKE_THAT
    })
}

type Usages = HashMap<ServiceId, Usage>;

/// What each service uses; nothing where the manager cannot tell.
fn usage(manager: &Manager) -> Usages {
    let all = manager.ask(|scm, caller, reply| scm.query_usage(caller, None, reply));
    let all = all.unwrap_or_default().into_iter();
    all.map(|usage| (usage.service, usage)).collect()
}

/// The sum of what services use.
fn sum(line: &[&ServiceInfo], usage: &Usages, of: impl Fn(&Usage) -> u64) -> u64 {
    let each = line.iter().filter_map(|info| usage.get(&info.id));
    each.map(of).sum()
}

fn failures(line: &[&ServiceInfo]) -> u64 {
    let each = line.iter().map(|info| info.recovery.failure_count);
    each.map(u64::from).sum()
}

/// Services come by name; the others keep that order where they are equal.
fn sort(lines: &mut [Vec<&ServiceInfo>], order: Order, usage: &Usages) {
    let key = |line: &Vec<&ServiceInfo>| match order {
        Order::Name => 0,
        Order::Failures => failures(line),
        Order::Memory => sum(line, usage, |usage| usage.memory_bytes),
        Order::Cpu => sum(line, usage, |usage| usage.cpu_ms),
    };
    lines.sort_by_key(|line| std::cmp::Reverse(key(line)));
}

/// Services that share a line: the instances of a template where there are several, else one.
pub(super) fn lines<T: Borrow<ServiceInfo>>(services: &[T]) -> Vec<Vec<&ServiceInfo>> {
    let mut lines: Vec<Vec<&ServiceInfo>> = Vec::new();
    let mut templates = HashMap::new();
    for info in services {
        let info = info.borrow();
        let template = info.config.service_name.instance();
        let at = template.map(|(template, _)| *templates.entry(template).or_insert(lines.len()));
        match at.and_then(|at| lines.get_mut(at)) {
            Some(line) => line.push(info),
            None => lines.push(vec![info]),
        }
    }
    lines
}

/// A line about one service, or about the instances of a template.
fn row(line: &[&ServiceInfo], usage: &Usages) -> Vec<Cell> {
    let first = line[0];
    let is_one = line.len() == 1;
    let one = |text: String| if is_one { text } else { "-".to_owned() };
    let memory = sum(line, usage, |usage| usage.memory_bytes);
    let cpu = sum(line, usage, |usage| usage.cpu_ms);
    let starts_alike = line
        .iter()
        .all(|info| info.config.start_type == first.config.start_type);
    let start = if starts_alike {
        first.config.start_type.to_string()
    } else {
        "-".to_owned()
    };
    vec![
        title(line).into(),
        Cell::toned(states(line), tone(line)),
        one(age(first)).into(),
        one(dash(first.status.process_id, |pid| pid.to_string())).into(),
        dash(memory, |bytes| Size(bytes).of(lang())).into(),
        dash(cpu, cpu_time).into(),
        start.into(),
        dash(failures(line), |count| count.to_string()).into(),
        next(line).into(),
    ]
}

pub(super) fn title(line: &[&ServiceInfo]) -> String {
    let name = &line[0].config.service_name;
    match (line.len(), name.instance()) {
        (2.., Some((template, _))) => format!("{template} ({})", line.len()),
        _ => name.to_string(),
    }
}

/// `RUNNING`, or `7 RUNNING, 1 STOPPED, failed`.
pub(super) fn states(line: &[&ServiceInfo]) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for info in line {
        let state = state(info);
        match counted.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => counted.push((state, 1)),
        }
    }
    if let [(state, _)] = &*counted {
        return state.clone();
    }
    let parts = counted
        .iter()
        .map(|(state, count)| format!("{count} {state}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// The state, and whether it is so because the service failed.
fn state(info: &ServiceInfo) -> String {
    let is_stopped = info.status.state == ServiceState::Stopped;
    let mut state = info.status.state.to_string();
    if is_stopped && info.recovery.gave_up {
        state = say(status::GaveUp { state });
    } else if is_stopped && info.has_failed() {
        state = say(status::Failed { state });
    }
    if info.output_problem.is_some() {
        state = say(status::WithOutputProblem { state });
    }
    state
}

/// The worst of a line.
pub(super) fn tone(line: &[&ServiceInfo]) -> Tone {
    let any = |is: fn(&ServiceInfo) -> bool| line.iter().any(|info| is(info));
    if any(|info| info.has_failed() || info.output_problem.is_some()) {
        Tone::Bad
    } else if any(|info| info.status.state.is_pending()) {
        Tone::Busy
    } else if any(|info| info.status.state == ServiceState::Running) {
        Tone::Good
    } else {
        Tone::Plain
    }
}

/// How long it has been in its state, where that is known.
pub(super) fn age(info: &ServiceInfo) -> String {
    let ended = info.last_end.as_ref().map(|end| end.at);
    let since = info.run.as_ref().map(|run| run.state_since).or(ended);
    since.map_or_else(|| "-".to_owned(), |since| between(since, now()).of(lang()))
}

/// Processor time so far.
fn cpu_time(millis: u64) -> String {
    relance_scm::duration::Human(std::time::Duration::from_millis(millis)).of(lang())
}

fn dash<N: Default + PartialEq>(number: N, shown: impl Fn(N) -> String) -> String {
    if number == N::default() {
        "-".to_owned()
    } else {
        shown(number)
    }
}

/// What the one service of a line is doing, in its own words.
fn words(line: &[&ServiceInfo]) -> String {
    let [info] = line else {
        return String::new();
    };
    says(info).unwrap_or_default().to_owned()
}

fn says(info: &ServiceInfo) -> Option<&str> {
    info.run.as_ref()?.status_text.as_deref()
}

/// The earliest pending recovery action, what one of them waits for, or the next start by the clock.
pub(super) fn next(line: &[&ServiceInfo]) -> String {
    let pending = line.iter().filter_map(|info| earliest(info));
    let Some(pending) = pending.min_by_key(|pending| pending.due) else {
        let mut held = line.iter().filter_map(|info| info.held.as_ref());
        if let Some(held) = held.next() {
            let needed = plain(&held.needed);
            return say(status::StartWith { needed });
        }
        if let Some(at) = line.iter().filter_map(|info| info.next_start).min() {
            return say(status::StartIn {
                time: between(now(), at),
            });
        }
        return String::new();
    };
    let (action, time) = (pending.action.kind.word(), between(now(), pending.due));
    say(status::Due { action, time })
}
