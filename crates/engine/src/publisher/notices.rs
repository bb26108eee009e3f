//! What is or was wrong with the service database since the engine began: for `doctor` and
//! `GET /v1/manager`, beside the event log, which may be what cannot be written. Services that could not be
//! loaded are told with the others (X27).

use std::collections::VecDeque;

use relance_scm::event::EventSource;
use relance_scm::event_log::LogEntry;

/// The numbers of the entries ([`Event`](relance_scm::event::Event) says what they mean).
const FAILED: u32 = 1103;
const RECOVERED: u32 = 1104;
const DAMAGED: u32 = 1106;
const SAVED: u32 = 1107;
const OPENED: u32 = 1111;
const CLOSED: u32 = 1112;
/// The newest are kept.
const NOTICES_MAX: usize = 32;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct StoreNotices {
    lasting: VecDeque<String>,
    /// Set while the database cannot be written.
    failed: Option<String>,
    /// Set while others may get at its folder.
    opened: Option<String>,
}

impl StoreNotices {
    /// Notes an entry of the log, if it is the manager's and about the database.
    pub(super) fn note(&mut self, entry: &LogEntry) {
        if entry.source != EventSource::Relance {
            return;
        }
        match entry.event_id {
            FAILED => self.failed = Some(entry.text()),
            RECOVERED => self.failed = None,
            OPENED => self.opened = Some(entry.text()),
            CLOSED => self.opened = None,
            DAMAGED | SAVED => {
                self.lasting.push_back(entry.text());
                if self.lasting.len() > NOTICES_MAX {
                    self.lasting.pop_front();
                }
            }
            _ => {}
        }
    }

    pub(super) fn sentences(&self) -> Vec<String> {
        let now = self.failed.iter().chain(&self.opened);
        self.lasting.iter().chain(now).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::event::Event;
    use relance_scm::event_log::Timestamp;

    use super::*;
    use crate::event_log::entry_of_manager;

    #[test]
    fn a_full_disk_is_told_as_long_as_it_lasts_and_damage_for_good() {
        let mut notices = StoreNotices::default();
        let note = |notices: &mut StoreNotices, event| {
            notices.note(&entry_of_manager(1, Timestamp(1), &event));
            notices.sentences().len()
        };
        assert_eq!(note(&mut notices, Event::ManagerStarted), 0);
        assert_eq!(note(&mut notices, Event::StoreDamaged("x".into())), 1);
        assert_eq!(note(&mut notices, Event::StorageFailed("full".into())), 2);
        assert!(notices.sentences()[1].contains("full"));
        assert_eq!(note(&mut notices, Event::StorageRecovered(0)), 1);
        let opened = Event::StateOpened("others may read it".into());
        assert_eq!(note(&mut notices, opened), 2);
        assert_eq!(note(&mut notices, Event::StateClosed), 1);
        let saved = || Event::StoreSaved("x".into());
        let last = (0..2 * NOTICES_MAX).map(|_| note(&mut notices, saved()));
        assert_eq!(last.last(), Some(NOTICES_MAX));
    }
}
