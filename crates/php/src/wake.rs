//! Waking the PHP thread from the reader thread. A signal wakes it too, so that the handlers of pcntl
//! run soon.

#[cfg(not(unix))]
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[cfg(unix)]
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Somebody called, perhaps before.
    Called,
    /// The time is over.
    TimedOut,
    /// A signal came.
    #[cfg_attr(windows, allow(dead_code, reason = "Windows has no signals"))]
    Interrupted,
}

/// A bell that stays rung until somebody has waited for it.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Wake {
    call: UnixStream,
    wait: UnixStream,
}

#[cfg(unix)]
impl Wake {
    /// A bell.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub(crate) fn new() -> std::io::Result<Self> {
        let (call, wait) = UnixStream::pair()?;
        call.set_nonblocking(true)?;
        wait.set_nonblocking(true)?;
        Ok(Self { call, wait })
    }

    /// Rings.
    pub(crate) fn call(&self) {
        // A full socket has been rung often enough.
        let _ = (&self.call).write(&[1]);
    }

    /// Waits until `until`, or for ever.
    pub(crate) fn wait(&self, until: Option<Instant>) -> Woken {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let mut polled = [PollFd::new(self.wait.as_fd(), PollFlags::POLLIN)];
        match poll(&mut polled, timeout(left)) {
            Ok(0) if until.is_some_and(|until| until > Instant::now()) => self.wait(until),
            Ok(0) => Woken::TimedOut,
            Ok(_) => {
                let _ = (&self.wait).read(&mut [0; 4096]);
                Woken::Called
            }
            Err(_) => Woken::Interrupted,
        }
    }
}

/// Rounded up to milliseconds, at most what `poll` takes.
#[cfg(unix)]
fn timeout(left: Option<Duration>) -> PollTimeout {
    left.map_or(PollTimeout::NONE, |left| {
        let millis = left.as_nanos().div_ceil(1_000_000);
        PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
    })
}

/// A bell that stays rung until somebody has waited for it.
#[cfg(not(unix))]
#[derive(Debug, Default)]
pub(crate) struct Wake {
    rung: Mutex<bool>,
    changed: Condvar,
}

#[cfg(not(unix))]
impl Wake {
    /// A bell.
    ///
    /// # Errors
    /// None here.
    #[allow(clippy::unnecessary_wraps, reason = "that of Linux can fail")]
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self::default())
    }

    /// Rings.
    pub(crate) fn call(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits until `until`, or for ever.
    pub(crate) fn wait(&self, until: Option<Instant>) -> Woken {
        const LONG: Duration = Duration::from_secs(3600);
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !std::mem::take(&mut *rung) {
            let left = until.map_or(LONG, |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Woken::TimedOut;
            }
            rung = self
                .changed
                .wait_timeout(rung, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        Woken::Called
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_before_the_wait_counts_once() {
        let wake = Wake::new().unwrap();
        wake.call();
        wake.call();
        assert_eq!(wake.wait(None), Woken::Called);
        assert_eq!(wake.wait(Some(Instant::now())), Woken::TimedOut);
    }

    #[test]
    fn a_call_from_another_thread_ends_the_wait() {
        let wake = std::sync::Arc::new(Wake::new().unwrap());
        let other = std::sync::Arc::clone(&wake);
        let thread = std::thread::spawn(move || other.call());
        assert_eq!(wake.wait(None), Woken::Called);
        thread.join().unwrap();
    }

    #[test]
    fn a_wait_lasts_as_long_as_it_was_asked_to() {
        let wake = Wake::new().unwrap();
        let until = Instant::now() + Duration::from_micros(1500);
        assert_eq!(wake.wait(Some(until)), Woken::TimedOut);
        assert!(Instant::now() >= until);
    }
}
