//! What readers of all kinds get: the latest committed record of every service, one generation
//! number, and the last changes in a ring.
//!
//! The owner loop writes here after a commit and never waits for a reader: one that is too slow is
//! told that there is a gap, and takes a new snapshot. Each change raises the generation by one, so a
//! reader that counts sees whether it has missed something.

mod notices;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use relance_policy::ServiceRecord;
use relance_scm::ServiceName;

use relance_scm::event_log::{LogEntry, Timestamp};

use crate::policies::Policies;
use notices::StoreNotices;

/// Changes that a reader may lag behind.
const RING_LEN: usize = 1024;

/// One change.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The generation that this change made.
    pub generation: u64,
    /// What changed.
    pub change: Change,
}

/// The kinds of changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// A service was created, or its record changed.
    Service(Arc<ServiceRecord>),
    /// A service is gone; its last record.
    Removed(Arc<ServiceRecord>),
    /// An entry was written to the event log.
    Logged(Arc<LogEntry>),
    /// Policies were made, changed or deleted: all there are now.
    Policies(Arc<Policies>),
}

/// Is told what has been committed; the publisher is one. The owner loop calls it in order, after the commit
/// and before callers are answered; so a listener only takes note, and does slow work on a thread of its own. A
/// listener that must not lose anything stores the number of the last entry that it has seen, and reads the log
/// from there when it begins.
pub trait Listener: Send + Sync {
    /// These changes are on record.
    fn committed(&self, changes: &[Change]);
}

/// What a watch yields.
#[derive(Clone, Debug)]
pub enum Watched {
    /// The next change, in order.
    Notice(Notice),
    /// Changes were missed: take a new snapshot; the watch goes on from this generation.
    Gap(u64),
}

/// All services at one generation.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The generation.
    pub generation: u64,
    /// The records, in the order of their names without case.
    pub services: Vec<Arc<ServiceRecord>>,
}

/// See the module.
#[derive(Debug)]
pub struct Publisher {
    shared: Mutex<Shared>,
}

#[derive(Debug)]
struct Shared {
    generation: u64,
    services: BTreeMap<Box<str>, Arc<ServiceRecord>>,
    ring: VecDeque<Notice>,
    wakers: Vec<Waker>,
    store: StoreNotices,
    policies: Arc<Policies>,
}

impl Listener for Publisher {
    fn committed(&self, changes: &[Change]) {
        self.publish(changes.iter().cloned());
    }
}

impl Publisher {
    /// Begins with the generation of this moment: a thousand for each millisecond since 1970. So generations of
    /// one engine are above those of the engine before, and JavaScript can hold them exactly.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let generation = now.0.max(0).cast_unsigned().saturating_mul(1000);
        Self {
            shared: Mutex::new(Shared {
                generation,
                services: BTreeMap::new(),
                ring: VecDeque::new(),
                wakers: Vec::new(),
                store: StoreNotices::default(),
                policies: Arc::default(),
            }),
        }
    }

    /// A reader that panicked has changed nothing, so its lock can be used.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes changes, in order.
    pub fn publish(&self, changes: impl IntoIterator<Item = Change>) {
        let mut shared = self.lock();
        for change in changes {
            shared.publish(change);
        }
        for waker in shared.wakers.drain(..) {
            waker.wake();
        }
    }

    /// The record of a service.
    #[must_use]
    pub fn find(&self, name: &ServiceName) -> Option<Arc<ServiceRecord>> {
        let key = name.key();
        self.lock().services.get(key.as_str()).cloned()
    }

    /// All services.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let shared = self.lock();
        let services = shared.services.values().cloned().collect();
        Snapshot {
            generation: shared.generation,
            services,
        }
    }

    /// All policies.
    #[must_use]
    pub(crate) fn policies(&self) -> Arc<Policies> {
        Arc::clone(&self.lock().policies)
    }

    /// The latest generation.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// What is or was wrong with the service database, the oldest first.
    #[must_use]
    pub fn store_notices(&self) -> Vec<String> {
        self.lock().store.sentences()
    }

    /// Watches from a generation on; from now on with `None`.
    #[must_use]
    pub fn watch(self: &Arc<Self>, since: Option<u64>) -> Watch {
        let seen = since.unwrap_or_else(|| self.generation());
        Watch {
            publisher: Arc::clone(self),
            seen,
        }
    }
}

impl Shared {
    fn publish(&mut self, change: Change) {
        match &change {
            Change::Service(record) => {
                let key = record.config.service_name.key().into_boxed_str();
                self.services.insert(key, Arc::clone(record));
            }
            Change::Removed(record) => {
                self.services
                    .remove(record.config.service_name.key().as_str());
            }
            Change::Logged(entry) => self.store.note(entry),
            Change::Policies(policies) => self.policies = Arc::clone(policies),
        }
        self.generation += 1;
        if self.ring.len() == RING_LEN {
            self.ring.pop_front();
        }
        self.ring.push_back(Notice {
            generation: self.generation,
            change,
        });
    }

