//! The smallest scenario that still breaks a promise: moments are left out, causes become the simplest, times become
//! short. Nothing is random here.

use std::time::Duration;

use relance_policy::simulate::{Happening, Moment, Script, When};

/// Most scenarios that are tried for one that breaks a promise.
const TRIES: u32 = 3000;

/// Times that people read at a glance.
const ROUND: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(3600),
];

/// See the module; `breaks` says whether a scenario does.
pub(super) fn smallest(
    script: Script,
    simplest: &Happening,
    breaks: impl Fn(&Script) -> bool,
) -> Script {
    let mut search = Search {
        best: script,
        breaks,
        tries: 0,
    };
    while search.round(simplest) {}
    search.best
}

struct Search<F> {
    best: Script,
    breaks: F,
    tries: u32,
}

impl<F: Fn(&Script) -> bool> Search<F> {
    /// Whether something became smaller.
    fn round(&mut self, simplest: &Happening) -> bool {
        let left_out = self.leave_out();
        let mut is_smaller = left_out;
        for at in 0..self.best.moments.len() {
            is_smaller |= self.simplify(at, simplest);
            is_smaller |= self.shorten(at);
        }
        is_smaller
    }

    /// Takes a scenario if it breaks the promise too.
    fn takes(&mut self, smaller: Script) -> bool {
        if self.tries >= TRIES {
            return false;
        }
        self.tries += 1;
        let breaks = (self.breaks)(&smaller);
        if breaks {
            self.best = smaller;
        }
        breaks
    }

    /// Half of the moments, a quarter, and so on to one. What comes later stays as far from what was before.
    fn leave_out(&mut self) -> bool {
        let mut is_smaller = false;
        let mut size = self.best.moments.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at + size <= self.best.moments.len() {
                let mut smaller = self.best.clone();
                smaller.moments.drain(at..at + size);
                if smaller.moments.is_empty() || !self.takes(smaller) {
                    at += size;
                } else {
                    is_smaller = true;
                }
            }
            size /= 2;
        }
        is_smaller
    }

    fn simplify(&mut self, at: usize, simplest: &Happening) -> bool {
        if self.best.moments[at].what == *simplest {
            return false;
        }
        let what = simplest.clone();
        self.with(at, |moment| moment.what = what)
    }

    /// To a round time, or by halves.
    fn shorten(&mut self, at: usize) -> bool {
        let mut is_smaller = false;
        while let When::After(time) = self.best.moments[at].when {
            let half = Duration::from_secs(time.as_secs() / 2);
            let second_less = time.saturating_sub(Duration::from_secs(1));
            let shorter = ROUND.into_iter().chain([half, second_less]);
            let mut shorter = shorter.filter(|shorter| *shorter < time);
            if !shorter.any(|shorter| self.with(at, |moment| moment.when = When::After(shorter))) {
                break;
            }
            is_smaller = true;
        }
        is_smaller
    }

    fn with(&mut self, at: usize, change: impl FnOnce(&mut Moment)) -> bool {
        let mut smaller = self.best.clone();
        change(&mut smaller.moments[at]);
        self.takes(smaller)
    }
}
