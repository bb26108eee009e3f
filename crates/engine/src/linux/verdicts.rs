//! What other threads tell the owner loop: that runs are ready or unwell, which commands of probes to run, and that
//! limits were changed.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use relance_policy::{Notice, RunId};
use rustix::event::{EventfdFlags, epoll, eventfd};

/// Tells the engine's epoll that there are verdicts; no run has this token.
pub(super) const TOKEN: u64 = 5;

/// What is told of a run.
#[derive(Debug)]
pub(super) enum Verdict {
    /// What was found out.
    Noticed(Notice),
    /// The command of its probe is to be run, for the time that this number counts.
    RunProbe(u32),
    /// The result of its command is not wanted any more.
    EndProbe,
    /// Its limits were changed; the first that could not be, and why.
    LimitsSet(Option<Box<str>>),
}

/// The side of the owner loop.
pub(super) struct Verdicts {
    teller: Teller,
    told: Receiver<(RunId, Verdict)>,
}

/// The side of a thread.
#[derive(Clone)]
pub(super) struct Teller {
    verdicts: Sender<(RunId, Verdict)>,
    /// Wakes the owner loop.
    wake: Arc<OwnedFd>,
}

impl Verdicts {
    pub(super) fn new(epoll: &OwnedFd) -> io::Result<Self> {
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        epoll::add(
            epoll,
            &*wake,
            epoll::EventData::new_u64(TOKEN),
            epoll::EventFlags::IN,
        )?;
        let (verdicts, told) = channel();
        let teller = Teller { verdicts, wake };
        Ok(Self { teller, told })
    }

    pub(super) fn teller(&self) -> Teller {
        self.teller.clone()
    }

    /// What was told since the last call.
    pub(super) fn take(&self) -> Vec<(RunId, Verdict)> {
        let _ = rustix::io::read(&*self.teller.wake, &mut [0; 8]);
        self.told.try_iter().collect()
    }
}

impl Teller {
    pub(super) fn tell(&self, run: RunId, verdict: Verdict) {
        // The owner loop ends with the process.
        if self.verdicts.send((run, verdict)).is_ok() {
            let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
        }
    }
}

#[cfg(test)]
impl Teller {
    /// A sender without a receiver.
    pub(super) fn to_nobody() -> Self {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK);
        Self {
            verdicts: channel().0,
            wake: Arc::new(wake.expect("a descriptor")),
        }
    }
}
