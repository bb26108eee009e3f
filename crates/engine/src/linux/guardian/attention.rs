//! Notices an engine that has stopped answering: frozen, or caught in an endless loop.
//!
//! An idle guardian does not check. It asks the engine when a client connects (at most once a second) or when
//! the end of a run stays unacknowledged, and has a deadline only until the answer comes. An engine that misses
//! it is killed; SIGCHLD follows, and its successor logs that (1110). One that waits for a disk at that moment
//! is asked again: it cannot be killed before the disk answers, and then it goes on by itself.

use rustix::event::epoll;

use super::super::clock;
use super::super::protocol::GuardianReport;
use super::adopted::waits_for_device;
use super::{Guardian, TOKEN_LISTENER};

/// Clients that connect more often than this cause no more questions.
const PAUSE_NS: u64 = 1_000_000_000;
/// If the guardian wakes this much too late, it was frozen too, or the machine is overloaded, and the silence
/// of the engine proves nothing.
const LATE_NS: u64 = 1_000_000_000;

/// What the guardian waits for. Times are nanoseconds since boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Attention {
    /// Nothing: the engine has acknowledged everything.
    #[default]
    Nothing,
    /// The engine was told of an end, and has to acknowledge it.
    Word { until: u64 },
    /// The engine was asked whether it is there.
    Answer { until: u64 },
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Ask,
    /// The engine has had its time.
    Replace,
}

impl Attention {
    fn until(self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Word { until } | Self::Answer { until } => Some(until),
        }
    }

    /// What is due at `now`.
    fn due(self, now: u64) -> Due {
        match self {
            Self::Answer { until } if (until..=until.saturating_add(LATE_NS)).contains(&now) => {
                Due::Replace
            }
            Self::Word { until } | Self::Answer { until } if until <= now => Due::Ask,
            _ => Due::Nothing,
        }
    }
}

impl Guardian {
    /// When there is something to do.
    pub(super) fn attention_deadline_ns(&self) -> Option<u64> {
        // A shutdown has its own bounds.
        let own = [self.attention.until(), self.listens_at];
        own.into_iter()
            .flatten()
            .min()
            .filter(|_| !self.shutdown.is_asked())
    }

    /// Whether an engine is there that has to answer.
    fn may_ask(&self) -> bool {
        let engine = self.engine.as_ref();
        !self.setup.engine_patience.is_zero()
            && !self.shutdown.is_asked()
            && engine.is_some_and(|engine| engine.is_ready || engine.cannot_serve)
    }

    fn patience_ns(&self) -> u64 {
        u64::try_from(self.setup.engine_patience.as_nanos()).unwrap_or(u64::MAX)
    }

    /// The engine serves clients from now on: the next one that connects is a reason to ask.
    pub(super) fn attend(&mut self) {
        self.attention = Attention::Nothing;
        if self.engine.as_ref().is_some_and(|engine| engine.is_ready) {
            self.silent_s = None;
            self.socket.was_removed = false;
        }
        if self.may_ask() {
            self.listen_again();
        }
    }

    /// The engine was told of something that it has to acknowledge.
    pub(super) fn expect_word(&mut self) {
        if self.may_ask() && self.attention == Attention::Nothing {
            let until = clock::boottime_ns().saturating_add(self.patience_ns());
            self.attention = Attention::Word { until };
        }
    }

    /// The engine said something, so it is there.
    pub(super) fn has_spoken(&mut self) {
        self.attention = Attention::Nothing;
    }

    /// A client has connected.
    pub(super) fn client_came(&mut self) {
        if !self.may_ask() {
            return;
        }
        let now = clock::boottime_ns();
        self.listens_at = Some(now.saturating_add(PAUSE_NS));
        if !matches!(self.attention, Attention::Answer { .. }) {
            self.ask_engine(now);
        }
    }

    /// In each turn of the loop, while no shutdown is asked for.
    pub(super) fn look_after_engine(&mut self) {
        let now = clock::boottime_ns();
        if self.listens_at.is_some_and(|at| at <= now) {
            self.listen_again();
        }
        if !self.may_ask() {
            self.attention = Attention::Nothing;
            return;
        }
        match self.attention.due(now) {
            Due::Nothing => {}
            Due::Ask => self.ask_engine(now),
            Due::Replace if self.engine_waits_for_device() => self.ask_engine(now),
            Due::Replace => self.replace_silent_engine(),
        }
    }

    fn engine_waits_for_device(&self) -> bool {
        let engine = self.engine.as_ref();
        engine.is_some_and(|engine| waits_for_device(engine.pid))
    }

    fn replace_silent_engine(&mut self) {
        self.attention = Attention::Nothing;
        let seconds = self.setup.engine_patience.as_secs();
        self.silent_s = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
        self.drop_engine(&format!("it has not answered for {seconds} s"));
    }

    fn ask_engine(&mut self, now: u64) {
        self.attention = Attention::Answer {
            until: now.saturating_add(self.patience_ns()),
        };
        self.tell(&GuardianReport::AreYouThere, vec![]);
    }

    /// Waits for the next client, or for one that is there; once, so that a queue that stays full wakes nobody.
    fn listen_again(&mut self) {
        self.listens_at = None;
        let data = epoll::EventData::new_u64(TOKEN_LISTENER);
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ONESHOT;
        let listener = &self.setup.listener;
        let watched = epoll::modify(&self.epoll, listener, data, flags);
        if watched.is_err() {
            // The first time. If this fails, only clients notice a frozen engine.
            let _ = epoll::add(&self.epoll, listener, data, flags);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNTIL: u64 = 20_000_000_000;

    #[test]
    fn nothing_is_waited_for_while_the_engine_owes_nothing() {
        assert_eq!(Attention::Nothing.until(), None);
        assert_eq!(Attention::Nothing.due(u64::MAX), Due::Nothing);
    }

    #[test]
    fn an_engine_that_owes_a_word_is_asked_before_it_is_replaced() {
        let (word, answer) = (
            Attention::Word { until: UNTIL },
            Attention::Answer { until: UNTIL },
        );
        assert_eq!(word.due(UNTIL - 1), Due::Nothing);
        assert_eq!(word.due(UNTIL), Due::Ask);
        assert_eq!(answer.due(UNTIL - 1), Due::Nothing);
        assert_eq!(answer.due(UNTIL), Due::Replace);
    }

    #[test]
    fn a_guardian_that_was_frozen_too_asks_again() {
        let answer = Attention::Answer { until: UNTIL };
        assert_eq!(answer.due(UNTIL + LATE_NS), Due::Replace);
        assert_eq!(answer.due(UNTIL + LATE_NS + 1), Due::Ask);
    }
}
