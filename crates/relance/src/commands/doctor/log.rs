//! What the event log says of failed log-ons, which the status forgets with the next start.

use std::time::Duration;

use relance_scm::event_log::{EventFilter, Timestamp};
use relance_scm::manager::ServiceInfo;
use relance_texts::doctor;

use super::finding::Finding;
use super::services::logon_failed;
use crate::cli::{CommandFailure, Manager};

/// Entries older than this are history.
const RECENT: Duration = Duration::from_secs(7 * 24 * 3600);
/// 7038: an account could not log on; 7041: it lacks the right to.
const LOGON_FAILED: [u32; 2] = [7038, 7041];
/// The most that is looked through.
const ENTRIES_MAX: u32 = 1000;

/// Services that could not log on lately and do not run; or that the log cannot be read.
pub(super) fn check(manager: &Manager, services: &[ServiceInfo], now: Timestamp) -> Vec<Finding> {
    let filter = EventFilter {
        event_ids: LOGON_FAILED.to_vec(),
        since: Some(now.before(RECENT)),
        limit: ENTRIES_MAX,
        ..EventFilter::default()
    };
    let found = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
    let entries = match found {
        Ok(page) => page.entries,
        Err(CommandFailure::Scm(error)) => {
            return vec![Finding::warning(
                "event log",
                doctor::LogUnreadable {
                    error: error.to_sentence(),
                },
                doctor::LOG_UNREADABLE_DO,
            )];
        }
        Err(_) => return Vec::new(),
    };
    let is_concerned = |info: &&ServiceInfo| {
        // A service that runs has logged on; one with 1069 on record was told of already.
        info.status.process_id == 0
            && info.status.exit_code.win32() != relance_scm::Win32Error::SERVICE_LOGON_FAILED
            && entries
                .iter()
                .any(|entry| entry.service.as_ref().is_some_and(|(id, _)| *id == info.id))
    };
    services
        .iter()
        .filter(is_concerned)
        .map(|info| {
            let config = &info.config;
            logon_failed(config.service_name.as_str(), config.account_name.as_str())
        })
        .collect()
}
