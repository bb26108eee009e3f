//! The timer of starts by the clock: it follows the wall clock through sleep, and reports when that is set. It
//! exists only while a service has a schedule.

use std::io;
use std::os::fd::OwnedFd;

use relance_scm::event_log::Timestamp;
use rustix::event::{Timespec, epoll};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};
use std::sync::Arc;

use super::processes::TOKEN_WALL;

/// See the module.
pub(crate) struct WallTimer {
    epoll: Arc<OwnedFd>,
    fd: Option<OwnedFd>,
    armed: Option<Timestamp>,
}

impl WallTimer {
    pub(crate) fn new(epoll: Arc<OwnedFd>) -> Self {
        Self {
            epoll,
            fd: None,
            armed: None,
        }
    }

    /// Arms for a time.
    pub(crate) fn arm(&mut self, at: Option<Timestamp>) -> io::Result<()> {
        if at == self.armed {
            return Ok(());
        }
        self.armed = at;
        let Some(at) = at else {
            // A closed timer is in no epoll.
            self.fd = None;
            return Ok(());
        };
        let fd = match self.fd.take() {
            Some(fd) => fd,
            None => self.open()?,
        };
        let spec = Itimerspec {
            it_interval: Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: Timespec {
                tv_sec: at.0.div_euclid(1000).max(1),
                tv_nsec: at.0.rem_euclid(1000) * 1_000_000,
            },
        };
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        match timerfd_settime(&fd, flags, &spec) {
            // The clock was set before, which is reported once; the timer is armed all the same.
            Ok(_) | Err(rustix::io::Errno::CANCELED) => {}
            Err(error) => return Err(error.into()),
        }
        self.fd = Some(fd);
        Ok(())
    }

    fn open(&self) -> io::Result<OwnedFd> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let fd = timerfd_create(TimerfdClockId::Realtime, flags)?;
        let data = epoll::EventData::new_u64(TOKEN_WALL);
        epoll::add(&*self.epoll, &fd, data, epoll::EventFlags::IN)?;
        Ok(fd)
    }

    /// Takes note that it has fired. Returns whether that is because the clock was set.
    pub(crate) fn fired(&mut self) -> bool {
        self.armed = None;
        let Some(fd) = &self.fd else {
            return false;
        };
        rustix::io::read(fd, &mut [0; 8]) == Err(rustix::io::Errno::CANCELED)
    }
}
