//! Refused sign-ins in the event log: the first at once, those of the minute after it together, so that
//! somebody who tries a thousand codes does not fill the log.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use relance_scm::{Caller, ServiceManager};

/// At most one entry in this time.
const WINDOW: Duration = Duration::from_secs(60);

/// What was refused and is not in the log yet.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Whether an entry was written a moment ago.
    is_waiting: bool,
    count: u32,
    from: String,
}

impl Refusals {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more; whether it is the first for some time.
    fn add(&self, from: String) -> bool {
        let mut state = self.lock();
        state.count = state.count.saturating_add(1);
        state.from = from;
        !std::mem::replace(&mut state.is_waiting, true)
    }

    /// The refusals to log now. If there are none, the next refusal counts as the first again.
    fn take(&self) -> Option<(String, u32)> {
        let mut state = self.lock();
        state.is_waiting = state.count > 0;
        let count = std::mem::take(&mut state.count);
        state
            .is_waiting
            .then(|| (std::mem::take(&mut state.from), count))
    }
}

/// Where a sign-in came from: the browser's address as the peer of the socket reports it, and the
/// peer.
pub(crate) fn origin(browser: Option<IpAddr>, peer: &Caller) -> String {
    match browser {
        Some(address) => format!("{address} (through {})", peer.name),
        None => peer.name.to_string(),
    }
}

/// Logs a refusal, now or with others of the same minute.
pub(crate) fn note(refusals: &Arc<Refusals>, manager: &Arc<dyn ServiceManager>, from: String) {
    if !refusals.add(from) {
        return;
    }
    let (refusals, manager) = (Arc::clone(refusals), Arc::clone(manager));
    tokio::spawn(async move {
        while let Some((from, count)) = refusals.take() {
            manager.note_refused_sign_ins(&from, count);
            tokio::time::sleep(WINDOW).await;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_refusals_are_two_entries() {
        let refusals = Refusals::default();
        assert!(refusals.add("a".into()), "the first is written at once");
        assert_eq!(refusals.take(), Some(("a".into(), 1)));
        for _ in 0..999 {
            assert!(!refusals.add("b".into()));
        }
        assert_eq!(refusals.take(), Some(("b".into(), 999)));
        assert_eq!(refusals.take(), None, "a minute without one");
        assert!(refusals.add("c".into()), "and the next is the first again");
    }

    #[test]
    fn what_a_peer_says_of_a_browser_does_not_hide_the_peer() {
        let peer = Caller {
            name: "user 33".into(),
            sids: Box::default(),
            session: None,
        };
        let address = "192.0.2.1".parse().ok();
        assert_eq!(origin(address, &peer), "192.0.2.1 (through user 33)");
        assert_eq!(origin(None, &peer), "user 33");
    }
}
