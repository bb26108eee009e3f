//! What commonly goes wrong with services: from what the manager says of them, and the disk.

use std::collections::BTreeMap;

use relance_policy::trap::{Trap, traps_with_run};
use relance_scm::config::{Dependency, StartType};
use relance_scm::contradictions::{self, Naming};
use relance_scm::controllers::Controllers;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::{ServiceInfo, UnreadableService};
use relance_scm::security::{Sid, words};
use relance_scm::settings::RETRY_FAILED_STARTS;
use relance_scm::{
    ExitCode, ServiceKind, ServiceName, ServiceState, WENT_INTO_BACKGROUND, Win32Error,
    command_line,
};

use relance_texts::{Sentence, doctor, shown};

use super::finding::{Finding, Level};
use super::program_file::{self, Wrong};
use crate::commands::traps;
use crate::env_files;
use crate::lang::say;
use crate::limits::lacking;

/// How the manager sums up such an end.
const START_FAILED: &str = "start failed";
/// How long a start may take before a finding mentions it.
const MUTE_MS: i64 = 30_000;

/// Facts about the machine that services are checked against.
pub(super) struct Surroundings<'a> {
    pub(super) now: Timestamp,
    /// Whether the manager reboots when it is told to (R46); `None`: not known.
    pub(super) allows_reboot: Option<bool>,
    /// What control groups can limit here; `None`: settings about that are refused anyway.
    pub(super) controllers: Option<Controllers>,
    /// Whether a file is there.
    pub(super) exists: &'a dyn Fn(&str) -> bool,
    /// Who else could put another program in the place of one that runs with the manager's rights, in a
    /// sentence.
    pub(super) replaceable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a service came with the system: then its settings are not the user's mistake.
    pub(super) is_of_the_system: &'a dyn Fn(&str) -> bool,
}

/// Examines all services.
pub(super) fn check(services: &[ServiceInfo], around: &Surroundings<'_>) -> Vec<Finding> {
    let by_name: BTreeMap<String, &ServiceInfo> = services
        .iter()
        .map(|info| (info.config.service_name.key(), info))
        .collect();
    let mut findings = Vec::new();
    for info in services {
        findings.extend(program(info, around));
        findings.extend(program_of_others(info, around));
        if !(around.is_of_the_system)(&info.config.command_line) {
            findings.extend(recovery(info, around));
            findings.extend(rights(info));
        }
        findings.extend(end(info, &by_name));
        findings.extend(never_running(info, around.now));
        findings.extend(dependencies(info, &by_name));
        findings.extend(pending(info, around.now));
        findings.extend(limits(info, around.controllers));
        findings.extend(contradicting(info));
        findings.extend(environment(info));
        findings.extend(output(info));
    }
    findings
}

fn name(info: &ServiceInfo) -> &str {
    info.config.service_name.as_str()
}

/// X53: limits that are not held here.
fn limits(info: &ServiceInfo, controllers: Option<Controllers>) -> Option<Finding> {
    let text = lacking(info, controllers?)?;
    Some(Finding::warning(name(info), text, doctor::LIMITS_DO))
}

/// X47: settings that do nothing because of others.
fn contradicting(info: &ServiceInfo) -> Vec<Finding> {
    let found = contradictions::of(&info.config, Naming::Options).into_iter();
    found
        .map(|found| Finding::warning(name(info), found.problem, found.advice))
        .collect()
}

/// X10: files with which a start fails.
fn environment(info: &ServiceInfo) -> Vec<Finding> {
    let level = if is_disabled(info) {
        Level::Warning
    } else {
        Level::Problem
    };
    let problems = env_files::problems(&info.config).into_iter();
    // The sentence itself says what to do.
    problems
        .map(|problem| Finding::without_advice(level, name(info), problem))
        .collect()
}

/// X26: output that is not kept as it is to be.
fn output(info: &ServiceInfo) -> Option<Finding> {
    let problem = info.output_problem.clone()?;
    // The sentence itself says what to do.
    Some(Finding::without_advice(Level::Problem, name(info), problem))
}

/// X27: services that are stored and not managed.
pub(super) fn unreadable(service: &UnreadableService) -> Finding {
    let problem = service.problem.clone();
    Finding::without_advice(Level::Problem, &service.name, doctor::NotLoaded { problem })
}

fn is_disabled(info: &ServiceInfo) -> bool {
    info.config.start_type == StartType::Disabled
}

