//! `relance status`: services in full; without a name, `summary`.

mod summary;

use std::collections::HashMap;

use clap::Parser;
use relance_scm::manager::{HeldInfo, OutputRange, OutputStream, ServiceInfo, Usage};
use relance_scm::settings::SCHEDULE;
use relance_scm::{ExitCode, ServiceState};
use relance_texts::{shown, status};
use relance_wire::api::ServiceReply;

use super::{health, notify};
use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::selection::Selection;
use crate::text::{between, due, moment, now, print_pairs};
use crate::words;
use crate::{last_lines, limits};

/// One service: state, process, failures, what comes next
///
/// Without a name: how many services are in each state, and which need attention.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    /// Print one line; exit with status 0 if all of them run, else with 3; without names: see
    /// relance health
    #[arg(long)]
    check: bool,
    /// And the last lines that it printed, so many
    #[arg(long, short = 'n', value_name = "NUMBER", conflicts_with_all = ["check", "json"])]
    lines: Option<u32>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if arguments.check {
        return health::check(&arguments.services, &arguments.common);
    }
    if arguments.services.is_empty() {
        return summary::run(&arguments.common);
    }
    if arguments.common.json {
        let (replies, is_one) = body(&arguments)?;
        return match &*replies {
            [only] if is_one => Common::print_json(only),
            replies => Common::print_json(&replies),
        };
    }
    let manager = arguments.common.manager()?;
    let (infos, _) = arguments.services.query(&manager)?;
    let running = infos.iter().filter(|info| info.status.process_id != 0);
    let ids: Vec<_> = running.map(|info| info.id).collect();
    // Usage is optional; another manager may not know it.
    let used = if ids.is_empty() {
        Vec::new()
    } else {
        let used = manager.ask(|scm, caller, reply| scm.query_usage(caller, Some(ids), reply));
        used.unwrap_or_default()
    };
    let used: HashMap<_, _> = used.iter().map(|usage| (usage.service, usage)).collect();
    for (index, info) in infos.iter().enumerate() {
        if index > 0 {
            println!();
        }
        let usage = used.get(&info.id).copied();
        let lacking = usage.and_then(|_| limits::not_held(&manager, info));
        print(info, usage, lacking, notify::told_of(&manager, info));
        if let Some(lines) = arguments.lines.filter(|lines| *lines > 0) {
            print_output(&manager, info, lines);
        }
    }
    Ok(())
}

/// The last lines of its output, below what is said of it. What cannot be read is left out.
fn print_output(manager: &Manager, info: &ServiceInfo, lines: u32) {
    let name = &info.config.service_name;
    let range = OutputRange::LastLines(lines);
    for stream in OutputStream::ALL {
        let part = manager.ask(|scm, caller, reply| {
            scm.read_output(caller, name, stream, range, reply);
        });
        let text = part.map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
        if let Some(text) = text.ok().filter(|text| !text.is_empty()) {
            println!("\n{}", last_lines::indented(text.trim_end()));
        }
    }
}

/// The services that are named, for programs, and whether it is one that was called by its name.
pub(super) fn body(arguments: &Arguments) -> Result<(Vec<ServiceReply>, bool), CommandFailure> {
    let manager = arguments.common.manager()?;
    let (infos, is_one) = arguments.services.query(&manager)?;
    Ok((infos.iter().map(ServiceReply::from).collect(), is_one))
}

