//! How much of the API its callers may use at a time, and the accounting of it (ADR 42).
//!
//! A part of everything is reserved for administrators: places for connections, threads
//! for long work, memory for requests. All others have a share each, and a share all together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use relance_scm::{Caller, ScmError, Win32Error};
use relance_texts::{error, shown};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Threads for long work (searches, simulations, lists).
pub(crate) const WORKERS: usize = 4;

/// What may be used at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections in all.
    pub(crate) connections: usize,
    /// Connections of all callers who are not administrators.
    pub(crate) connections_of_others: usize,
    /// Connections of one of them.
    pub(crate) connections_of_one: usize,
    /// Streams of one of them: changes, and output as it is printed.
    pub(crate) streams_of_one: usize,
    /// Streams of all of them: each is told of each change.
    pub(crate) streams_of_others: usize,
    /// Pieces of long work of one of them, from the question to the last byte of the answer.
    pub(crate) work_of_one: usize,
    /// How long a client may take to send the head of a request, the next one of its connection too.
    pub(crate) head_timeout: Duration,
    /// How long it may take to send the body.
    pub(crate) body_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_of_others: 1024,
            connections_of_one: 64,
            streams_of_one: 32,
            streams_of_others: 256,
            work_of_one: 2,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
        }
    }
}

/// Longest head of a request.
pub(crate) fn head_len_max(caller: &Caller) -> usize {
    if caller.is_administrator() {
        256 * 1024
    } else {
        16 * 1024
    }
}

/// Longest body of a request: fifty thousand services at once, which administrators alone create.
pub(crate) fn body_len_max(caller: &Caller) -> usize {
    if caller.is_administrator() {
        64 * 1024 * 1024
    } else {
        64 * 1024
    }
}

/// Who uses how much at this moment.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) limits: Limits,
    connections: Mutex<HashMap<Box<str>, Count>>,
    streams: Mutex<HashMap<Box<str>, Count>>,
    work: Mutex<HashMap<Box<str>, Arc<Semaphore>>>,
    /// Threads that do long work for others than administrators: half of them.
    workers_for_others: Arc<Semaphore>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    number: usize,
    of_administrator: bool,
}

impl Books {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            connections: Mutex::default(),
            streams: Mutex::default(),
            work: Mutex::default(),
            workers_for_others: Arc::new(Semaphore::new(WORKERS / 2)),
        })
    }

    /// A place for a connection.
    pub(crate) fn connection(self: &Arc<Self>, caller: &Caller) -> Option<Place> {
        let limits = &self.limits;
        let share = Share {
            one: limits.connections_of_one,
            others: limits.connections_of_others,
            all: limits.connections,
        };
        take(&mut lock(&self.connections), caller, share)
            .then(|| Place::of(self, caller, Kind::Connection))
    }

    /// A place for a stream.
    ///
    /// # Errors
    /// 1816 for a caller who has its share, or when all others have theirs.
    pub(crate) fn stream(self: &Arc<Self>, caller: &Caller) -> Result<Place, ScmError> {
        let share = Share {
            one: self.limits.streams_of_one,
            others: self.limits.streams_of_others,
            all: usize::MAX,
        };
        if take(&mut lock(&self.streams), caller, share) {
            return Ok(Place::of(self, caller, Kind::Stream));
        }
        Err(ScmError::new(
            Win32Error::NOT_ENOUGH_QUOTA,
            error::TooManyStreams {
                caller: shown(&caller.name),
                one: shown(share.one),
                all: shown(share.others),
            },
        ))
    }

    /// Waits for the caller's turn to have long work done.
    pub(crate) async fn work(&self, caller: &Caller) -> Turn {
        if caller.is_administrator() {
            return Turn::default();
        }
        let own = self.work_of(&caller.name);
        // The semaphores are never closed.
        Turn {
            own: own.acquire_owned().await.ok(),
            worker: Arc::clone(&self.workers_for_others)
                .acquire_owned()
                .await
                .ok(),
        }
    }

    fn work_of(&self, name: &str) -> Arc<Semaphore> {
        let mut work = lock(&self.work);
        work.retain(|_, own| Arc::strong_count(own) > 1);
        let own = work
            .entry(name.into())
            .or_insert_with(|| Arc::new(Semaphore::new(self.limits.work_of_one)));
        Arc::clone(own)
    }

    fn counts(&self, kind: Kind) -> &Mutex<HashMap<Box<str>, Count>> {
        match kind {
            Kind::Connection => &self.connections,
            Kind::Stream => &self.streams,
        }
    }
}

/// The right to have long work done. Given back in two parts: the thread when the work is done, the
/// caller's own share when the answer is sent.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    pub(crate) own: Option<OwnedSemaphorePermit>,
    pub(crate) worker: Option<OwnedSemaphorePermit>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Connection,
    Stream,
}

/// One place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    books: Arc<Books>,
    name: Box<str>,
    kind: Kind,
}

impl Place {
    fn of(books: &Arc<Books>, caller: &Caller, kind: Kind) -> Self {
        Self {
            books: Arc::clone(books),
            name: caller.name.clone(),
            kind,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock(self.books.counts(self.kind));
        if let Some(count) = counts.get_mut(&self.name) {
            count.number = count.number.saturating_sub(1);
            if count.number == 0 {
                counts.remove(&self.name);
            }
        }
    }
}

/// How many of a kind there may be.
#[derive(Clone, Copy)]
struct Share {
    one: usize,
    others: usize,
    all: usize,
}

/// Counts one more for a caller, if there is room.
fn take(counts: &mut HashMap<Box<str>, Count>, caller: &Caller, share: Share) -> bool {
    let is_administrator = caller.is_administrator();
    let sum = |counted: &dyn Fn(&Count) -> bool| -> usize {
        let counts = counts.values().filter(|count| counted(count));
        counts.map(|count| count.number).sum()
    };
    let own = counts.get(&caller.name).map_or(0, |count| count.number);
    let is_full = sum(&|_| true) >= share.all
        || (!is_administrator
            && (own >= share.one || sum(&|count| !count.of_administrator) >= share.others));
    if is_full {
        return false;
    }
    let count = counts.entry(caller.name.clone()).or_default();
    count.number += 1;
    count.of_administrator = is_administrator;
    true
}

/// Counts are consistent at every moment, so the lock can be used after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
