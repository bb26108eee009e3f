//! Drives the engine on Linux: one thread, one epoll. Takes what has come from the guardian, from
//! services, clients and the database, lets deadlines fire, and ends the turn.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use relance_policy::Time;
use relance_scm::{Caller, Reply, ScmError, Win32Error};
use relance_texts::error;
use rustix::event::{Timespec, epoll};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};

use super::clock::Clock;
use super::place::opened_to_others;
use super::processes::{LinuxProcesses, TOKEN_STORE, TOKEN_TIMER, TOKEN_WAKE, TOKEN_WALL};
use super::resident::forget_start;
use super::store_watch::StoreWatch;
use super::wall_timer::WallTimer;
use crate::access;
use crate::command::{ClientRequest, Command};
use crate::database::CommitError;
use crate::engine::{Engine, Moment};
use crate::handle::SharedClock;
use crate::queue::Waiting;
use crate::storage::{Committed, WriterThread};

/// Requests of clients taken in one turn, so that processes and deadlines have theirs.
const COMMANDS_PER_TURN: usize = 256;

/// See the module.
pub(crate) struct Driver {
    pub(crate) engine: Engine<LinuxProcesses, WriterThread>,
    pub(crate) epoll: Arc<OwnedFd>,
    pub(crate) wake: Arc<OwnedFd>,
    pub(crate) commands: Waiting<Command>,
    pub(crate) committed: Receiver<Committed>,
    pub(crate) clock: Clock,
    pub(crate) shared_clock: Arc<SharedClock>,
    pub(crate) timer: Timer,
    pub(crate) wall_timer: WallTimer,
    pub(crate) store: StoreWatch,
    /// Whether the guardian was told that clients are served, and that this engine has begun.
    pub(crate) is_ready: bool,
}