fn program(info: &ServiceInfo, around: &Surroundings<'_>) -> Option<Finding> {
    let name = name(info);
    let wrong = program_file::check(&info.config.command_line, around.exists)?;
    Some(match wrong {
        // Parts of the system that are not installed leave their services behind.
        Wrong::Missing(path) if (around.is_of_the_system)(&info.config.command_line) => {
            Finding::fine(name, doctor::SystemPart { path })
        }
        Wrong::Missing(path) if is_disabled(info) => Finding::warning(
            name,
            doctor::MissingUnused { path },
            doctor::MissingUnusedDo { name },
        ),
        Wrong::Missing(path) => {
            Finding::problem(name, doctor::Missing { path }, doctor::MissingDo { name })
        }
        Wrong::Unquoted(path) => {
            Finding::warning(name, doctor::Unquoted { path }, doctor::UnquotedDo { name })
        }
    })
}

/// A user who can write a program that runs with the manager's rights has these rights.
fn program_of_others(info: &ServiceInfo, around: &Surroundings<'_>) -> Option<Finding> {
    if !info.config.account_name.is_local_system() {
        return None;
    }
    let program = command_line::split(&info.config.command_line)
        .into_iter()
        .next()?;
    let said = (around.replaceable)(&program)?;
    let name = name(info);
    Some(Finding::warning(
        name,
        doctor::Replaceable { said },
        doctor::ReplaceableDo { name },
    ))
}

fn recovery(info: &ServiceInfo, around: &Surroundings<'_>) -> Vec<Finding> {
    let name = name(info);
    let config = &info.config;
    if !config.has_actions() {
        let is_kept = config.kind == ServiceKind::Program && config.start_type == StartType::Auto;
        return is_kept
            .then(|| {
                Finding::warning(
                    name,
                    doctor::NO_ACTIONS,
                    doctor::Run {
                        command: format!(
                            "{} --actions restart/1s/restart/1m --reset 1d",
                            traps::change(config)
                        ),
                    },
                )
            })
            .into_iter()
            .collect();
    }
    let failed = info.last_end.as_ref().filter(|end| end.failure.is_some());
    let lived = failed.and_then(|end| end.lived);
    let said = traps_with_run(config, lived)
        .into_iter()
        .filter(|trap| match trap {
            // To end the list with nothing is how restarts are limited (R22).
            Trap::EndsWithNothing => false,
            Trap::Reboot => around.allows_reboot == Some(false),
            _ => true,
        })
        .map(|trap| traps::sentences(trap, config, around.allows_reboot));
    said.map(|(text, advice)| Finding::warning(name, text, advice))
        .collect()
}

/// Users who can run anything by changing it (A27), which is seldom intended.
fn rights(info: &ServiceInfo) -> Vec<Finding> {
    let name = name(info);
    let security = info.config.security.iter();
    let powerful = security.flat_map(|descriptor| descriptor.powerful());
    powerful
        .map(|ace| {
            let (sid, may) = (&ace.sid, words::of(ace.rights).join(", "));
            let who = match sid {
                Sid::UnixUser(uid) => say(doctor::User { number: *uid }),
                Sid::UnixGroup(gid) => say(doctor::Group { number: *gid }),
                other => other.to_string(),
            };
            Finding::warning(
                name,
                doctor::Powerful { who, may },
                doctor::PowerfulDo {
                    name,
                    sid: shown(sid),
                },
            )
        })
        .collect()
}

/// How it ended last, if it did not end well.
fn end(info: &ServiceInfo, all: &BTreeMap<String, &ServiceInfo>) -> Option<Finding> {
    let name = name(info);
    if info.marked_for_delete {
        return Some(Finding::warning(name, doctor::DELETED, doctor::DELETED_DO));
    }
    if info.status.state != ServiceState::Stopped {
        return None;
    }
    let code = info.status.exit_code;
    // Elsewhere nobody logs on: an account or a group is missing, as `relance why` says.
    if cfg!(windows) && code.win32() == Win32Error::SERVICE_LOGON_FAILED {
        return Some(logon_failed(name, info.config.account_name.as_str()));
    }
    let is_last = |summary| {
        info.last_end
            .as_ref()
            .is_some_and(|end| end.summary == summary)
    };
    if is_last(WENT_INTO_BACKGROUND) {
        return Some(Finding::problem(
            name,
            doctor::BACKGROUND,
            doctor::BACKGROUND_DO,
        ));
    }
    let is_fine = [ExitCode::SUCCESS, ExitCode::NEVER_STARTED].contains(&code);
    if is_fine || !info.recovery.pending.is_empty() {
        return None;
    }
    if is_last(START_FAILED) {
        return Some(start_failed(info, all));
    }
    if info.config.start_type != StartType::Auto {
        return None;
    }
    let text: Sentence = match code {
        ExitCode::ServiceSpecific(code) => doctor::StoppedOwn { code }.into(),
        ExitCode::Win32(error) => {
            let code = error.to_raw();
            doctor::StoppedError { code, error }.into()
        }
    };
    Some(Finding::problem(name, text, why(name)))
}

