//! `relance status`

use clap::Parser;
use relance_scm::manager::{HeldInfo, ServiceInfo, Usage};
use relance_scm::{ExitCode, ServiceState};
use relance_wire::api::ServiceReply;

use super::health;
use crate::cli::{CommandResult, Common};
use crate::limits;
use crate::plain::plain;
use crate::selection::Selection;
use crate::text::{action, between, moment, now, print_pairs};

/// One service: state, process, failures, what comes next
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// Print one line, and end with 0 if all of them run, else with 3; without names: see relance health
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if arguments.check {
        return health::check(&arguments.services, &arguments.common);
    }
    let manager = arguments.common.manager()?;
    let (infos, is_one) = arguments.services.query(&manager)?;
    if arguments.common.json {
        let replies: Vec<_> = infos.iter().map(ServiceReply::from).collect();
        return match &*replies {
            [only] if is_one => Common::print_json(only),
            replies => Common::print_json(&replies),
        };
    }
    let running = infos.iter().filter(|info| info.status.process_id != 0);
    let ids: Vec<_> = running.map(|info| info.id).collect();
    // What it uses is an addition; another manager may not know.
    let used = if ids.is_empty() {
        Vec::new()
    } else {
        let used = manager.ask(|scm, caller, reply| scm.query_usage(caller, Some(ids), reply));
        used.unwrap_or_default()
    };
    for (index, info) in infos.iter().enumerate() {
        if index > 0 {
            println!();
        }
        let usage = used.iter().find(|usage| usage.service == info.id);
        print(info, usage);
    }
    Ok(())
}

fn print(info: &ServiceInfo, usage: Option<&Usage>) {
    let name = info.config.service_name.as_str();
    if *info.config.display_name == *name {
        println!("{}", plain(name));
    } else {
        println!("{} ({})", plain(name), plain(&info.config.display_name));
    }
    let mut pairs = vec![("state", state(info))];
    if info.status.process_id != 0 {
        pairs.push(("process", process(info)));
    }
    if let Some(text) = info.run.as_ref().and_then(|run| run.status_text.as_deref()) {
        pairs.push(("says", plain(text)));
    }
    pairs.extend(
        usage
            .into_iter()
            .flat_map(|usage| limits::used(info, usage)),
    );
    pairs.push(("exit code", exit_code(info.status.exit_code)));
    if let Some(end) = &info.last_end {
        let exit = end.exit.map(|exit| format!(", {exit}")).unwrap_or_default();
        pairs.push((
            "last end",
            format!("{} at {}{exit}", end.summary, moment(end.at)),
        ));
    }
    pairs.push(("failures", failures(info)));
    if let Some(held) = &info.held {
        pairs.push(("held", until_back(held)));
    }
    for pending in &info.recovery.pending {
        let when = if pending.executing {
            "now".to_owned()
        } else {
            format!("in {}", between(now(), pending.due))
        };
        let number = pending.failure_count;
        pairs.push((
            "pending",
            format!("{} {when} (failure {number})", pending.action.kind.word()),
        ));
    }
    print_pairs(&pairs);
}

/// X70: what it waits for.
fn until_back(held: &HeldInfo) -> String {
    let needed = plain(&held.needed);
    match held.starts_at {
        None => format!("{needed}, which it needs, is down; it starts when that is back"),
        Some(at) => format!("{needed} is back; it starts in {}", between(now(), at)),
    }
}

fn state(info: &ServiceInfo) -> String {
    let status = &info.status;
    let mut text = status.state.to_string();
    if info.marked_for_delete {
        text.push_str(", marked for deletion");
    }
    if let Some(run) = &info.run {
        let since = between(run.state_since, now());
        text.push_str(&format!(" for {since} (run {}, {}", run.id, run.cause));
        // A pause, for instance, is younger than its run.
        if run.state_since.0 - run.started_at.0 >= 1000 {
            let age = between(run.started_at, now());
            text.push_str(&format!(", started {age} ago"));
        }
        text.push(')');
        if run.reloading {
            text.push_str(", reads its settings again");
        }
    }
    if status.checkpoint > 0 {
        text.push_str(&format!(", step {}", status.checkpoint));
    }
    text
}

/// The process, and the one that it has named as the one that does the work.
fn process(info: &ServiceInfo) -> String {
    let first = info.status.process_id;
    match info.run.as_ref().and_then(|run| run.main_process_id) {
        Some(main) if main != first => format!("{first} (its main process: {main})"),
        _ => first.to_string(),
    }
}

fn exit_code(code: ExitCode) -> String {
    match code {
        ExitCode::SUCCESS => "0".to_owned(),
        ExitCode::Win32(error) => format!("{} ({})", error.to_raw(), error.text()),
        ExitCode::ServiceSpecific(code) => format!("1066, its own code {code}"),
    }
}

fn failures(info: &ServiceInfo) -> String {
    let recovery = &info.recovery;
    let mut text = recovery.failure_count.to_string();
    if let Some(at) = recovery.resets_at {
        text.push_str(&format!(
            ", counted from zero again in {}",
            between(now(), at)
        ));
    }
    match recovery.next_action {
        Some(next) if info.status.state != ServiceState::Stopped => {
            text.push_str(&format!("; the next one: {}", action(next)));
        }
        Some(_) => {}
        None => text.push_str("; no recovery actions"),
    }
    text
}