    /// What comes after `seen`: nothing yet, a notice, or a gap.
    fn after(&self, seen: u64) -> Option<Watched> {
        if seen == self.generation {
            return None;
        }
        let oldest = self
            .ring
            .front()
            .map_or(self.generation + 1, |notice| notice.generation);
        let index = seen
            .checked_add(1)
            .and_then(|next| next.checked_sub(oldest))
            .and_then(|index| usize::try_from(index).ok());
        let notice = index.and_then(|index| self.ring.get(index));
        Some(match notice {
            Some(notice) => Watched::Notice(notice.clone()),
            // Too old, or of another engine's time.
            None => Watched::Gap(self.generation),
        })
    }
}

/// A reader of changes, for an async task or a blocking thread.
#[derive(Debug)]
pub struct Watch {
    publisher: Arc<Publisher>,
    seen: u64,
}

impl Watch {
    /// The generation up to which everything was yielded.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The next change, or a wake-up when there is one.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Watched> {
        let mut shared = self.publisher.lock();
        match shared.after(self.seen) {
            Some(watched) => {
                self.seen = match &watched {
                    Watched::Notice(notice) => notice.generation,
                    Watched::Gap(generation) => *generation,
                };
                Poll::Ready(watched)
            }
            None => {
                if !shared
                    .wakers
                    .iter()
                    .any(|waker| waker.will_wake(context.waker()))
                {
                    shared.wakers.push(context.waker().clone());
                }
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use relance_policy::ServiceId;
    use relance_scm::ServiceConfig;

    use super::*;

    fn record(name: &str) -> Arc<ServiceRecord> {
        let config = ServiceConfig::new(ServiceName::new(name).unwrap(), "/x");
        Arc::new(ServiceRecord::new(ServiceId(1), Arc::new(config)))
    }

    fn publisher() -> Arc<Publisher> {
        Arc::new(Publisher::new(Timestamp(1)))
    }

    fn poll(watch: &mut Watch) -> Poll<Watched> {
        watch.poll_next(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn generations_have_no_holes_and_a_watch_yields_all_in_order() {
        let publisher = publisher();
        let mut watch = publisher.watch(None);
        assert!(poll(&mut watch).is_pending());
        publisher.publish(["a", "b", "c"].map(|name| Change::Service(record(name))));
        for expected in 1001..=1003 {
            let Poll::Ready(Watched::Notice(notice)) = poll(&mut watch) else {
                panic!()
            };
            assert_eq!(notice.generation, expected);
        }
        assert!(poll(&mut watch).is_pending());
        let snapshot = publisher.snapshot();
        assert_eq!((snapshot.generation, snapshot.services.len()), (1003, 3));
    }

    #[test]
    fn a_slow_reader_gets_a_gap_and_goes_on_from_there() {
        let publisher = publisher();
        let mut watch = publisher.watch(None);
        publisher.publish((0..=RING_LEN).map(|_| Change::Service(record("a"))));
        let Poll::Ready(Watched::Gap(generation)) = poll(&mut watch) else {
            panic!()
        };
        assert_eq!(generation, publisher.generation());
        assert!(poll(&mut watch).is_pending());
    }

    #[test]
    fn a_generation_of_another_time_is_a_gap() {
        let publisher = publisher();
        for since in [0, 5_000_000, u64::MAX] {
            let mut watch = publisher.watch(Some(since));
            assert!(matches!(poll(&mut watch), Poll::Ready(Watched::Gap(1000))));
        }
        publisher.publish([Change::Service(record("a"))]);
        assert!(matches!(
            poll(&mut publisher.watch(Some(1000))),
            Poll::Ready(Watched::Notice(_))
        ));
    }

    #[test]
    fn a_waiting_reader_is_woken() {
        let publisher = publisher();
        struct Flag(std::sync::atomic::AtomicBool);
        impl std::task::Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, std::sync::atomic::Ordering::SeqCst);
            }
        }
        let flag = Arc::new(Flag(false.into()));
        let mut watch = publisher.watch(None);
        let waker = Waker::from(Arc::clone(&flag));
        assert!(
            watch
                .poll_next(&mut Context::from_waker(&waker))
                .is_pending()
        );
        publisher.publish([Change::Removed(record("a"))]);
        assert!(flag.0.load(std::sync::atomic::Ordering::SeqCst));
        assert!(matches!(poll(&mut watch), Poll::Ready(Watched::Notice(_))));
    }

    #[test]
    fn names_are_found_without_case() {
        let publisher = publisher();
        publisher.publish([Change::Service(record("Mailer"))]);
        assert!(
            publisher
                .find(&ServiceName::new("MAILER").unwrap())
                .is_some()
        );
        publisher.publish([Change::Removed(record("mailer"))]);
        assert!(
            publisher
                .find(&ServiceName::new("Mailer").unwrap())
                .is_none()
        );
    }
}
