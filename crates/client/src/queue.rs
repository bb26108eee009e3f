//! What a thread reads from a connection, for a reader that polls.

use std::collections::VecDeque;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, shown};

use crate::http::Stream;

/// Items that wait at most; then the thread waits, and with it the sender at the other end.
const LEN_MAX: usize = 256;

struct Shared<T> {
    items: VecDeque<T>,
    waker: Option<Waker>,
    /// The thread will push nothing more.
    ended: bool,
    /// The reader has ended.
    dropped: bool,
}

/// The thread's end of the queue.
pub(crate) struct Feed<T> {
    shared: Mutex<Shared<T>>,
    taken: Condvar,
}

impl<T> Feed<T> {
    fn lock(&self) -> MutexGuard<'_, Shared<T>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands an item on; waits while the reader has too many already.
    pub(crate) fn push(&self, item: T) {
        let full = |shared: &mut Shared<T>| shared.items.len() >= LEN_MAX && !shared.dropped;
        let mut shared = self
            .taken
            .wait_while(self.lock(), full)
            .unwrap_or_else(PoisonError::into_inner);
        shared.items.push_back(item);
        wake(&mut shared);
    }

    fn end(&self) {
        let mut shared = self.lock();
        shared.ended = true;
        wake(&mut shared);
    }
}

fn wake<T>(shared: &mut Shared<T>) {
    if let Some(waker) = shared.waker.take() {
        waker.wake();
    }
}

/// The reader's end. Dropping it ends the connection, and so the thread.
pub(crate) struct Reader<T> {
    feed: Arc<Feed<T>>,
    connection: UnixStream,
}

impl<T: Send + 'static> Reader<T> {
    /// Starts a thread that runs `read` until the connection ends.
    pub(crate) fn start(
        name: &str,
        stream: Stream,
        read: impl FnOnce(Stream, &Feed<T>) + Send + 'static,
    ) -> Result<Self, ScmError> {
        let no_thread = |error: std::io::Error| {
            ScmError::new(
                Win32Error::SERVICE_NO_THREAD,
                error::StreamUnreadable {
                    error: shown(&error),
                },
            )
        };
        let connection = stream.connection().try_clone().map_err(no_thread)?;
        let feed = Arc::new(Feed {
            shared: Mutex::new(Shared {
                items: VecDeque::new(),
                waker: None,
                ended: false,
                dropped: false,
            }),
            taken: Condvar::new(),
        });
        let for_thread = Arc::clone(&feed);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                read(stream, &for_thread);
                for_thread.end();
            })
            .map_err(no_thread)?;
        Ok(Self { feed, connection })
    }
}

impl<T> Reader<T> {
    /// The next item, or a wake-up when there is one. `None` when there will be no more.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut shared = self.feed.lock();
        if let Some(item) = shared.items.pop_front() {
            self.feed.taken.notify_one();
            return Poll::Ready(Some(item));
        }
        if shared.ended {
            return Poll::Ready(None);
        }
        shared.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Reader<T> {
    fn drop(&mut self) {
        self.feed.lock().dropped = true;
        self.feed.taken.notify_one();
        // Shutting the connection down ends the thread's read. If the connection is gone already,
        // there is nothing to do.
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}
