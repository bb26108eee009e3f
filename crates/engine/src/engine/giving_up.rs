//! A service that is down for good may end the manager (X33), so that what started the manager takes over.

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::event::Event;
use relance_scm::settings::END_MANAGER_WITH;

use super::{Engine, Moment};
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Looks whether the service has just come down for good. The guardian is told before the commit, so
    /// that a killed engine loses nothing.
    pub(super) fn look_for_giving_up(
        &mut self,
        now: Moment,
        before: &ServiceRecord,
        id: ServiceId,
    ) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let record = &slot.record;
        let status = record.config.extensions.get(END_MANAGER_WITH);
        if let Some(status) = status.and_then(|status| u8::try_from(status).ok())
            && record.is_down_for_good()
            && !before.is_down_for_good()
        {
            self.processes.give_up(&record.config.service_name, status);
            self.log(now, id, &Event::DownForGood(status));
        }
    }
}
