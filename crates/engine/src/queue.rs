//! The queue of requests: many fill it, the owner loop empties it. It holds so many at most, and takes
//! memory only for those that wait: `sync_channel` would lay out room for all of them at the start.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError, TrySendError};

use crate::command::Command;

/// A queue that takes so many requests.
pub(crate) fn queue(length_max: usize) -> (Requests, Waiting) {
    let (sender, receiver) = mpsc::channel();
    let length = Arc::new(AtomicUsize::new(0));
    let requests = Requests {
        sender,
        length: Arc::clone(&length),
        length_max,
    };
    (requests, Waiting { receiver, length })
}

/// The end that is filled.
#[derive(Clone)]
pub(crate) struct Requests {
    sender: mpsc::Sender<Box<Command>>,
    length: Arc<AtomicUsize>,
    length_max: usize,
}

impl Requests {
    /// Adds a request, unless the queue is full or nobody takes any more.
    pub(crate) fn try_send(&self, command: Box<Command>) -> Result<(), TrySendError<Box<Command>>> {
        if self.length.fetch_add(1, Ordering::Relaxed) >= self.length_max {
            self.length.fetch_sub(1, Ordering::Relaxed);
            return Err(TrySendError::Full(command));
        }
        let sent = self.sender.send(command);
        sent.map_err(|mpsc::SendError(command)| TrySendError::Disconnected(command))
    }
}

/// The end that is emptied.
pub(crate) struct Waiting {
    receiver: mpsc::Receiver<Box<Command>>,
    length: Arc<AtomicUsize>,
}

impl Waiting {
    /// The request that has waited longest.
    pub(crate) fn try_recv(&self) -> Result<Box<Command>, TryRecvError> {
        let command = self.receiver.try_recv()?;
        self.length.fetch_sub(1, Ordering::Relaxed);
        Ok(command)
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::Caller;

    use super::*;
    use crate::command::ClientRequest;

    fn command() -> Box<Command> {
        Box::new(Command {
            caller: Caller::system(),
            request: ClientRequest::BeginBoot,
        })
    }

    #[test]
    fn a_full_queue_takes_more_once_something_was_taken() {
        let (requests, waiting) = queue(2);
        for _ in 0..3 {
            requests.try_send(command()).unwrap();
            requests.try_send(command()).unwrap();
            let refused = requests.try_send(command());
            assert!(matches!(refused, Err(TrySendError::Full(_))));
            waiting.try_recv().unwrap();
            requests.try_send(command()).unwrap();
            waiting.try_recv().unwrap();
            waiting.try_recv().unwrap();
            assert!(waiting.try_recv().is_err());
        }
    }

    #[test]
    fn nobody_takes_what_is_sent_to_an_engine_that_has_ended() {
        let (requests, waiting) = queue(2);
        drop(waiting);
        let refused = requests.try_send(command());
        assert!(matches!(refused, Err(TrySendError::Disconnected(_))));
    }
}
