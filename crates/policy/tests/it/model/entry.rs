//! The entries of the event log that the model predicts.

use relance_scm::event::Event;
use relance_scm::failure_actions::RecoveryAction;

/// What a log entry says, as far as the model predicts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Failed {
        count: u32,
        action: Option<RecoveryAction>,
    },
    ActionFailed(u32),
    ErrorStop,
    StartFailed,
    /// Nothing follows this exit status.
    Final,
    GaveUp(u32),
    /// X96: it waits for so many milliseconds.
    Delayed(u64),
    StartMissed,
    StillRunning,
    StartQueued,
}

pub(super) fn entry(event: &Event) -> Entry {
    match event {
        Event::RecoveryDelayed { wait_ms, .. } => Entry::Delayed(*wait_ms),
        Event::Failed {
            failure_count,
            action,
        } => Entry::Failed {
            count: *failure_count,
            action: *action,
        },
        Event::RecoveryActionFailed(_, error) => Entry::ActionFailed(error.to_raw()),
        Event::StartFailed(_) => Entry::StartFailed,
        Event::FinalStatus(_) => Entry::Final,
        Event::GaveUp { limit, .. } => Entry::GaveUp(*limit),
        Event::StoppedWithError(_) | Event::StoppedWithSpecificError(_) => Entry::ErrorStop,
        Event::StartMissed => Entry::StartMissed,
        Event::StillRunning => Entry::StillRunning,
        Event::StartQueued => Entry::StartQueued,
        other => panic!("the model knows nothing of {other:?}"),
    }
}
