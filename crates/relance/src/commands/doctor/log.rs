//! What the event log says of failed log-ons, which the status forgets with the next start, and of output that is
//! lost now.

use std::time::Duration;

use relance_scm::event::Event;
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

/// 1063: output is lost; 1064: it is kept again.
const OUTPUT_LOST: u32 = 1063;
const OUTPUT_KEPT: u32 = 1064;

/// Services whose output is being lost (X64): the newest of their entries about it says so.
pub(super) fn lost_output(
    manager: &Manager,
    services: &[ServiceInfo],
    now: Timestamp,
) -> Vec<Finding> {
    let filter = EventFilter {
        event_ids: vec![OUTPUT_LOST, OUTPUT_KEPT],
        since: Some(now.before(RECENT)),
        limit: ENTRIES_MAX,
        ..EventFilter::default()
    };
    let found = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
    // That the log cannot be read is told of once.
    let entries = found.map(|page| page.entries).unwrap_or_default();
    let loss_of = |info: &ServiceInfo| {
        let of_service = entries
            .iter()
            .filter(|entry| entry.service.as_ref().is_some_and(|(id, _)| *id == info.id));
        let newest = of_service.max_by_key(|entry| entry.number)?;
        match newest.event() {
            Some(Event::OutputLost(problem)) => Some(problem),
            _ => None,
        }
    };
    // What a log file lacks is with its service.
    let is_told = |info: &&ServiceInfo| info.output_problem.is_some();
    let running = services.iter().filter(|info| info.status.process_id != 0);
    let running = running.filter(|info| !is_told(info));
    running
        .filter_map(|info| {
            let problem = loss_of(info)?.to_string();
            let name = &info.config.service_name;
            Some(Finding::warning(
                name.as_str(),
                doctor::OutputLost { problem },
                doctor::OutputLostDo { name },
            ))
        })
        .collect()
}

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
                doctor::ABOUT_EVENT_LOG,
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
