//! Who asked for the last start, the last stop and the deletion of a service (X67). No decision depends on it. It
//! stays on record until the service has entered the state, which may be long after the request.

use std::sync::Arc;

use relance_scm::Control;
use relance_scm::event_log::Author;

use crate::action::Answer;
use crate::draft::Draft;
use crate::input::Input;
use crate::record::{Asked, Run, ServiceRecord, StartCause};

/// What a request is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Start,
    Stop,
    Restart,
    Delete,
    Other,
}

impl Purpose {
    pub(crate) fn of(input: &Input) -> Self {
        if matches!(input, Input::StartRequested { .. }) {
            Self::Start
        } else if matches!(input, Input::RestartRequested { .. }) {
            Self::Restart
        } else if matches!(input, Input::DeleteRequested) {
            Self::Delete
        } else if is_stop(input) {
            Self::Stop
        } else {
            Self::Other
        }
    }
}

fn is_stop(input: &Input) -> bool {
    matches!(
        input,
        Input::TerminateRequested
            | Input::ControlRequested {
                control: Control::Stop,
                ..
            }
    )
}

/// Keeps who asked, after a step.
pub(crate) fn note(
    draft: &mut Draft,
    before: &ServiceRecord,
    purpose: Purpose,
    answer: Answer,
    caller: Option<&Arc<Author>>,
) {
    let record = &mut draft.record;
    if matches!(answer, Answer::Denied(_)) || (caller.is_none() && record.asked.is_none()) {
        return;
    }
    let mut asked = record.asked.as_deref().cloned().unwrap_or_default();
    let run_before = before.run.as_ref().map(|run| run.id);
    let run = record.run.as_deref();
    let new_run = run.filter(|run: &&Run| Some(run.id) != run_before);
    let restart_begins = record.restart.is_some() && before.restart.is_none();
    match purpose {
        Purpose::Restart => {
            asked.start = caller.cloned();
            asked.stop = caller.cloned();
        }
        Purpose::Stop => asked.stop = caller.cloned(),
        Purpose::Delete => asked.delete = caller.cloned(),
        Purpose::Start => asked.start = caller.cloned(),
        // A restart or a start that nobody asked for.
        Purpose::Other if restart_begins => asked.nobody(),
        Purpose::Other if new_run.is_some_and(|run| run.cause != StartCause::Restart) => {
            asked.nobody();
        }
        Purpose::Other => return,
    }
    if record.asked.as_deref() != Some(&asked) {
        record.asked = (asked != Asked::default()).then(|| Arc::new(asked));
    }
}
