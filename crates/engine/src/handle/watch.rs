//! A watch that hides what its caller may not see (A25).

use std::task::{Context, Poll};

use relance_scm::Caller;
use relance_scm::manager::{Watch, Watched, WatchedChange};

use super::EngineHandle;
use crate::publisher;
use crate::sight::{self, is_visible};

/// See the module.
pub(super) struct HandleWatch {
    pub(super) handle: EngineHandle,
    pub(super) caller: Caller,
    pub(super) watch: publisher::Watch,
}

impl HandleWatch {
    fn translate(&self, change: &publisher::Change) -> WatchedChange {
        match change {
            publisher::Change::Service(record) if is_visible(&self.caller, record) => {
                WatchedChange::Service(Box::new(self.handle.info(&self.caller, record)))
            }
            publisher::Change::Removed(record) if is_visible(&self.caller, record) => {
                WatchedChange::Removed(record.config.service_name.clone())
            }
            publisher::Change::Service(_)
            | publisher::Change::Removed(_)
            | publisher::Change::Policies(_) => WatchedChange::Hidden,
            publisher::Change::Logged(entry) => {
                let publisher = &self.handle.publisher;
                let entry = sight::visible_entry(&self.caller, publisher, entry);
                entry.map_or(WatchedChange::Hidden, WatchedChange::Logged)
            }
        }
    }
}

impl Watch for HandleWatch {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Watched>> {
        self.watch.poll_next(context).map(|watched| {
            Some(match watched {
                publisher::Watched::Notice(notice) => {
                    Watched::Change(notice.generation, self.translate(&notice.change))
                }
                publisher::Watched::Gap(generation) => Watched::Gap(generation),
            })
        })
    }
}
