//! `relance doctor`: what commonly goes wrong, and what to do about it.
//!
//! `finding` is what is found; `services` examines the services, `program_file` their programs, `log`
//! the event log; `machine` what is around them: on Linux the daemon, its folder, its limits and PHP, on
//! Windows rights, the event source and PATH.

mod finding;
mod log;
#[cfg_attr(unix, path = "doctor/linux.rs")]
#[cfg_attr(windows, path = "doctor/windows.rs")]
mod machine;
mod notices;
pub(super) mod program_file;
mod services;

use std::path::Path;

use clap::Parser;
use relance_scm::ScmError;
use relance_scm::manager::ManagerInfo;
use relance_texts::{Sentence, doctor, shown};
use serde::Serialize;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::{lang, say};
use crate::plain::plain;
use finding::{Finding, Level};
use services::Surroundings;

/// Exit status when there are problems: refused as things stand.
const PROBLEMS: u8 = 3;
/// Exit status when there is no manager.
const NO_MANAGER: u8 = 1;

/// Say what is wrong with the manager, the services or this machine, and what to do
///
/// The exit status is 0 when there is no problem (warnings are not problems), 3 when there is one,
/// 1 when the manager cannot be reached.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Also show what is as it should be
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct Report<'a> {
    findings: &'a [Finding],
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let (findings, is_reached) = examine(&arguments.common)?;
    if arguments.common.json {
        let findings = &findings;
        Common::print_json(&Report { findings })?;
    } else {
        print(&findings, arguments.all);
    }
    let is_bad = findings
        .iter()
        .any(|finding| finding.level == Level::Problem);
    match (is_reached, is_bad) {
        (false, _) => Err(CommandFailure::Silent(NO_MANAGER)),
        (true, true) => Err(CommandFailure::Silent(PROBLEMS)),
        (true, false) => Ok(()),
    }
}

/// Everything that was looked at, and whether the manager was reached.
fn examine(common: &Common) -> Result<(Vec<Finding>, bool), CommandFailure> {
    let mut findings = Vec::new();
    let asked = common.manager().and_then(|manager| {
        let info = manager.ask(|scm, caller, reply| scm.query_manager(caller, reply))?;
        Ok((manager, info))
    });
    let (manager, info) = match asked {
        Ok(asked) => asked,
        Err(CommandFailure::Scm(error)) => {
            findings.push(unreachable(&error));
            findings.extend(machine::without_manager(common));
            return Ok((findings, false));
        }
        Err(failure) => return Err(failure),
    };
    let version = &*info.version;
    findings.push(Finding::fine(
        doctor::ABOUT_MANAGER,
        doctor::Answers { version },
    ));
    findings.extend(info.notices.iter().map(|notice| store(notice)));
    if cfg!(unix) {
        let names: Vec<_> = info.controllers.names().collect();
        let text: Sentence = match &*names {
            [] => doctor::NO_CONTROLLERS.into(),
            names => doctor::Controllers {
                names: names.to_vec(),
            }
            .into(),
        };
        findings.push(Finding::fine(doctor::ABOUT_CONTROLLERS, text));
    }
    let machine = machine::examine(&info);
    findings.extend(machine.findings);
    findings.extend(examine_services(&manager, &info, machine.allows_reboot)?);
    Ok((findings, true))
}

/// What the manager has found of its database since its engine began.
fn store(notice: &str) -> Finding {
    Finding::warning(
        doctor::ABOUT_DATABASE,
        doctor::Notice {
            notice: Sentence::recognised(notice, &["event", "database", "file", "place"]),
        },
        doctor::NOTICE_DO,
    )
}

fn unreachable(error: &ScmError) -> Finding {
    let text = doctor::Unreachable {
        error: error.to_sentence(),
        code: shown(error.code()),
    };
    Finding::without_advice(Level::Problem, doctor::ABOUT_MANAGER, text)
}

fn examine_services(
    manager: &Manager,
    info: &ManagerInfo,
    allows_reboot: Option<bool>,
) -> Result<Vec<Finding>, CommandFailure> {
    let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    let around = Surroundings {
        now: info.now,
        allows_reboot,
        controllers: cfg!(unix).then_some(info.controllers),
        exists: &|path| Path::new(&machine::expanded(path)).is_file(),
        replaceable: &machine::replaceable,
        is_of_the_system: &machine::is_of_the_system,
    };
    let mut findings = services::check(&all.services, &around);
    findings.extend(all.unreadable.iter().map(services::unreadable));
    findings.extend(log::check(manager, &all.services, info.now));
    findings.extend(log::lost_output(manager, &all.services, info.now));
    // A manager without targets does not know of them.
    let known = manager.ask(|scm, caller, reply| scm.query_notices(caller, reply));
    findings.extend(
        known
            .iter()
            .flat_map(|known| notices::check(known, &all.services)),
    );
    Ok(findings)
}

fn print(findings: &[Finding], all: bool) {
    let mut shown: Vec<_> = findings
        .iter()
        .filter(|finding| all || finding.level > Level::Fine)
        .collect();
    shown.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for finding in shown {
        println!(
            "{:<8} {}: {}",
            say(finding.level.word()),
            plain(&finding.about.of(lang())),
            plain(&finding.text.of(lang()))
        );
        if let Some(advice) = &finding.advice {
            println!("{:<8} -> {}", "", plain(&advice.of(lang())));
        }
    }
    let count = |level| findings.iter().filter(|each| each.level == level).count();
    let sum = doctor::Sum {
        problems: count(Level::Problem),
        warnings: count(Level::Warning),
        fine: count(Level::Fine),
    };
    println!("{}", say(sum));
}

#[cfg(test)]
mod tests;
