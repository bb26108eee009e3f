//! A service that stays down may end the manager (X33), so that the program that started the manager can react.

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::event::Event;
use relance_scm::settings::END_MANAGER_WITH;

use super::{Engine, Moment};
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Checks whether the service went down for good in this step. The guardian is told before the commit, so
    /// that nothing is lost if the engine is killed.
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
