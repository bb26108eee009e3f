//! Readers of changes and of output, and blocking threads that wait for them or for the answer to one request.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::{FollowOutput, OutputPart, Reply, ServiceInfo};
use crate::error::ScmError;
use crate::event_log::LogEntry;
use crate::name::ServiceName;

/// What a watch yields.
#[derive(Clone, Debug)]
pub enum Watched {
    /// The next change, and the generation it made: one more than the last.
    Change(u64, WatchedChange),
    /// Changes were missed: enumerate again; the watch goes on from this generation.
    Gap(u64),
}

/// A change that a watch yields.
#[derive(Clone, Debug)]
pub enum WatchedChange {
    /// A service was created or has changed.
    Service(Box<ServiceInfo>),
    /// A service is gone.
    Removed(ServiceName),
    /// An entry was written to the event log.
    Logged(Arc<LogEntry>),
    /// Something that the caller may not see.
    Hidden,
}

/// A reader of changes, for an async task or, with [`next_change`], for a blocking thread.
pub trait Watch: Send {
    /// The next change, or a wake-up when there is one. `None` when there will be no more.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Watched>>;
}

/// Waits for the next change. `None` when there will be no more.
pub fn next_change(watch: &mut dyn Watch) -> Option<Watched> {
    block_on(None, |context| watch.poll_next(context)).flatten()
}

/// Waits for the next change, until some moment. `None` when that has come.
pub fn next_change_until(watch: &mut dyn Watch, until: Instant) -> Option<Option<Watched>> {
    block_on(Some(until), |context| watch.poll_next(context))
}

/// Waits for the next part of an output. `None` when there will be no more.
pub fn next_output(follow: &mut dyn FollowOutput) -> Option<OutputPart> {
    block_on(None, |context| follow.poll_next(context)).flatten()
}

/// Polls on this thread, which sleeps in between.
fn block_on<T>(
    until: Option<Instant>,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Option<T> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = poll(&mut context) {
            return Some(value);
        }
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            None => thread::park(),
            Some(Duration::ZERO) => return None,
            Some(left) => thread::park_timeout(left),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for the answer to one request: `wait(|reply| manager.query_status(caller, name, reply))`.
///
/// # Errors
/// The error of the request.
///
/// # Panics
/// Never: a reply that is dropped answers with an error.
pub fn wait<T: Send + 'static>(request: impl FnOnce(Reply<T>)) -> Result<T, ScmError> {
    let (sender, receiver) = sync_channel(1);
    request(Reply::new(move |result| {
        // The caller waits below, so the channel is open.
        let _ = sender.send(result);
    }));
    receiver
        .recv()
        .expect("a reply that is dropped answers with an error")
}
