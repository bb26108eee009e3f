//! Which rule decides what follows a failure (X84): the first one that names a cause of the end.

use relance_scm::config::{Cause, Rule, Rules, class_fits};
use relance_scm::settings::FAILURE_RULES;
use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, EndCauseKind, ExitCode, ServiceConfig, Win32Error};

use crate::record::{End, EndReason, is_of_probes};

/// Whether a rule has the cause `dependency`: then a start for which something that must run first did not
/// start is a failure.
pub(crate) fn counts_dependencies(config: &ServiceConfig) -> bool {
    let names = |rule: &Rule| rule.causes.contains(&Cause::Dependency);
    config.has_rules() && config.extensions.get(FAILURE_RULES).0.iter().any(names)
}

/// The rule that decides a failure.
pub(crate) fn of_end(rules: &Rules, end: &End) -> Option<Rule> {
    let fits = |rule: &&Rule| rule.causes.iter().any(|cause| is(end, cause));
    rules.0.iter().find(fits).cloned()
}

/// The rule that says what follows when a service gives up (X83).
pub(crate) fn of_giving_up(rules: &Rules) -> Option<&Rule> {
    let is_it = |rule: &&Rule| rule.causes.contains(&Cause::GaveUp);
    rules.0.iter().find(is_it)
}

/// Whether an end has this cause.
fn is(end: &End, cause: &Cause) -> bool {
    let told = end.cause.as_deref();
    let kind = told.map(|told| told.kind);
    let is_start = matches!(
        end.reason,
        EndReason::StartFailed(_) | EndReason::StartOverdue
    );
    let is_hung = kind == Some(EndCauseKind::Hung);
    // The manager kills a process that hangs, so the signal says nothing about the cause.
    let is_crash = end.reason == EndReason::Crashed && !is_hung;
    match cause {
        Cause::Any => true,
        Cause::GaveUp => false,
        Cause::Exit(first, last) => {
            let status = status(end).filter(|_| !is_start && !is_hung);
            status.is_some_and(|status| (*first..=*last).contains(&status))
        }
        Cause::Error(code) => match end.exit_code {
            ExitCode::Win32(error) if error != Win32Error::SUCCESS => {
                let is_error = end.reason == EndReason::StoppedWithError;
                is_error && code.is_none_or(|code| code == error.to_raw())
            }
            ExitCode::Win32(_) | ExitCode::ServiceSpecific(_) => false,
        },
        Cause::Crash => is_crash,
        Cause::Signal(wanted) => match end.exit {
            Some(ProcessExit::Signaled(signal)) => {
                is_crash && wanted.is_none_or(|wanted| i32::from(wanted) == signal)
            }
            Some(ProcessExit::Exited(_) | ProcessExit::Unknown) | None => false,
        },
        Cause::Watchdog => is_hung && !told.is_some_and(|told| is_of_probes(&told.text)),
        Cause::Probe => is_hung && told.is_some_and(|told| is_of_probes(&told.text)),
        Cause::Start => is_start && !is_dependency(end.reason),
        Cause::Dependency => is_dependency(end.reason),
        Cause::OutOfMemory => kind == Some(EndCauseKind::OutOfMemory),
        Cause::MemoryLimit => kind == Some(EndCauseKind::MemoryLimit),
        Cause::TimeLimit => kind == Some(EndCauseKind::TimeLimit),
        Cause::FatalError => matches!(
            kind,
            Some(EndCauseKind::FatalError | EndCauseKind::MemoryLimit | EndCauseKind::TimeLimit)
        ),
        Cause::Exception(class) => told.is_some_and(|told| is_exception(told, class.as_deref())),
        Cause::ParseError => told.is_some_and(is_parse_error),
        Cause::MissingExtension => told.is_some_and(is_missing),
    }
}

/// The exit status, or the code of its own that a service stopped with.
fn status(end: &End) -> Option<u32> {
    let has_crashed = end.reason == EndReason::Crashed;
    match (end.exit_code, end.exit) {
        (ExitCode::ServiceSpecific(code), _) => Some(code),
        (ExitCode::Win32(_), Some(ProcessExit::Exited(status))) if has_crashed => {
            Some(status.cast_unsigned())
        }
        // A program reports nothing but its status, so 0 counts as one too (X13).
        (ExitCode::SUCCESS, Some(ProcessExit::Exited(0))) => Some(0),
        (ExitCode::Win32(_), _) => None,
    }
}

fn is_dependency(reason: EndReason) -> bool {
    reason == EndReason::StartFailed(Win32Error::SERVICE_DEPENDENCY_FAIL)
        || reason == EndReason::StartFailed(Win32Error::SERVICE_DEPENDENCY_DELETED)
}

/// `LogicException: oh in /srv/a.php:3`
fn class_of(told: &EndCause) -> Option<&str> {
    let is_exception = told.kind == EndCauseKind::UncaughtException;
    let class = told
        .text
        .split([':', ' '])
        .next()
        .filter(|class| !class.is_empty());
    class.filter(|_| is_exception)
}

fn is_exception(told: &EndCause, pattern: Option<&str>) -> bool {
    class_of(told).is_some_and(|class| pattern.is_none_or(|pattern| class_fits(pattern, class)))
}

fn is_parse_error(told: &EndCause) -> bool {
    let is_fatal = told.kind == EndCauseKind::FatalError;
    is_exception(told, Some("ParseError")) || (is_fatal && told.text.starts_with("syntax error"))
}

/// PHP's messages about a function, constant or class that an extension would have brought.
fn is_missing(told: &EndCause) -> bool {
    const MISSING: [&str; 3] = [
        "Error: Call to undefined function ",
        "Error: Undefined constant ",
        "Error: Class \"",
    ];
    let is_exception = told.kind == EndCauseKind::UncaughtException;
    let text = &*told.text;
    let is_known = |start: &&str| text.starts_with(*start);
    is_exception
        && MISSING.iter().any(is_known)
        && (!text.starts_with(MISSING[2]) || text.contains("\" not found"))
}
