//! Programs that are stopped by a command (X25): it is run instead of the stop signal, which follows where
//! the command fails or takes longer than half of the stop grace. The kill at the end of the grace is that of
//! `stopping`.

use std::time::Duration;

use relance_scm::event::Event;

use crate::action::{Action, Answer};
use crate::draft::Draft;
use crate::record::RunId;

/// Runs the command.
pub(crate) fn begin(draft: &mut Draft, id: RunId, grace: Duration) {
    let until = draft.now + grace / 2;
    if let Some(run) = draft.run(id) {
        run.stop_command_until = Some(until);
        draft.act(Action::RunStopCommand(id));
    }
}

/// The previous engine may have ended before the host got this. The host runs it only once.
pub(crate) fn repeat(draft: &mut Draft, id: RunId) {
    if draft
        .run(id)
        .is_some_and(|run| run.stop_command_until.is_some())
    {
        draft.act(Action::RunStopCommand(id));
    }
}

/// It has ended. If it succeeded, it has asked the program to stop, and the program has the rest of
/// its grace.
pub(crate) fn ended(draft: &mut Draft, id: RunId, problem: Option<Box<str>>) -> Answer {
    let Some(run) = draft.run(id) else {
        return Answer::Stale;
    };
    if run.stop_command_until.take().is_none() {
        return Answer::Stale;
    }
    if let Some(problem) = problem {
        draft.log(Event::StopCommandFailed(problem));
        draft.act(Action::SignalStop(id));
    }
    Answer::Accepted
}

/// It has not ended in its time.
pub(crate) fn overdue(draft: &mut Draft, id: RunId) -> Answer {
    let problem = "it did not end within half of the stop grace";
    ended(draft, id, Some(problem.into()))
}
