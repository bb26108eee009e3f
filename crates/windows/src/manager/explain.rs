//! What happened last to a service and what comes next, in words, from what Windows knows and logged.

use std::time::Duration;

use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::manager::ServiceInfo;
use relance_scm::{ExitCode, Sentence, ServiceState};
use relance_texts::{Message, Text, why};

/// How many entries are told.
pub(super) const TOLD: usize = 3;

/// Sentences that read as a paragraph; `entries` are the last ones about the service.
pub(super) fn explain(info: &ServiceInfo, entries: &[LogEntry], now: Timestamp) -> Vec<Sentence> {
    let mut sentences = vec![state(info).into()];
    if info.marked_for_delete {
        sentences.push(why::WINDOWS_DELETED.into());
    }
    let told = entries.len().saturating_sub(TOLD);
    sentences.extend(entries[told..].iter().map(LogEntry::sentence));
    let recovery = &info.recovery;
    if recovery.gave_up {
        let name = &info.config.service_name;
        sentences.push(why::WindowsHostGaveUp { name }.into());
    }
    for pending in &recovery.pending {
        let seconds = (pending.due.0 - now.0).max(0) / 1000;
        let time = Duration::from_secs(seconds.unsigned_abs());
        let action = pending.action.kind;
        sentences.push(if info.config.host_recovers() {
            why::WindowsHostPending { action, time }.into()
        } else {
            why::WindowsPending { action, time }.into()
        });
    }
    sentences.push(match recovery.next_action {
        None => why::WINDOWS_NO_ACTIONS.into(),
        Some(next) => why::WindowsNext {
            count: recovery.failure_count,
            action: next.kind,
            time: next.delay(),
        }
        .into(),
    });
    sentences
}

fn state(info: &ServiceInfo) -> Text {
    let name = &info.config.service_name;
    let status = &info.status;
    let by_host = info.config.host_recovers();
    match (status.state, status.exit_code) {
        (ServiceState::Paused, _) if by_host => why::WindowsHostWaits {
            name,
            process: status.process_id,
        }
        .text(),
        (ServiceState::Stopped, ExitCode::NEVER_STARTED) => {
            why::WindowsNeverStarted { name }.text()
        }
        (ServiceState::Stopped, ExitCode::SUCCESS) => why::WindowsClean { name }.text(),
        (ServiceState::Stopped, ExitCode::PROCESS_ABORTED) if !by_host => {
            why::WindowsCrashed { name }.text()
        }
        (ServiceState::Stopped, code) => stopped_with(info, code),
        (state, _) => why::WindowsRunning {
            name,
            state,
            process: status.process_id,
        }
        .text(),
    }
}

fn stopped_with(info: &ServiceInfo, code: ExitCode) -> Text {
    let name = &info.config.service_name;
    let code = match code {
        ExitCode::ServiceSpecific(code) => why::WindowsCodeOwn { code }.text(),
        ExitCode::Win32(error) => why::CodeError {
            code: error.to_raw(),
            text: error,
        }
        .text(),
    };
    if info.config.host_recovers() {
        why::WindowsHostEnded { name, code }.text()
    } else if info.config.failure_actions_on_non_crash_failures {
        why::WindowsCounts { name, code }.text()
    } else {
        why::WindowsCountsNot { name, code }.text()
    }
}
