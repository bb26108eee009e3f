//! Facts about recovery that Windows does not report, derived from the event log: the counter (R19:
//! there is no call for it) and pending actions.

use std::collections::BTreeMap;

use relance_policy::delays::action_for;
use relance_scm::event::Event;
use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::manager::{PendingInfo, RecoveryInfo, ServiceInfo};
use relance_scm::{ExitCode, ServiceConfig, ServiceId, ServiceState};

/// The ids that announce a failure, and that a host has given its program up (X123).
pub(super) const FAILURES: [u32; 3] = [7031, 7034, 1155];

/// The same, for a service whose state is known.
pub(super) fn fill_in(info: &mut ServiceInfo, failures: &[LogEntry], now: Timestamp) {
    info.recovery = derive(&info.config, failures, now);
    let last = failures.last().and_then(LogEntry::event);
    // Who starts it by hand and stops it leaves no error.
    let has_failed =
        info.status.state == ServiceState::Stopped && info.status.exit_code != ExitCode::SUCCESS;
    info.recovery.gave_up = has_failed && matches!(last, Some(Event::GaveUp { .. }));
}

/// What follows from the entries about failures of a service since boot, the oldest first.
pub(super) fn derive(
    config: &ServiceConfig,
    failures: &[LogEntry],
    now: Timestamp,
) -> RecoveryInfo {
    let is_failure = |entry: &&LogEntry| count(entry).is_some();
    let last = failures.iter().rev().find(is_failure);
    let count = last.and_then(count).unwrap_or_default();
    let last_failure_at = last.map(|entry| entry.at);
    let period = config.failure_actions.reset_period.duration();
    // R16: without actions the counter is never reset.
    let period = period.filter(|_| !config.failure_actions.actions.is_empty());
    let resets_at = last_failure_at
        .zip(period)
        .map(|(at, period)| at.after(period));
    let is_over = resets_at.is_some_and(|at| at <= now);
    let failure_count = if is_over { 0 } else { count };
    RecoveryInfo {
        failure_count,
        last_failure_at,
        resets_at: resets_at.filter(|_| !is_over),
        pending: failures
            .iter()
            .filter_map(|entry| pending(entry, now))
            .collect(),
        next_action: action_for(config, failure_count.saturating_add(1)),
        gave_up: false,
        derived: true,
    }
}

/// Entries by the services that they are about, in the order they have.
pub(super) fn by_service(entries: Vec<LogEntry>) -> BTreeMap<ServiceId, Vec<LogEntry>> {
    let mut services = BTreeMap::<_, Vec<_>>::new();
    for entry in entries {
        if let Some((id, _)) = entry.service {
            services.entry(id).or_default().push(entry);
        }
    }
    services
}

/// The counter, as an entry says it.
fn count(entry: &LogEntry) -> Option<u32> {
    match entry.event()? {
        Event::Failed { failure_count, .. } => Some(failure_count),
        _ => None,
    }
}

/// The action that an entry announced, if its time has not come (R30, R31: nothing cancels it).
fn pending(entry: &LogEntry, now: Timestamp) -> Option<PendingInfo> {
    let Event::Failed {
        failure_count,
        action: Some(action),
    } = entry.event()?
    else {
        return None;
    };
    let due = entry.at.after(action.delay());
    (due > now).then_some(PendingInfo {
        action,
        due,
        failure_count,
        executing: false,
        delayed_by: None,
    })
}

#[cfg(test)]
mod tests {
    use relance_scm::event::{EventLevel, EventSource};
    use relance_scm::event_log::Details;
    use relance_scm::{RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceName};

    use super::*;

    fn entry(at: i64, id: u32, parameters: &[&str]) -> LogEntry {
        LogEntry {
            number: 1,
            at: Timestamp(at),
            source: EventSource::ServiceControlManager,
            event_id: id,
            level: EventLevel::Error,
            service: None,
            parameters: parameters.iter().map(ToString::to_string).collect(),
            details: Details::default(),
        }
    }

    fn config(actions: &[RecoveryAction], reset: u32) -> ServiceConfig {
        let mut config = ServiceConfig::new(ServiceName::new("w").unwrap(), "w.exe");
        config.failure_actions.actions = actions.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(reset);
        config
    }

    #[test]
    fn r13_the_last_failure_says_the_count_until_the_period_is_over() {
        let restart = RecoveryAction::new(RecoveryActionKind::Restart, 5000);
        let none = RecoveryAction::new(RecoveryActionKind::None, 0);
        let config = config(&[restart, none], 10);
        let log = [
            entry(1_000, 7031, &["w", "1", "5000", "1", "Restart the service"]),
            entry(3_000, 7031, &["w", "2", "5000", "1", "Restart the service"]),
        ];
        let info = derive(&config, &log, Timestamp(7_000));
        assert_eq!(info.failure_count, 2);
        assert_eq!(info.next_action, Some(none));
        assert_eq!(info.resets_at, Some(Timestamp(13_000)));
        // The first restart was due at 6 s.
        assert_eq!(info.pending.len(), 1);
        assert_eq!(info.pending[0].due, Timestamp(8_000));
        let later = derive(&config, &log, Timestamp(13_000));
        assert_eq!((later.failure_count, later.next_action), (0, Some(restart)));
        assert!(later.derived && later.pending.is_empty());
    }

    #[test]
    fn r16_without_actions_nothing_resets() {
        let log = [entry(0, 7034, &["w", "3"])];
        let info = derive(&config(&[], 0), &log, Timestamp(86_400_000));
        assert_eq!((info.failure_count, info.resets_at), (3, None));
    }
}
