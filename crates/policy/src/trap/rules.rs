//! Rules by cause that never decide anything (X85): what they name is never a failure, or an earlier rule has it.

use relance_scm::config::{Cause, Rule};
use relance_scm::recovery_policy::stands_for_policy;
use relance_scm::settings::{
    FAIL_ON_EXIT, FAILURE_RULES, NO_RESTART_ON_EXIT, PROBE, RESTART_LIMIT, RESTART_ON_EXIT,
    RESTART_ON_EXIT_LIMIT, RETRY_FAILED_STARTS, START_DEADLINE, WHEN_DEPENDENCY_FAILS,
};
use relance_scm::{ServiceConfig, ServiceKind};

/// The first rule that never decides, and its number, from 1.
#[must_use]
pub fn never_decides(config: &ServiceConfig) -> Option<(u32, Rule)> {
    let rules = config.extensions.get(FAILURE_RULES);
    let (at, rule) = rules.0.iter().enumerate().find(|(at, rule)| {
        let earlier = || rules.0[..*at].iter().flat_map(|rule| &rule.causes);
        let mut causes = rule.causes.iter();
        causes.all(|cause| earlier().any(|other| other.covers(cause)) || !may_be(config, cause))
    })?;
    Some((u32::try_from(at + 1).unwrap_or(u32::MAX), rule.clone()))
}

/// Whether a failure of this service can have the cause.
fn may_be(config: &ServiceConfig, cause: &Cause) -> bool {
    let extensions = &config.extensions;
    let is_service = config.kind == ServiceKind::Service;
    // Services with a probe, with dependencies or of another kind may use a policy.
    if stands_for_policy(config) && *cause != Cause::GaveUp {
        return true;
    }
    match cause {
        Cause::Exit(first, last) => {
            let mut statuses = *first..=(*last).min(255);
            (is_service && *last > 255) || statuses.any(|status| is_failure(config, status))
        }
        Cause::Error(_) => is_service && config.failure_actions_on_non_crash_failures,
        Cause::Probe => extensions.get(PROBE).is_some(),
        Cause::Start => {
            extensions.get(RETRY_FAILED_STARTS) || extensions.get(START_DEADLINE).is_some()
        }
        Cause::Dependency => {
            let is_alone = extensions.get(WHEN_DEPENDENCY_FAILS) == "alone";
            extensions.get(RETRY_FAILED_STARTS) && is_alone && !config.dependencies.is_empty()
        }
        Cause::GaveUp => extensions.get(RESTART_LIMIT).is_some(),
        // Only a service reports them to the manager.
        Cause::Exception(_)
        | Cause::MemoryLimit
        | Cause::TimeLimit
        | Cause::ParseError
        | Cause::MissingExtension => is_service,
        // A program can tell an error with ERRNO=, and can report itself as hung.
        Cause::FatalError
        | Cause::Watchdog
        | Cause::OutOfMemory
        | Cause::Crash
        | Cause::Signal(_)
        | Cause::Any => true,
    }
}

/// Whether an end with this status can be a failure: what exit statuses mean besides comes first (X2, X12, X13).
fn is_failure(config: &ServiceConfig, status: u32) -> bool {
    let extensions = &config.extensions;
    let lists = |list: &[u8]| u8::try_from(status).is_ok_and(|status| list.contains(&status));
    let only = extensions.get(FAIL_ON_EXIT);
    let is_again = lists(&extensions.get(RESTART_ON_EXIT));
    if lists(&extensions.get(NO_RESTART_ON_EXIT)) {
        return false;
    }
    if is_again {
        return extensions.get(RESTART_ON_EXIT_LIMIT).is_some();
    }
    match config.kind {
        // It may end with any status without a report (R1).
        ServiceKind::Service => true,
        ServiceKind::Program if !config.failure_actions_on_non_crash_failures => false,
        ServiceKind::Program if only.is_empty() => status != 0,
        ServiceKind::Program => lists(&only),
    }
}
