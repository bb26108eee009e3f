//! What is or was wrong with the service database since the engine began: for `doctor` and
//! `GET /v1/manager`, beside the event log, which may be what cannot be written.

use std::collections::VecDeque;

use relance_scm::event::Event;

/// The newest are kept.
const NOTICES_MAX: usize = 32;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct StoreNotices {
    lasting: VecDeque<String>,
    /// Set while the database cannot be written.
    failed: Option<String>,
}

impl StoreNotices {
    /// Notes an entry of the manager, if it is about the database.
    pub(super) fn note(&mut self, event: &Event, text: &str) {
        match event {
            Event::StorageFailed(_) => self.failed = Some(text.to_owned()),
            Event::StorageRecovered(_) => self.failed = None,
            Event::StoreDamaged(_) | Event::StoreSaved(_) | Event::ServiceUnreadable(..) => {
                self.lasting.push_back(text.to_owned());
                if self.lasting.len() > NOTICES_MAX {
                    self.lasting.pop_front();
                }
            }
            _ => {}
        }
    }

    pub(super) fn sentences(&self) -> Vec<String> {
        self.lasting.iter().chain(&self.failed).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_long_as_it_lasts_and_damage_for_good() {
        let mut notices = StoreNotices::default();
        notices.note(&Event::ManagerStarted, "started");
        notices.note(&Event::StoreDamaged("x".into()), "damaged");
        notices.note(&Event::StorageFailed("full".into()), "failed");
        assert_eq!(notices.sentences(), ["damaged", "failed"]);
        notices.note(&Event::StorageRecovered(0), "recovered");
        assert_eq!(notices.sentences(), ["damaged"]);
        for _ in 0..2 * NOTICES_MAX {
            notices.note(&Event::StoreSaved("x".into()), "saved");
        }
        assert_eq!(notices.sentences().len(), NOTICES_MAX);
    }
}
