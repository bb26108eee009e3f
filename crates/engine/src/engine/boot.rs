//! The starts at boot, as `policy::order` plans them: stage after stage, then the delayed ones.

use std::collections::VecDeque;
use std::time::Duration;

use relance_policy::order::{OutOfOrder, order};
use relance_policy::{Input, ServiceId, StartCause, Time};
use relance_scm::ServiceState;
use relance_scm::event::Event;
use serde::{Deserialize, Serialize};

use super::{Engine, Moment};
use crate::database::Meta;
use crate::processes::Processes;
use crate::storage::Storage;

/// When delayed automatic services begin to start (C16).
const DELAYED_START_AFTER: Duration = Duration::from_secs(120);
/// Pause between two of them: one at a time.
const DELAYED_START_PAUSE: Duration = Duration::from_secs(1);

/// Remembered while the services of files do not exist yet.
const WAITING: &str = "\"waiting\"";

/// What is left to start. It is remembered in the database, because the engine may be replaced meanwhile.
#[derive(Serialize, Deserialize)]
pub(super) struct BootStarts {
    /// The stage under way: the next begins when none of it starts any more.
    current: Vec<ServiceId>,
    stages: VecDeque<Vec<ServiceId>>,
    /// When the next of `delayed` is started.
    delayed_at: Time,
    delayed: VecDeque<ServiceId>,
}

impl BootStarts {
    /// From what was remembered; `None` when nothing is left.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// When something happens by itself.
    pub(super) fn deadline(&self) -> Option<Time> {
        (!self.delayed.is_empty()).then_some(self.delayed_at)
    }
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Starts nothing before the services of files are there. An engine that takes over does the same.
    pub(super) fn wait_with_boot(&mut self) {
        self.boot_waits = true;
        self.turn.meta.push((Meta::BootStarts, WAITING.to_owned()));
    }

    /// Whether automatic services wait for those of files.
    #[must_use]
    pub fn waits_for_services(&self) -> bool {
        self.boot_waits
    }

    /// The services of files are there.
    pub(super) fn services_are_there(&mut self, now: Moment) {
        if std::mem::take(&mut self.boot_waits) {
            self.begin_boot_starts(now);
        }
    }

    pub(super) fn begin_boot_starts(&mut self, now: Moment) {
        let services = self
            .services
            .values()
            .map(|slot| (slot.record.id, &*slot.record.config));
        let plan = order(services, &self.settings.load_order_groups);
        for (id, need) in plan.out_of_order {
            let event = match need {
                OutOfOrder::Service => Event::NeedsServiceOfLaterGroup,
                OutOfOrder::Group => Event::NeedsLaterGroup,
            };
            self.log(now, id, &event);
        }
        self.boot_starts = Some(BootStarts {
            current: Vec::new(),
            stages: plan.stages.into(),
            delayed_at: now.time + DELAYED_START_AFTER,
            delayed: plan.delayed.into(),
        });
        self.remember_boot_starts();
        self.go_on_with_boot(now);
    }

    /// Continues the starts that the previous engine had left. If the list cannot be read, that is logged, so
    /// that no automatic service stays stopped without a reason in the log.
    pub(super) fn recall_boot_starts(&mut self, text: &str) {
        if text == WAITING {
            self.boot_waits = true;
            return;
        }
        self.boot_starts = BootStarts::parse(text);
        if self.boot_starts.is_none() && !text.is_empty() {
            let notice = "which automatic services were still to be started at boot cannot be read; \
                          relance list shows those that are stopped, relance start starts them";
            self.notices.push(notice.to_owned());
        }
    }

    /// With the record of what has begun, in one commit.
    fn remember_boot_starts(&mut self) {
        let starts = self.boot_starts.as_ref();
        let text = starts.map(|starts| serde_json::to_string(starts).expect("plain numbers"));
        self.turn
            .meta
            .push((Meta::BootStarts, text.unwrap_or_default()));
    }

    /// Begins the next stages, as far as those before are over.
    pub(super) fn go_on_with_boot(&mut self, now: Moment) {
        if self.is_catching_up() {
            return;
        }
        while let Some(starts) = &self.boot_starts
            && !starts.current.iter().any(|id| self.is_starting(*id))
        {
            let Some(starts) = &mut self.boot_starts else {
                return;
            };
            let Some(stage) = starts.stages.pop_front() else {
                if starts.delayed.is_empty() {
                    self.boot_starts = None;
                    self.remember_boot_starts();
                }
                return;
            };
            starts.current.clone_from(&stage);
            self.remember_boot_starts();
            for id in stage {
                self.start_automatic(now, id);
            }
        }
    }

    /// S42: a service that hangs does not hold up the boot.
    fn is_starting(&self, id: ServiceId) -> bool {
        let Some(slot) = self.services.get(&id) else {
            return false;
        };
        let hangs = slot
            .record
            .run
            .as_ref()
            .is_none_or(|run| run.hang_at.is_none());
        slot.record.state == ServiceState::StartPending && !hangs
    }

    /// A service that runs already, because another one needs it, refuses the start. That is
    /// expected.
    fn start_automatic(&mut self, now: Moment, id: ServiceId) {
        let cause = StartCause::Auto;
        let arguments = [].into();
        self.input(now, id, Input::StartRequested { cause, arguments });
    }

    pub(super) fn start_delayed(&mut self, now: Moment) {
        let Some(starts) = &mut self.boot_starts else {
            return;
        };
        if starts.delayed_at > now.time {
            return;
        }
        if let Some(id) = starts.delayed.pop_front() {
            starts.delayed_at = now.time + DELAYED_START_PAUSE;
            self.remember_boot_starts();
            self.start_automatic(now, id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_of_a_boot_is_read_back() {
        let starts = BootStarts {
            current: vec![ServiceId(1)],
            stages: [vec![ServiceId(2)]].into(),
            delayed_at: Time::from_millis(5),
            delayed: [ServiceId(3)].into(),
        };
        let text = serde_json::to_string(&starts).unwrap();
        let read = BootStarts::parse(&text).unwrap();
        assert_eq!(read.deadline(), Some(Time::from_millis(5)));
        assert!(BootStarts::parse("rubbish").is_none());
    }
}
