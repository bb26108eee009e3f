//! The watch: what Windows notices, as numbered changes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use relance_scm::manager::{Watch, Watched, WatchedChange};
use relance_scm::{ScmError, ServiceName, Win32Error};

use super::events::Names;
use super::{Scm, WindowsManager};
use crate::api::{Notice, Watching};
use crate::error::error;
use crate::event_xml;

/// Notices that nobody has fetched; more than these are a gap.
const QUEUE_LEN_MAX: usize = 4096;

#[derive(Default)]
struct Queue {
    notices: VecDeque<Notice>,
    overflow: bool,
    waker: Option<Waker>,
}

struct WindowsWatch {
    scm: Arc<Scm>,
    queue: Arc<Mutex<Queue>>,
    generation: u64,
    /// Changes before the watch began are unknown: the reader enumerates first.
    gap: bool,
    /// Ends the watch when it is dropped.
    _watching: Box<dyn Watching>,
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to watch. `since` an earlier generation: everything may have changed meanwhile.
pub(super) fn watch(
    manager: &WindowsManager,
    since: Option<u64>,
) -> Result<Box<dyn Watch>, ScmError> {
    let scm = Arc::clone(&manager.scm);
    let queue: Arc<Mutex<Queue>> = Arc::default();
    let for_sink = Arc::clone(&queue);
    let sink = move |notice| {
        let mut queue = lock(&for_sink);
        if queue.notices.len() < QUEUE_LEN_MAX {
            queue.notices.push_back(notice);
        } else {
            queue.overflow = true;
        }
        if let Some(waker) = queue.waker.take() {
            waker.wake();
        }
    };
    let watching = scm
        .api
        .watch(&scm.machine, Box::new(sink))
        .map_err(|code| error(&*scm.api, code))?;
    Ok(Box::new(WindowsWatch {
        scm,
        queue,
        generation: since.unwrap_or_default(),
        gap: since.is_some(),
        _watching: watching,
    }))
}

impl Watch for WindowsWatch {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Watched>> {
        if std::mem::take(&mut self.gap) {
            return Poll::Ready(Some(Watched::Gap(self.generation)));
        }
        loop {
            let notice = {
                let mut queue = lock(&self.queue);
                if std::mem::take(&mut queue.overflow) {
                    queue.notices.clear();
                    return Poll::Ready(Some(Watched::Gap(self.generation)));
                }
                match queue.notices.pop_front() {
                    Some(notice) => notice,
                    None => {
                        queue.waker = Some(context.waker().clone());
                        return Poll::Pending;
                    }
                }
            };
            if let Some(change) = self.change(notice) {
                self.generation += 1;
                return Poll::Ready(Some(Watched::Change(self.generation, change)));
            }
        }
    }
}

impl WindowsWatch {
    /// What a notice means; `None` for what cannot be read.
    fn change(&self, notice: Notice) -> Option<WatchedChange> {
        match notice {
            Notice::Changed(name) => {
                let name = ServiceName::new(name).ok()?;
                match self.scm.service(&name) {
                    Ok(info) => Some(WatchedChange::Service(Box::new(info))),
                    Err(error) if error.code() == Win32Error::SERVICE_DOES_NOT_EXIST => {
                        Some(WatchedChange::Removed(name))
                    }
                    Err(_) => Some(WatchedChange::Hidden),
                }
            }
            Notice::Deleted(name) => ServiceName::new(name).ok().map(WatchedChange::Removed),
            Notice::Logged(xml) => {
                let names = self.scm.names().unwrap_or_else(|_| Names::default());
                let entry = names.entry(event_xml::parse(&xml)?);
                Some(WatchedChange::Logged(Arc::new(entry)))
            }
        }
    }
}
