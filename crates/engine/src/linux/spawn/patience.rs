//! How long the guardian waits for a process that it has made to execute its program (X112).
//!
//! A child that has changed to the account of its service belongs to that account, which may stop it by a signal before
//! it has executed anything. The program may be a file on which somebody holds a lease, or lie on a file system that
//! does not answer. All services would wait with the guardian. So the child is killed after a while, and its
//! start has failed; and an account that has cost so much time costs little more for a minute.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::thread::{Timespec, futex};

use super::spec::SpawnSpec;

/// For the manager's own processes, which nobody else can hold up.
pub(super) const OF_PARTS: Duration = Duration::from_secs(60);
/// For others. A program is executed in a millisecond, from a slow disk in a second.
const USUAL: Duration = Duration::from_secs(5);
/// For those of an account that was waited for in vain less than a minute ago.
const LITTLE: Duration = Duration::from_millis(20);
/// See [`LITTLE`].
const REMEMBERED: Duration = Duration::from_secs(60);
/// For the end of a child that was killed.
const FOR_DEATH: Duration = Duration::from_secs(1);

/// What became of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// It has executed its program, or has ended.
    InTime,
    /// It was killed.
    Killed,
    /// It was killed, and has not ended yet: it waits in the kernel for something that cannot be interrupted.
    Never,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Accounts that were waited for in vain, and when.
    lost: BTreeMap<u32, Instant>,
}

impl Patience {
    /// How long the child of this is waited for.
    pub(super) fn of(&mut self, spec: &SpawnSpec) -> Duration {
        self.lost.retain(|_, at| at.elapsed() < REMEMBERED);
        match &spec.ids {
            _ if spec.dies_with_guardian => OF_PARTS,
            Some(ids) if self.lost.contains_key(&ids.uid) => LITTLE,
            _ => USUAL,
        }
    }

    /// It was in vain. What root runs is held up by nobody on purpose.
    pub(super) fn was_lost(&mut self, spec: &SpawnSpec) {
        let uid = spec.ids.as_ref().map(|ids| ids.uid);
        if let Some(uid) = uid.filter(|uid| *uid != 0) {
            self.lost.insert(uid, Instant::now());
        }
    }
}

/// Waits until the kernel clears the word of a child, which is not reaped yet; kills it when that takes too long.
pub(super) fn wait(word: &AtomicU32, pid: libc::pid_t, patience: Duration) -> Gone {
    if is_cleared(word, patience) {
        return Gone::InTime;
    }
    // SAFETY: numbers only; the child is not reaped, so the number is its own.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    if is_cleared(word, FOR_DEATH) || has_ended(pid) {
        Gone::Killed
    } else {
        Gone::Never
    }
}

/// Whether the word is cleared within this time.
fn is_cleared(word: &AtomicU32, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    loop {
        let value = word.load(Ordering::Acquire);
        if value == 0 {
            return true;
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        // Not the private kind, which the kernel does not wake here. Every error is answered by another look.
        let _ = futex::wait(
            word,
            futex::Flags::empty(),
            value,
            Timespec::try_from(left).ok().as_ref(),
        );
    }
}

/// Whether a child has ended, even if its word was not cleared. Somebody else reaps it.
fn has_ended(pid: libc::pid_t) -> bool {
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: the structure is valid zeroed, and outlives the call.
    unsafe {
        let mut about: libc::siginfo_t = std::mem::zeroed();
        let result = libc::waitid(libc::P_PID, pid.cast_unsigned(), &raw mut about, options);
        result < 0 || about.si_pid() == pid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::spawn::Ids;

    fn spec(uid: u32) -> SpawnSpec {
        let ids = Ids {
            uid,
            gid: uid,
            groups: vec![],
        };
        SpawnSpec {
            ids: Some(ids),
            ..SpawnSpec::default()
        }
    }

    #[test]
    fn x112_an_account_that_holds_its_processes_up_costs_little_more_for_a_while() {
        let mut patience = Patience::default();
        assert_eq!(patience.of(&spec(7)), USUAL);
        patience.was_lost(&spec(7));
        assert_eq!(patience.of(&spec(7)), LITTLE);
        assert_eq!(patience.of(&spec(8)), USUAL, "another account");
        patience.was_lost(&spec(0));
        patience.was_lost(&SpawnSpec::default());
        assert_eq!(patience.of(&spec(0)), USUAL);
        assert_eq!(patience.of(&SpawnSpec::default()), USUAL);
        let long_ago = Instant::now().checked_sub(REMEMBERED);
        patience.lost.insert(7, long_ago.unwrap());
        assert_eq!(patience.of(&spec(7)), USUAL);
    }
}
