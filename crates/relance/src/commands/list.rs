//! `relance list`

use std::borrow::Borrow;
use std::collections::HashMap;

use clap::Parser;
use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_wire::api::ServicesReply;

use crate::cli::{CommandResult, Common};
use crate::selection::{Selection, service_names};
use crate::text::{between, earliest, now, print_table};

/// All services, or those that are named
///
/// The instances of a template have one line together; relance list NAME@ shows each.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Services: names, patterns with * and ?, or NAME@ for all instances
    #[arg(value_name = "NAME", add = service_names())]
    names: Vec<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let mut all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    if !arguments.names.is_empty() {
        let selected = Selection::of(&arguments.names).select(&manager)?;
        all.services
            .retain(|info| selected.names.contains(&info.config.service_name));
    }
    if arguments.common.json {
        return Common::print_json(&ServicesReply::from(&all).services);
    }
    if all.services.is_empty() {
        println!("There are no services yet; relance create makes one.");
        return Ok(());
    }
    let head = ["NAME", "STATE", "START", "PID", "FAILURES", "NEXT"];
    let rows: Vec<_> = if arguments.names.is_empty() {
        lines(&all.services)
            .iter()
            .map(|line| line_row(line))
            .collect()
    } else {
        all.services.iter().map(row).collect()
    };
    print_table(&head, &rows);
    Ok(())
}

/// Services that share a line: the instances of a template where there are several, else one.
fn lines<T: Borrow<ServiceInfo>>(services: &[T]) -> Vec<Vec<&ServiceInfo>> {
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

fn line_row(line: &[&ServiceInfo]) -> Vec<String> {
    let (&[first, ..], Some((template, _))) = (line, line[0].config.service_name.instance()) else {
        return row(line[0]);
    };
    if line.len() == 1 {
        return row(first);
    }
    let starts_alike = line
        .iter()
        .all(|info| info.config.start_type == first.config.start_type);
    let failures: u32 = line.iter().map(|info| info.recovery.failure_count).sum();
    let soonest = line.iter().filter(|info| !info.recovery.pending.is_empty());
    let soonest = soonest.min_by_key(|info| info.recovery.pending.iter().map(|p| p.due).min());
    vec![
        format!("{template} ({})", line.len()),
        states(line),
        if starts_alike {
            first.config.start_type.to_string()
        } else {
            "-".to_owned()
        },
        "-".to_owned(),
        dash(failures),
        soonest.map(|info| next(info)).unwrap_or_default(),
    ]
}

/// `RUNNING`, or `7 RUNNING, 1 STOPPED`.
fn states(line: &[&ServiceInfo]) -> String {
    let mut counted: Vec<(ServiceState, usize)> = Vec::new();
    for info in line {
        match counted
            .iter_mut()
            .find(|(state, _)| *state == info.status.state)
        {
            Some((_, count)) => *count += 1,
            None => counted.push((info.status.state, 1)),
        }
    }
    if let [(state, _)] = *counted {
        return state.to_string();
    }
    let parts = counted
        .iter()
        .map(|(state, count)| format!("{count} {state}"));
    parts.collect::<Vec<_>>().join(", ")
}

fn dash(number: u32) -> String {
    if number == 0 {
        "-".to_owned()
    } else {
        number.to_string()
    }
}

fn row(info: &ServiceInfo) -> Vec<String> {
    vec![
        info.config.service_name.to_string(),
        info.status.state.to_string(),
        info.config.start_type.to_string(),
        dash(info.status.process_id),
        dash(info.recovery.failure_count),
        next(info),
    ]
}

/// The earliest pending recovery action.
fn next(info: &ServiceInfo) -> String {
    let Some(pending) = earliest(info) else {
        return String::new();
    };
    format!(
        "{} in {}",
        pending.action.kind.word(),
        between(now(), pending.due)
    )
}