/// X114: what it needs and is not up, if its start failed with 1068.
fn needed_down<'a>(
    info: &'a ServiceInfo,
    all: &BTreeMap<String, &ServiceInfo>,
) -> Option<(&'a ServiceName, ServiceState)> {
    if info.status.exit_code.win32() != Win32Error::SERVICE_DEPENDENCY_FAIL {
        return None;
    }
    info.config
        .dependencies
        .iter()
        .find_map(|dependency| match dependency {
            Dependency::Service(name) => {
                let state = all.get(&name.key())?.status.state;
                let is_down = matches!(state, ServiceState::Stopped | ServiceState::StartPending);
                is_down.then_some((name, state))
            }
            Dependency::Group(_) => None,
        })
}

/// A start that failed and is not tried again. It is reported for every start type.
fn start_failed(info: &ServiceInfo, all: &BTreeMap<String, &ServiceInfo>) -> Finding {
    let name = name(info);
    if let Some((needed, state)) = needed_down(info, all) {
        let text = doctor::StartFailedNeeded { needed, state };
        return Finding::problem(name, text, why(needed.as_str()));
    }
    let error = info.status.exit_code.win32();
    let code = error.to_raw();
    let text: Sentence = match info.next_start {
        Some(_) => doctor::StartFailedScheduled { code, error }.into(),
        None => doctor::StartFailed { code, error }.into(),
    };
    let retried = info.config.extensions.get(RETRY_FAILED_STARTS);
    let advice: Sentence = if retried || cfg!(windows) {
        why(name)
    } else {
        doctor::StartFailedDo { name }.into()
    };
    Finding::problem(name, text, advice)
}

/// Where the whole story is told.
fn why(name: &str) -> Sentence {
    let command = format!("relance why {name}");
    doctor::Run { command }.into()
}

/// A service that has not said RUNNING takes no stop, and nothing that needs it is started (X17).
fn never_running(info: &ServiceInfo, now: Timestamp) -> Option<Finding> {
    let run = info.run.as_ref()?;
    let pending = info.status.state == ServiceState::StartPending;
    let waited = now.0 - run.state_since.0;
    let hint = i64::try_from(info.status.wait_hint.as_millis()).unwrap_or(i64::MAX);
    let is_service = info.config.kind == ServiceKind::Service;
    if !is_service || !pending || waited <= hint.max(MUTE_MS) {
        return None;
    }
    let name = name(info);
    Some(Finding::problem(
        name,
        doctor::NotRunning {
            seconds: waited / 1000,
        },
        doctor::NOT_RUNNING_DO,
    ))
}

/// 1069: the account of a service.
pub(super) fn logon_failed(name: &str, account: &str) -> Finding {
    Finding::problem(name, doctor::Logon { account }, doctor::LogonDo { name })
}

fn dependencies(info: &ServiceInfo, all: &BTreeMap<String, &ServiceInfo>) -> Vec<Finding> {
    if is_disabled(info) {
        return Vec::new();
    }
    let name = name(info);
    let services = info.config.dependencies.iter();
    let problem = |needed: &relance_scm::ServiceName| match all.get(&needed.key()) {
        None => Some(Finding::problem(
            name,
            doctor::NeedsMissing { needed },
            doctor::NeedsMissingDo { needed, name },
        )),
        Some(needed) if is_disabled(needed) => {
            let needed = &needed.config.service_name;
            Some(Finding::problem(
                name,
                doctor::NeedsDisabled { needed },
                doctor::NeedsDisabledDo { needed, name },
            ))
        }
        Some(_) => None,
    };
    services
        .filter_map(|dependency| match dependency {
            Dependency::Service(needed) => problem(needed),
            Dependency::Group(_) => None,
        })
        .collect()
}

fn pending(info: &ServiceInfo, now: Timestamp) -> Vec<Finding> {
    let due = info.recovery.pending.iter().map(|pending| {
        let seconds = (pending.due.0 - now.0).max(0) / 1000;
        let text = doctor::Due {
            action: pending.action.kind,
            seconds,
            count: pending.failure_count,
        };
        Finding::fine(name(info), text)
    });
    due.collect()
}
