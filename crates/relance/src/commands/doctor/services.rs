//! What commonly goes wrong with services: from what the manager says of them, and the disk.

use std::collections::BTreeMap;

use relance_policy::trap::{Trap, traps_with_run};
use relance_scm::config::{Dependency, StartType};
use relance_scm::controllers::Controllers;
use relance_scm::event_log::Timestamp;
use relance_scm::manager::ServiceInfo;
use relance_scm::security::{Sid, words};
use relance_scm::settings::RETRY_FAILED_STARTS;
use relance_scm::{
    ExitCode, ServiceKind, ServiceState, WENT_INTO_BACKGROUND, Win32Error, command_line,
};

use super::finding::Finding;
use super::program_file::{self, Wrong};
use crate::limits::lacking;

/// How the manager sums up such an end.
const START_FAILED: &str = "start failed";
/// A start may take so long before anything is said of it.
const MUTE_MS: i64 = 30_000;

/// What services are held against.
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
    /// Whether a service came with the system: its settings are nobody's mistake here.
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
        findings.extend(end(info));
        findings.extend(never_running(info, around.now));
        findings.extend(dependencies(info, &by_name));
        findings.extend(pending(info, around.now));
        findings.extend(limits(info, around.controllers));
    }
    findings
}

fn name(info: &ServiceInfo) -> &str {
    info.config.service_name.as_str()
}

/// X53: limits that are not held here.
fn limits(info: &ServiceInfo, controllers: Option<Controllers>) -> Option<Finding> {
    let text = lacking(info, controllers?)?;
    let advice =
        "run the manager where it has these controllers (docs/limits.md), or leave the limits out";
    Some(Finding::warning(name(info), text, advice))
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
            Finding::fine(
                name,
                format!("a part of the system, {path}, is not installed"),
            )
        }
        Wrong::Missing(path) if is_disabled(info) => Finding::warning(
            name,
            format!("its program {path} is not there, and nobody seems to miss it"),
            format!("relance delete {name}, if nobody needs it"),
        ),
        Wrong::Missing(path) => Finding::problem(
            name,
            format!("its program {path} is not there"),
            format!(
                "install the program, or correct the path: relance config {name} --command-line"
            ),
        ),
        Wrong::Unquoted(path) => Finding::warning(
            name,
            format!(
                "the path {path} has a blank and no quotes: a file planted at the part before the blank is started instead (C7)"
            ),
            format!("put the path in quotes: relance config {name} --command-line"),
        ),
    })
}

/// Who can write a program that runs with the manager's rights has these rights.
fn program_of_others(info: &ServiceInfo, around: &Surroundings<'_>) -> Option<Finding> {
    if !info.config.account_name.is_local_system() {
        return None;
    }
    let program = command_line::split(&info.config.command_line)
        .into_iter()
        .next()?;
    let said = (around.replaceable)(&program)?;
    let text =
        format!("others could replace its program, which runs with the manager's rights: {said}");
    let name = name(info);
    let advice = format!(
        "do what it says, or give the service an account of its own: relance config {name} --account"
    );
    Some(Finding::warning(name, text, advice))
}

fn recovery(info: &ServiceInfo, around: &Surroundings<'_>) -> Vec<Finding> {
    let name = name(info);
    let config = &info.config;
    if config.failure_actions.actions.is_empty() {
        let is_kept = config.kind == ServiceKind::Program && config.start_type == StartType::Auto;
        return is_kept
            .then(|| {
                Finding::warning(
                    name,
                    "nothing follows a failure: it stays stopped",
                    format!(
                        "relance failure {name} --actions restart/1000/restart/60000 --reset 86400"
                    ),
                )
            })
            .into_iter()
            .collect();
    }
    let failed = info.last_end.as_ref().filter(|end| end.failure.is_some());
    let lived = failed.and_then(|end| end.lived);
    let said = traps_with_run(config, lived)
        .into_iter()
        .filter_map(|trap| trap_sentence(trap, name, around.allows_reboot));
    said.map(|(text, advice)| Finding::warning(name, text, advice))
        .collect()
}

/// What a trap is, and how it is avoided; `None` for what people also do on purpose.
fn trap_sentence(
    trap: Trap,
    name: &str,
    allows_reboot: Option<bool>,
) -> Option<(&'static str, String)> {
    Some(match trap {
        // To end the list with nothing is how restarts are limited (R22).
        Trap::EndsWithNothing => return None,
        Trap::Reboot if allows_reboot != Some(false) => return None,
        Trap::NoResetPeriod => (
            "with a reset period of 0 every failure is the first, and the later actions are never used (R14)",
            format!(
                "give the list again with a period: relance failure {name} --actions LIST --reset 86400"
            ),
        ),
        Trap::ErrorStopsIgnored => (
            "it has recovery actions, and a stop with an error code does not count as a failure (R3)",
            format!("relance failure {name} --on-error-stop"),
        ),
        Trap::RestartStorm => (
            "its last action restarts it without end and almost without a pause (R21)",
            format!(
                "give the last action a delay: relance failure {name} --actions LIST --reset 86400"
            ),
        ),
        Trap::ResetInDelay => (
            "a restart waits as long as the reset period, and the failure after it is the first again (R13)",
            longer_period(name),
        ),
        Trap::ResetInRun => (
            "with its last run, a restart takes as long as the reset period, and the failure after it is the first again (R13)",
            longer_period(name),
        ),
        Trap::NoCommand => (
            "a program is to be run after a failure, and none is given (R43)",
            format!("relance failure {name} --command LINE"),
        ),
        Trap::Reboot => (
            "a reboot is configured, and the daemon's settings do not allow it: it ends in event 7032 (R46)",
            "set allow_reboot = true in relance.toml, or take the action out".to_owned(),
        ),
    })
}