impl Driver {
    /// Runs until the guardian is gone, or another engine is there.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        let mut events = Vec::with_capacity(256);
        // Changes from before there was a watch.
        self.engine.storage().look();
        loop {
            self.turn();
            if self.engine.processes().is_orphaned() {
                return Ok(());
            }
            if self.engine.is_fenced() {
                tracing::error!("this engine ends: {}", CommitError::Fenced);
                return Ok(());
            }
            self.timer.arm(self.clock, self.engine.next_deadline())?;
            let scheduled = self.engine.next_scheduled();
            let scheduled = scheduled.filter(|_| self.clock.wall_ahead().is_none());
            self.wall_timer.arm(scheduled)?;
            events.clear();
            match epoll::wait(
                &*self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                None,
            ) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in events.drain(..) {
                let event: epoll::Event = event;
                match event.data.u64() {
                    TOKEN_WAKE => {
                        let _ = rustix::io::read(&*self.wake, &mut [0; 8]);
                    }
                    TOKEN_TIMER => self.timer.fired(),
                    TOKEN_WALL => {
                        if self.wall_timer.fired() {
                            self.engine.clock_was_set(self.now());
                        }
                    }
                    TOKEN_STORE => {
                        let happened = self.store.take();
                        if happened.to_files {
                            self.engine.storage().look();
                        }
                        if happened.to_rights {
                            self.look_at_rights();
                        }
                    }
                    token => self.engine.processes().event(token),
                }
            }
        }
    }

    /// Logs a change of who may enter the folder of the database.
    pub(crate) fn look_at_rights(&mut self) {
        let opened = opened_to_others(self.store.folder());
        self.engine.state_is_opened(self.now(), opened);
    }

    /// Tells the guardian that clients are served. Not before the beginning is on record: if this engine ends
    /// earlier, the next one begins as if it were the first, and boots where this one had to.
    fn say_ready(&mut self) {
        if !self.is_ready && !self.engine.waits_for_services() && self.engine.is_on_record() {
            self.is_ready = true;
            self.engine.processes().ready();
            forget_start();
        }
    }

    /// Takes everything that is at hand, then sends one batch to the database.
    fn turn(&mut self) {
        let mut now = self.now();
        loop {
            self.take_facts(now);
            self.take_commits(now);
            self.say_ready();
            self.take_commands(&mut now);
            self.engine.fire_deadlines(now);
            self.engine.end_turn(now);
            self.engine.processes().end_turn();
            // Requests of the turn may have been answered immediately.
            let Some(fact) = self.engine.processes().next_fact() else {
                return;
            };
            now = self.now();
            self.fact(now, fact);
        }
    }

    fn now(&self) -> Moment {
        Moment {
            time: self.clock.now(),
            wall: self.clock.wall(),
        }
    }

    fn take_facts(&mut self, now: Moment) {
        while let Some(fact) = self.engine.processes().next_fact() {
            self.fact(now, fact);
        }
    }

    fn fact(&mut self, now: Moment, fact: crate::processes::Fact) {
        use crate::processes::Fact;
        // The guardian's clock is the machine's; a manual clock stands still meanwhile.
        let fact = match fact {
            Fact::Exited {
                run, exit, next, ..
            } if self.clock.is_manual() => Fact::Exited {
                run,
                exit,
                at: now.time,
                next,
            },
            Fact::ShutdownAsked => return self.shut_down(now),
            fact => fact,
        };
        self.engine.fact(now, fact);
    }

    /// Somebody asked the daemon to stop. The guardian, who told it, is told that it is done.
    pub(crate) fn shut_down(&mut self, now: Moment) {
        let within = (!self.clock.is_manual()).then(|| self.engine.shutdown_max());
        self.engine.processes().shutting_down(within);
        self.engine.fact(now, crate::processes::Fact::ShutdownAsked);
    }

    fn take_commits(&mut self, now: Moment) {
        while let Ok(committed) = self.committed.try_recv() {
            self.engine.committed(now, committed);
        }
    }

    fn take_commands(&mut self, now: &mut Moment) {
        if self.engine.is_catching_up() {
            return;
        }
        for _ in 0..COMMANDS_PER_TURN {
            match self.commands.try_recv().map(|command| *command) {
                Ok(Command {
                    request: ClientRequest::AdvanceClock(nanos, reply),
                    caller,
                }) => {
                    self.advance(now, &caller, nanos, reply);
                }
                Ok(Command {
                    request:
                        ClientRequest::Attach {
                            run,
                            secret,
                            channel,
                            reply,
                        },
                    ..
                }) => {
                    reply.send(self.engine.processes().attach(run, &secret, channel));
                }
                Ok(command) => self.engine.command(*now, command),
                Err(_) => return,
            }
        }
        // More requests may wait than a turn takes: look again at once.
        let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
    }

    /// Moves a manual clock, at most to the next deadline, so that each thing happens at its time.
    fn advance(&mut self, now: &mut Moment, caller: &Caller, by: Option<u64>, reply: Reply<u64>) {
        if !self.clock.is_manual() {
            return reply.send(Err(ScmError::new(
                Win32Error::NOT_SUPPORTED,
                error::CLOCK_MANAGER,
            )));
        }
        if let Err(error) = access::check_administrator(caller) {
            return reply.send(Err(error));
        }
        let scheduled = self.engine.next_scheduled();
        let scheduled = scheduled.and_then(|at| self.clock.time_of(at));
        let next = self.engine.next_deadline().into_iter().chain(scheduled);
        let next = next.min();
        let until = match by {
            Some(nanos) => Time::from_nanos(now.time.as_nanos().saturating_add(nanos)),
            None => next.unwrap_or(now.time),
        };
        let stop = next.filter(|at| *at < until).unwrap_or(until).max(now.time);
        self.clock.set(stop);
        self.shared_clock.set_manual(stop);
        *now = self.now();
        self.engine.clock_moved(*now, reply);
    }
}

/// The one timer of the engine.
pub(crate) struct Timer {
    fd: OwnedFd,
    armed: Option<Time>,
}

impl Timer {
    pub(crate) fn new(epoll: &OwnedFd) -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let fd = timerfd_create(TimerfdClockId::Boottime, flags)?;
        let data = epoll::EventData::new_u64(TOKEN_TIMER);
        epoll::add(epoll, &fd, data, epoll::EventFlags::IN)?;
        Ok(Self { fd, armed: None })
    }

    /// Arms for a deadline; a manual clock fires nothing by itself.
    fn arm(&mut self, clock: Clock, deadline: Option<Time>) -> io::Result<()> {
        let deadline = deadline.filter(|_| !clock.is_manual());
        if deadline == self.armed {
            return Ok(());
        }
        // Zero would disarm the timer; the earliest time after it is long past.
        let nanos = deadline.map_or(0, |at| at.as_nanos().max(1));
        let value = Timespec {
            tv_sec: i64::try_from(nanos / 1_000_000_000).unwrap_or(i64::MAX),
            tv_nsec: (nanos % 1_000_000_000).cast_signed(),
        };
        let interval = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let spec = Itimerspec {
            it_interval: interval,
            it_value: value,
        };
        timerfd_settime(&self.fd, TimerfdTimerFlags::ABSTIME, &spec)?;
        self.armed = deadline;
        Ok(())
    }

    fn fired(&mut self) {
        let _ = rustix::io::read(&self.fd, &mut [0; 8]);
        self.armed = None;
    }
}
