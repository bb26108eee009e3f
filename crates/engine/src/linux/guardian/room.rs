//! For how many runs there are file descriptors. Some are reserved for the manager itself: without them no
//! engine could be started again, no client answered, no control group ended, and the next guardian could not
//! watch what this one has started. So a run more than that is refused while everything still works.

use rustix::process::{Resource, getrlimit};

use super::super::spawn::{SpawnError, SpawnStage};
use super::{Guardian, Run};

/// Descriptors of a run: its control channel, or a pidfd once it was taken over, and its output. The engine has as many.
const FOR_A_RUN: usize = 2;
/// The sockets for what a run says of itself, where it has them.
const FOR_SIGNS_MAX: usize = 2;

impl Guardian {
    /// Refuses a run for which descriptors are lacking.
    pub(super) fn check_room(&self) -> Result<(), SpawnError> {
        let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let apart = self.streams.of_errors();
        let used = (self.runs.len() + 1) * FOR_A_RUN + self.streams.after_their_runs() + apart + 1;
        let most = (self.runs.len() + 1) * FOR_SIGNS_MAX;
        // They are counted only where that matters.
        let signs = || self.runs.values().map(|run| signs(run)).sum::<usize>() + FOR_SIGNS_MAX;
        if has_room(limit, used + most) || has_room(limit, used + signs()) {
            return Ok(());
        }
        Err(SpawnError {
            stage: SpawnStage::Prepare,
            errno: libc::EMFILE,
        })
    }
}

fn signs(run: &Run) -> usize {
    usize::from(run.notify.is_some()) + usize::from(run.ready.is_some())
}

/// Whether services may use so many.
fn has_room(limit: usize, used: usize) -> bool {
    used <= limit - kept(limit)
}

/// What is kept for the manager: its own files, those of logs and clients.
fn kept(limit: usize) -> usize {
    (64 + limit / 16).min(limit / 4 * 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_descriptors_are_for_services_and_some_for_the_manager() {
        let runs = |limit| (1..limit).take_while(move |runs| has_room(limit, runs * FOR_A_RUN));
        let most = [64, 128, 256, 1024, 4096].map(|limit| runs(limit).count());
        assert_eq!(most, [8, 28, 88, 448, 1888]);
        assert!(has_room(usize::MAX, 1_000_000));
    }
}