fn print(info: &ServiceInfo, usage: Option<&Usage>, lacking: Option<Box<str>>, told: Vec<String>) {
    let name = info.config.service_name.as_str();
    if *info.config.display_name == *name {
        println!("{}", plain(name));
    } else {
        println!("{} ({})", plain(name), plain(&info.config.display_name));
    }
    let mut pairs = vec![(say(status::STATE), state(info))];
    if info.status.process_id != 0 {
        pairs.push((say(status::PROCESS), process(info)));
    }
    if let Some(text) = info.run.as_ref().and_then(|run| run.status_text.as_deref()) {
        pairs.push((say(status::SAYS), plain(text)));
    }
    if let Some(problem) = &info.output_problem {
        pairs.push((say(status::OUTPUT), plain(&problem.of(lang()))));
    }
    let used = usage.map(|usage| limits::used(info, usage));
    pairs.extend(used.into_iter().flatten());
    if let Some(limits) = lacking {
        pairs.push((say(status::LIMITS), say(status::NotHeld { limits })));
    }
    pairs.push((say(status::EXIT_CODE), exit_code(info.status.exit_code)));
    if let Some(end) = &info.last_end {
        pairs.push((say(status::LAST_END), words::end(end)));
    }
    pairs.push((say(status::FAILURES), failures(info)));
    if let Some(at) = info.next_start {
        let next = say(status::NextStartAt {
            moment: moment(at),
            time: between(now(), at),
            schedule: shown(info.config.extensions.get(SCHEDULE).unwrap_or_default()),
        });
        pairs.push((say(status::NEXT_START), next));
    }
    if let Some(held) = &info.held {
        pairs.push((say(status::HELD), until_back(held)));
    }
    for pending in &info.recovery.pending {
        pairs.push((say(status::PENDING), say(due(pending, now()))));
    }
    let told = told
        .into_iter()
        .map(|line| (say(status::TOLD), plain(&line)));
    pairs.extend(told);
    print_pairs(&pairs);
}

/// X70: what it waits for.
fn until_back(held: &HeldInfo) -> String {
    let needed = plain(&held.needed);
    match held.starts_at {
        None => say(status::NeededDown { needed }),
        Some(at) => {
            let time = between(now(), at);
            say(status::NeededBack { needed, time })
        }
    }
}

fn state(info: &ServiceInfo) -> String {
    let service = &info.status;
    let mut state = service.state.to_string();
    if let Some(run) = &info.run {
        let time = between(run.state_since, now());
        let (id, cause) = (shown(run.id), words::cause(run.cause));
        // A paused state, for instance, is younger than its run.
        state = if run.state_since.0 - run.started_at.0 >= 1000 {
            say(status::ForStarted {
                state,
                time,
                run: id,
                cause,
                age: between(run.started_at, now()),
            })
        } else {
            say(status::For {
                state,
                time,
                run: id,
                cause,
            })
        };
        if run.reloading {
            state = format!("{state}, {}", say(status::RELOADING));
        }
    }
    if info.marked_for_delete {
        state = format!("{state}, {}", say(status::MARKED_FOR_DELETE));
    }
    if service.checkpoint > 0 {
        let step = service.checkpoint;
        state = format!("{state}, {}", say(status::Step { step }));
    }
    state
}

/// The process, and the one that it has named as the one that does the work.
fn process(info: &ServiceInfo) -> String {
    let first = info.status.process_id;
    match info.run.as_ref().and_then(|run| run.main_process_id) {
        Some(main) if main != first => say(status::MainProcess { first, main }),
        _ => first.to_string(),
    }
}

fn exit_code(code: ExitCode) -> String {
    match code {
        ExitCode::SUCCESS => "0".to_owned(),
        ExitCode::Win32(error) => {
            let code = error.to_raw();
            say(status::Code { code, error })
        }
        ExitCode::ServiceSpecific(code) => say(status::OwnCode { code }),
    }
}

fn failures(info: &ServiceInfo) -> String {
    let recovery = &info.recovery;
    let mut text = recovery.failure_count.to_string();
    if let Some(at) = recovery.resets_at {
        let time = between(now(), at);
        text = format!("{text}, {}", say(status::CountedAgain { time }));
    }
    if recovery.gave_up {
        let name = info.config.service_name.as_str();
        return format!("{text}; {}", say(status::GaveUpStart { name }));
    }
    match recovery.next_action {
        Some(next) if info.status.state != ServiceState::Stopped => {
            let action = words::action(next);
            format!("{text}; {}", say(status::NextOne { action }))
        }
        Some(_) => text,
        None => format!("{text}; {}", say(status::NO_ACTIONS)),
    }
}
