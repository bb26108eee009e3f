//! `relance failures`

use std::time::Duration;

use clap::Parser;
use relance_scm::event_log::{Failures, ServiceFailures, Timestamp};
use relance_scm::manager::ServiceInfo;
use relance_texts::{Message, failures, shown};
use relance_wire::api::FailuresBody;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::lang;
use crate::last_lines;
use crate::plain::plain;
use crate::selection::{Selection, must_exist, service_names};
use crate::text::{earliest, moment, moment_from, now};

/// What has failed, how often and why, and what comes next
///
/// Failures with the same cause share one line. The latest failure comes first.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Services: names, patterns with * and ?, or NAME@ for all instances; all if left out
    #[arg(value_name = "NAME", add = service_names())]
    names: Vec<String>,
    /// From this moment on: 8h for eight hours ago, today, yesterday, or 2026-11-22T14:00
    #[arg(long, default_value = "1d")]
    since: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if arguments.common.json {
        return Common::print_json(&body(&arguments)?);
    }
    let since = moment_from(&arguments.since)?;
    let manager = arguments.common.manager()?;
    let report = report(&arguments, &manager)?;
    let since = moment(since);
    if report.is_empty() {
        println!(
            "{}",
            lang().say(failures::None {
                since: shown(since)
            })
        );
        return Ok(());
    }
    let services = report.len();
    println!(
        "{}",
        lang().say(failures::Head {
            services,
            since: shown(since)
        })
    );
    let infos = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    for service in &report {
        let mut infos = infos.services.iter();
        let info = infos.find(|info| info.id == service.service);
        print(service, info);
    }
    Ok(())
}

/// What has failed, for programs.
pub(super) fn body(arguments: &Arguments) -> Result<Vec<FailuresBody>, CommandFailure> {
    let manager = arguments.common.manager()?;
    let report = report(arguments, &manager)?;
    Ok(report.iter().map(FailuresBody::from).collect())
}

/// What has failed of what is named since then.
fn report(
    arguments: &Arguments,
    manager: &Manager,
) -> Result<Vec<ServiceFailures>, CommandFailure> {
    let since = moment_from(&arguments.since)?;
    let selected = match &*arguments.names {
        [] => None,
        names => Some(Selection::of(names).select(manager)?.names),
    };
    let mut report = collect(manager, since)?.report();
    if let Some(names) = &selected {
        report.retain(|service| names.iter().any(|name| name.as_str() == &*service.name));
        // One that is deleted may have failed, too.
        for name in names {
            if !report.iter().any(|service| &*service.name == name.as_str()) {
                must_exist(manager, name)?;
            }
        }
    }
    Ok(report)
}

/// Reads the log back to this moment, the newest entries first.
fn collect(manager: &Manager, since: Timestamp) -> Result<Failures, CommandFailure> {
    let mut failures = Failures::default();
    loop {
        let filter = failures.next_page(since);
        let page = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply))?;
        if !failures.take_page(&page) {
            return Ok(failures);
        }
    }
}

fn print(service: &ServiceFailures, info: Option<&ServiceInfo>) {
    let ago = u64::try_from(now().0 - service.last.0).unwrap_or(0);
    let head = failures::Service {
        name: shown(&service.name),
        count: service.count,
        ago: Duration::from_millis(ago),
        state: state(info),
    };
    println!("\n{}", plain(&lang().say(head)));
    let width = service.causes.iter().map(|cause| cause.count).max();
    let width = width.unwrap_or(0).to_string().len();
    for cause in &service.causes {
        let sentence = cause.sentence.of(lang());
        println!("  {:>width$} x  {}", cause.count, plain(&sentence));
    }
    if let Some(lines) = service.output.as_deref().and_then(last_lines::of) {
        println!("{}", last_lines::indented(&lines));
    }
}

/// What it does now, and what comes next.
fn state(info: Option<&ServiceInfo>) -> relance_texts::Text {
    let Some(info) = info else {
        return failures::DELETED.text();
    };
    let state = shown(info.status.state);
    match earliest(info) {
        None => failures::Now { state }.text(),
        Some(pending) => failures::Next {
            state,
            action: shown(pending.action.kind.word()),
            time: Duration::from_millis(u64::try_from(pending.due.0 - now().0).unwrap_or(0)),
        }
        .text(),
    }
}