fn longer_period(name: &str) -> String {
    format!(
        "make the period longer than each delay and the usual run together: relance failure {name} --actions LIST --reset 86400"
    )
}

/// Who may have anything run by changing it (A27), which is seldom meant.
fn rights(info: &ServiceInfo) -> Vec<Finding> {
    let name = name(info);
    let security = info.config.security.iter();
    let powerful = security.flat_map(|descriptor| descriptor.powerful());
    powerful
        .map(|ace| {
            let (sid, may) = (&ace.sid, words::of(ace.rights).join(", "));
            let who = match sid {
                Sid::UnixUser(uid) => format!("user {uid}"),
                Sid::UnixGroup(gid) => format!("group {gid}"),
                other => other.to_string(),
            };
            Finding::warning(
                name,
                format!(
                    "{who} (may: {may}) can change its program and its account, and so have anything run under the account of the manager (A27)"
                ),
                format!("relance revoke {name} {sid} config,rights, unless that is meant"),
            )
        })
        .collect()
}

/// How it ended last, where that is no good end.
fn end(info: &ServiceInfo) -> Option<Finding> {
    let name = name(info);
    if info.marked_for_delete {
        return Some(Finding::warning(
            name,
            "it is deleted, and goes when it has stopped and nobody holds it open (C31, C33)",
            "stop it; close services.msc and other tools that show it",
        ));
    }
    if info.status.state != ServiceState::Stopped {
        return None;
    }
    let code = info.status.exit_code;
    if code.win32() == Win32Error::SERVICE_LOGON_FAILED {
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
            "it went into the background, where it cannot be kept running, and was killed (X63)",
            "give it its option for the foreground, like nginx -g 'daemon off;' or redis-server --daemonize no",
        ));
    }
    let is_fine = [ExitCode::SUCCESS, ExitCode::NEVER_STARTED].contains(&code);
    if is_fine || !info.recovery.pending.is_empty() {
        return None;
    }
    if is_last(START_FAILED) {
        return Some(start_failed(info));
    }
    if info.config.start_type != StartType::Auto {
        return None;
    }
    let what = match code {
        ExitCode::ServiceSpecific(code) => format!("its own error code {code}"),
        ExitCode::Win32(error) => format!("error {} ({})", error.to_raw(), error.text()),
    };
    Some(Finding::problem(
        name,
        format!("it is started automatically, and has stopped with {what}"),
        format!("relance why {name}"),
    ))
}

/// A start that failed and is not tried again. It is reported for every start type.
fn start_failed(info: &ServiceInfo) -> Finding {
    let name = name(info);
    let error = info.status.exit_code.win32();
    let text = format!(
        "its last start failed with {} ({}), and nothing starts it again",
        error.to_raw(),
        error.text()
    );
    let retried = info.config.extensions.get(RETRY_FAILED_STARTS);
    let advice = if retried || cfg!(windows) {
        format!("relance why {name}")
    } else {
        format!(
            "relance why {name}; to have such starts retried: relance config {name} --retry-failed-starts"
        )
    };
    Finding::problem(name, text, advice)
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
        format!(
            "it is START_PENDING for {} s and has not said RUNNING",
            waited / 1000
        ),
        "let it call win32_set_service_status(WIN32_SERVICE_RUNNING) when it is ready; until then it takes no stop",
    ))
}

/// 1069: the account of a service.
pub(super) fn logon_failed(name: &str, account: &str) -> Finding {
    Finding::problem(
        name,
        format!(
            "its account {account} could not log on: the password has changed or expired, or the right to log on as a service is gone (1069)"
        ),
        format!(
            "give it the account's password of today and the right: services.msc, {name}, Log On"
        ),
    )
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
            format!("it needs the service {needed}, which does not exist (1075)"),
            format!("create {needed}, or take it out: relance config {name} --depend \"\""),
        )),
        Some(needed) if is_disabled(needed) => {
            let needed = &needed.config.service_name;
            Some(Finding::problem(
                name,
                format!("it needs the service {needed}, which is disabled (1068)"),
                format!("relance enable {needed}, or relance disable {name}"),
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
        let text = format!(
            "{} is due in {seconds} s, after failure {}",
            pending.action.kind.label(),
            pending.failure_count
        );
        Finding::fine(name(info), text)
    });
    due.collect()
}
