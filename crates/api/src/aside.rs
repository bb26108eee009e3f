//! A thread beside the one that answers, for the streams of users who do not administer: what they cost delays no
//! request. It is made with the first of them.

use std::future::{Future, pending};
use std::io;
use std::pin::{Pin, pin};
use std::sync::OnceLock;

use futures_util::future::{Either, select};
use futures_util::stream::{Stream, StreamExt, poll_fn};
use rustix::process::setpriority_process;
use rustix::thread::gettid;
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc;

use crate::panics::Caught;

/// How nice threads for long work are.
const WORKERS_NICE: i32 = 10;

/// A stream of answers to one client.
pub(crate) type Flow<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Aside(OnceLock<Option<Handle>>);

impl Aside {
    /// The same parts, each made there; `waiting` of them may wait for a slow reader. They end with their reader.
    pub(crate) fn make<T: Send + 'static>(&self, waiting: usize, mut parts: Flow<T>) -> Flow<T> {
        let (give, mut take) = mpsc::channel(waiting);
        self.spawn(async move {
            loop {
                let next = match select(pin!(give.closed()), parts.next()).await {
                    Either::Left(_) => return,
                    Either::Right((next, _)) => next,
                };
                let Some(part) = next else { return };
                if give.send(part).await.is_err() {
                    return;
                }
            }
        });
        Box::pin(poll_fn(move |task| take.poll_recv(task)))
    }

    /// Has something done there; where the system has no thread for it, by the thread that answers.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let caught = async {
            // A fault ends the stream.
            let _ = Caught::new(task).await;
        };
        match self.0.get_or_init(|| start().ok()) {
            Some(thread) => thread.spawn(caught),
            None => tokio::spawn(caught),
        };
    }
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().build()?;
    let handle = runtime.handle().clone();
    let thread = std::thread::Builder::new().name("streams".into());
    thread.spawn(move || {
        make_way();
        runtime.block_on(pending::<()>());
    })?;
    Ok(handle)
}

/// Long work leaves the processors to restarts and to short questions.
pub(crate) fn make_way() {
    if let Err(error) = setpriority_process(Some(gettid()), WORKERS_NICE) {
        tracing::debug!(%error, "the priority of a thread cannot be lowered");
    }
}
