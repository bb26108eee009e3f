//! The stream of changes: server-sent events, read by a thread and handed on.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use relance_scm::manager::{Watch, Watched};
use relance_scm::{ScmError, Win32Error};
use relance_wire::api::StreamItem;

use crate::http::Stream;

/// A watch over a socket. Ends with its connection; whoever wants more watches again from the last
/// generation.
pub(crate) struct SocketWatch {
    shared: Arc<Mutex<Shared>>,
    connection: UnixStream,
}

#[derive(Default)]
struct Shared {
    items: VecDeque<Watched>,
    waker: Option<Waker>,
    ended: bool,
}

impl SocketWatch {
    pub(crate) fn start(stream: Stream) -> Result<Self, ScmError> {
        let no_thread = |error: std::io::Error| {
            ScmError::new(
                Win32Error::SERVICE_NO_THREAD,
                format!("changes cannot be read: {error}"),
            )
        };
        let connection = stream.connection().try_clone().map_err(no_thread)?;
        let shared = Arc::new(Mutex::new(Shared::default()));
        let for_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name("relance-watch".into())
            .spawn(move || read(stream, &for_thread))
            .map_err(no_thread)?;
        Ok(Self { shared, connection })
    }
}

impl Watch for SocketWatch {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Watched>> {
        let mut shared = lock(&self.shared);
        if let Some(item) = shared.items.pop_front() {
            return Poll::Ready(Some(item));
        }
        if shared.ended {
            return Poll::Ready(None);
        }
        shared.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for SocketWatch {
    /// Ends the thread: its read comes to an end.
    fn drop(&mut self) {
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read(stream: Stream, shared: &Mutex<Shared>) {
    let mut id = 0;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { break };
        if let Some(number) = line.strip_prefix("id:") {
            id = number.trim().parse().unwrap_or(id);
        } else if let Some(data) = line.strip_prefix("data:") {
            hand_on(shared, id, data.trim_start());
        }
    }
    let mut shared = lock(shared);
    shared.ended = true;
    wake(&mut shared);
}

/// An item that this version cannot read is as good as missed.
fn hand_on(shared: &Mutex<Shared>, generation: u64, data: &str) {
    let item: Option<StreamItem> = serde_json::from_str(data).ok();
    let watched = item
        .and_then(|item| item.read(generation).ok())
        .unwrap_or(Watched::Gap(generation));
    let mut shared = lock(shared);
    shared.items.push_back(watched);
    wake(&mut shared);
}

fn wake(shared: &mut Shared) {
    if let Some(waker) = shared.waker.take() {
        waker.wake();
    }
}
