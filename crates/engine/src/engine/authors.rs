//! Who asked for what is written to the event log (X67): the caller of the request that the engine works on,
//! else the one who asked for the start or the stop that an entry is the end of, else nobody: the manager itself.

use std::sync::Arc;

use relance_policy::{ControlId, ServiceId, ServiceRecord, StartCause, StopCause};
use relance_scm::Control;
use relance_scm::event::Event;
use relance_scm::event_log::{Author, By};
use relance_scm::{Caller, ServiceState};

use super::{Engine, Slot, Waiter};
use crate::access::is_run_of;
use crate::processes::Processes;
use crate::storage::Storage;

/// On whose behalf the engine works.
#[derive(Default)]
pub(super) struct Authors {
    now: Option<Arc<Author>>,
    /// The last author, so that repeated requests of one caller share one value.
    last: Option<Arc<Author>>,
}

impl Authors {
    /// The caller of the request; `None`: there is none, or it is the manager itself.
    pub(super) const fn caller(&self) -> Option<&Arc<Author>> {
        self.now.as_ref()
    }

    /// The same as it is written down.
    pub(super) fn by(&self) -> By {
        by(self.now.as_ref())
    }

    /// The request is over.
    pub(super) fn done(&mut self) {
        self.now = None;
    }

    fn begin(&mut self, author: Author) {
        let last = self.last.take().filter(|last| **last == author);
        let author = last.unwrap_or_else(|| Arc::new(author));
        self.last = Some(Arc::clone(&author));
        self.now = Some(author);
    }
}

fn by(author: Option<&Arc<Author>>) -> By {
    author.map_or(By::Manager, |author| By::Caller((**author).clone()))
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// What follows is done for this caller, until [`Authors::done`].
    pub(super) fn begin_for(&mut self, caller: &Caller) {
        if *caller == Caller::system() {
            return;
        }
        let itself = caller.session.and_then(|_| {
            let mut records = self.records();
            records.find(|record| is_run_of(caller, record))
        });
        let author = Author {
            name: caller.name.clone(),
            uid: caller.uid(),
            service: itself.map(|record| record.config.service_name.as_str().into()),
        };
        self.authors.begin(author);
    }

    /// Who asked for a deletion, which may have waited for the stop of the service.
    pub(super) fn deleted_by(&self, id: ServiceId) -> Option<By> {
        let asked = self.services.get(&id)?.record.asked.as_deref();
        let before = asked.and_then(|asked| asked.delete.as_ref());
        Some(by(self.authors.caller().or(before)))
    }

    /// Who asked for what an entry of a step records. `None` for what nobody asks for: failures, and ends of
    /// their own accord.
    pub(super) fn author_of(
        &self,
        id: ServiceId,
        before: &ServiceRecord,
        event: &Event,
    ) -> Option<By> {
        let slot = self.services.get(&id)?;
        let asked = slot.record.asked.as_deref();
        let stop = || by(asked.and_then(|asked| asked.stop.as_ref()));
        match event {
            Event::StartTypeChanged(..)
            | Event::Terminated
            | Event::RecoveryCancelled(_)
            | Event::RestartAsked
            | Event::RestartWithdrawn => Some(self.authors.by()),
            Event::ControlSent(control) => {
                let waiting = slot.waiters.iter().find_map(|waiter| match waiter {
                    Waiter::Control(_, id, _, author) if is_pending(slot, *id) => author.as_ref(),
                    _ => None,
                });
                match (self.authors.caller().or(waiting), control) {
                    (None, Control::Stop) => Some(stop()),
                    (caller, _) => Some(by(caller)),
                }
            }
            Event::StateEntered(ServiceState::Running)
                if before.state != ServiceState::ContinuePending =>
            {
                let run = slot.record.run.as_ref()?;
                Some(match run.cause {
                    StartCause::Demand | StartCause::Restart | StartCause::Dependency => {
                        by(asked.and_then(|asked| asked.start.as_ref()))
                    }
                    StartCause::Schedule => By::Schedule,
                    StartCause::Auto
                    | StartCause::Recovery(..)
                    | StartCause::Recycle
                    | StartCause::DependencyBack
                    | StartCause::Ceiling(_) => By::Manager,
                })
            }
            Event::StateEntered(ServiceState::Stopped) => match before.run.as_ref()?.stop? {
                StopCause::Requested | StopCause::Terminated => Some(stop()),
                StopCause::Shutdown => Some(By::Manager),
            },
            _ => None,
        }
    }
}

fn is_pending(slot: &Slot, id: ControlId) -> bool {
    let run = slot.record.run.as_ref();
    run.and_then(|run| run.control)
        .is_some_and(|pending| pending.id == id)
}
