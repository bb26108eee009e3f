//! Output as a sign of life (X43): whether something was printed since the last look.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// See the module.
pub(super) struct Silence {
    /// How often the run has printed.
    moves: Arc<AtomicU64>,
    seen: u64,
}

impl Silence {
    pub(super) fn new(moves: Arc<AtomicU64>) -> Self {
        let seen = moves.load(Ordering::Relaxed);
        Self { moves, seen }
    }

    /// Whether it has printed something since this was asked last.
    pub(super) fn is_broken(&mut self) -> bool {
        let now = self.moves.load(Ordering::Relaxed);
        std::mem::replace(&mut self.seen, now) != now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x43_what_was_printed_counts_for_one_look() {
        let moves = Arc::new(AtomicU64::new(7));
        let mut silence = Silence::new(Arc::clone(&moves));
        assert!(!silence.is_broken(), "what was before does not count");
        moves.fetch_add(2, Ordering::Relaxed);
        assert!(silence.is_broken());
        assert!(!silence.is_broken());
    }
}
