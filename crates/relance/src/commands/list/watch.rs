//! `relance list --watch`: the table, drawn again whenever something changes. Services come from the stream of
//! changes and are not asked for again; times are drawn again once a second.

use std::collections::{BTreeMap, HashSet};
use std::io::{IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

use relance_scm::ServiceName;
use relance_scm::manager::{Enumeration, ServiceInfo, Watched, WatchedChange, next_change_until};
use relance_texts::status;

use super::{Arguments, is_wanted, nothing, table};
use crate::cli::{CommandResult, Manager, usage};

/// Durations grow without a change, so they are drawn again.
const TICK: Duration = Duration::from_secs(1);
/// Changes that come faster are drawn together.
const DRAW_EVERY: Duration = Duration::from_millis(200);
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

pub(super) fn run(
    manager: &Manager,
    arguments: &Arguments,
    all: Enumeration,
    named: &HashSet<ServiceName>,
) -> CommandResult {
    if !stdout().is_terminal() {
        return Err(usage(status::NO_TERMINAL));
    }
    let (scm, caller) = manager.get();
    let mut watch = scm.watch(caller, Some(all.generation))?;
    let mut services = by_name(all);
    loop {
        draw(manager, arguments, &services, named)?;
        let at = Instant::now();
        let mut until = at + TICK;
        while let Some(change) = next_change_until(&mut *watch, until) {
            let is_missed = !matches!(change, Some(Watched::Change(..)));
            if let Some(Watched::Change(_, change)) = change {
                take(&mut services, change);
            }
            if is_missed {
                // The engine was replaced, or changes came faster than they were read.
                let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
                watch = scm.watch(caller, Some(all.generation))?;
                services = by_name(all);
            }
            until = until.min(at + DRAW_EVERY);
        }
    }
}

fn by_name(all: Enumeration) -> BTreeMap<String, ServiceInfo> {
    let services = all.services.into_iter();
    services
        .map(|info| (info.config.service_name.key(), info))
        .collect()
}

fn take(services: &mut BTreeMap<String, ServiceInfo>, change: WatchedChange) {
    match change {
        WatchedChange::Service(info) => {
            services.insert(info.config.service_name.key(), *info);
        }
        WatchedChange::Removed(name) => {
            services.remove(&name.key());
        }
        WatchedChange::Logged(_) | WatchedChange::Hidden => {}
    }
}

fn draw(
    manager: &Manager,
    arguments: &Arguments,
    services: &BTreeMap<String, ServiceInfo>,
    named: &HashSet<ServiceName>,
) -> CommandResult {
    let wanted: Vec<&ServiceInfo> = services
        .values()
        .filter(|info| is_wanted(info, arguments, named))
        .collect();
    let lines = if wanted.is_empty() {
        vec![nothing(services.is_empty())]
    } else {
        let (columns, rows) = table(manager, arguments, &wanted);
        crate::table::drawn(&columns, &rows)
    };
    let height = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| height.0.into());
    let shown: Vec<String> = lines
        .into_iter()
        .take(height.saturating_sub(1).max(1))
        .collect();
    let mut out = stdout().lock();
    write!(out, "{CLEAR}{}", shown.join("\r\n"))?;
    out.flush()?;
    Ok(())
}
