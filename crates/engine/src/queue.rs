//! The queue of requests: many threads fill it, the owner loop empties it. It is bounded, and takes memory only
//! for requests that wait: `sync_channel` would allocate all of it at the start.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError, TrySendError};

/// A queue that takes so many requests.
pub(crate) fn queue<T>(length_max: usize) -> (Requests<T>, Waiting<T>) {
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
pub(crate) struct Requests<T> {
    sender: mpsc::Sender<Box<T>>,
    length: Arc<AtomicUsize>,
    length_max: usize,
}

impl<T> Clone for Requests<T> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
            length: Arc::clone(&self.length),
            length_max: self.length_max,
        }
    }
}

impl<T> Requests<T> {
    /// Adds a request, unless the queue is full or the owner loop is gone.
    pub(crate) fn try_send(&self, request: Box<T>) -> Result<(), TrySendError<Box<T>>> {
        if self.length.fetch_add(1, Ordering::Relaxed) >= self.length_max {
            self.length.fetch_sub(1, Ordering::Relaxed);
            return Err(TrySendError::Full(request));
        }
        let sent = self.sender.send(request);
        sent.map_err(|mpsc::SendError(request)| TrySendError::Disconnected(request))
    }
}

/// The end that is emptied.
pub(crate) struct Waiting<T> {
    receiver: mpsc::Receiver<Box<T>>,
    length: Arc<AtomicUsize>,
}

impl<T> Waiting<T> {
    /// The request that has waited longest.
    pub(crate) fn try_recv(&self) -> Result<Box<T>, TryRecvError> {
        let request = self.receiver.try_recv()?;
        self.length.fetch_sub(1, Ordering::Relaxed);
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_takes_more_once_something_was_taken() {
        let (requests, waiting) = queue(2);
        for _ in 0..3 {
            requests.try_send(Box::new(1)).unwrap();
            requests.try_send(Box::new(1)).unwrap();
            let refused = requests.try_send(Box::new(1));
            assert!(matches!(refused, Err(TrySendError::Full(_))));
            waiting.try_recv().unwrap();
            requests.try_send(Box::new(1)).unwrap();
            waiting.try_recv().unwrap();
            waiting.try_recv().unwrap();
            assert!(waiting.try_recv().is_err());
        }
    }

    #[test]
    fn nobody_takes_what_is_sent_to_an_engine_that_has_ended() {
        let (requests, waiting) = queue(2);
        drop(waiting);
        let refused = requests.try_send(Box::new(1));
        assert!(matches!(refused, Err(TrySendError::Disconnected(_))));
    }
}
