//! What happened last to a service and what comes next, in words, from what Windows knows and logged.

use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ExitCode, ServiceState};

/// How many entries are told.
pub(super) const TOLD: usize = 3;

/// Sentences that read as a paragraph; `entries` are the last ones about the service.
pub(super) fn explain(info: &ServiceInfo, entries: &[LogEntry], now: Timestamp) -> Vec<String> {
    let name = &info.config.service_name;
    let status = &info.status;
    let mut sentences = vec![match (status.state, status.exit_code) {
        (ServiceState::Stopped, ExitCode::NEVER_STARTED) => {
            format!("{name} is STOPPED; it was not started since Windows was.")
        }
        (ServiceState::Stopped, ExitCode::SUCCESS) => {
            format!("{name} is STOPPED and said that all was well, which is not a failure (R8.4).")
        }
        (ServiceState::Stopped, ExitCode::PROCESS_ABORTED) => format!(
            "{name} is STOPPED because its process ended without saying so, which is a failure (R1)."
        ),
        (ServiceState::Stopped, code) => stopped_with(info, code),
        (state, _) => format!("{name} is {state}, process {}.", status.process_id),
    }];
    if info.marked_for_delete {
        sentences.push("It will be deleted when it has stopped and nobody holds it open.".into());
    }
    let told = entries.len().saturating_sub(TOLD);
    sentences.extend(entries[told..].iter().map(LogEntry::text));
    let recovery = &info.recovery;
    for pending in &recovery.pending {
        let seconds = (pending.due.0 - now.0).max(0) / 1000;
        sentences.push(format!(
            "{} follows in {seconds} s; Windows lets nobody cancel it, but disabling the service \
             defeats a restart (R31, R33).",
            pending.action.kind.label()
        ));
    }
    sentences.push(match recovery.next_action {
        None => "No recovery actions are configured; relance failure sets them.".to_owned(),
        Some(next) => format!(
            "{} failures count, by the event log; the next one would be answered with: {} after {} ms.",
            recovery.failure_count,
            next.kind.label(),
            next.delay_ms()
        ),
    });
    sentences
}

fn stopped_with(info: &ServiceInfo, code: ExitCode) -> String {
    let name = &info.config.service_name;
    let what = match code {
        ExitCode::ServiceSpecific(specific) => format!("its own error code {specific}"),
        ExitCode::Win32(error) => format!("error {} ({})", error.to_raw(), error.text()),
    };
    let verdict = if info.config.failure_actions_on_non_crash_failures {
        "which counts as a failure, because the flag is set (R8.5)"
    } else {
        "which counts only with the flag for stops with errors (R3); relance failure \
         --on-error-stop sets it"
    };
    format!("{name} has STOPPED with {what}, {verdict}.")
}
