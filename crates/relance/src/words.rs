//! The short words of the manager, in the reader's language: why a service was started, how it ended, what
//! follows. `--json` keeps them as they come.

use std::time::Duration;

use relance_scm::failure_actions::RecoveryAction;
use relance_scm::manager::EndInfo;
use relance_texts::{Message, Text, Value, status};

use crate::lang::say;
use crate::text::moment;

/// Why it was started.
pub(crate) fn cause(cause: &str) -> Value {
    let words = match cause {
        "demand" => status::CAUSE_DEMAND,
        "auto" => status::CAUSE_AUTO,
        "dependency" => status::CAUSE_DEPENDENCY,
        "recovery" => status::CAUSE_RECOVERY,
        "recycle" => status::CAUSE_RECYCLE,
        "restart" => status::CAUSE_RESTART,
        // Of another version.
        other => return other.into(),
    };
    words.into()
}

/// How it ended.
pub(crate) fn summary(summary: &str) -> Value {
    let words = match summary {
        "crashed" => status::SUMMARY_CRASHED,
        "stopped" => status::SUMMARY_STOPPED,
        "stopped with an error" => status::SUMMARY_ERROR,
        "start failed" => status::SUMMARY_START_FAILED,
        "killed" => status::SUMMARY_KILLED,
        "terminated" => status::SUMMARY_TERMINATED,
        "recycled" => status::SUMMARY_RECYCLED,
        "stopped for good" => status::SUMMARY_FOR_GOOD,
        "went into the background" => status::SUMMARY_BACKGROUND,
        "shut down" => status::SUMMARY_SHUT_DOWN,
        other => return other.into(),
    };
    words.into()
}

/// How it ended, when, and how its process did.
pub(crate) fn end(end: &EndInfo) -> String {
    let (summary, time) = (summary(end.summary), moment(end.at));
    match end.exit {
        Some(exit) => say(status::EndExit {
            summary,
            time,
            exit,
        }),
        None => say(status::End { summary, time }),
    }
}

/// `restart after 60 s`, with the word of options and files.
pub(crate) fn action(action: RecoveryAction) -> Text {
    let (word, time) = (action.kind.word(), action.delay());
    if time.is_zero() {
        relance_texts::doctor::Run { command: word }.text()
    } else {
        status::ActionAfter { action: word, time }.text()
    }
}

/// The same where up to so much is added to the delay of a restart (X81).
pub(crate) fn action_with_jitter(action: RecoveryAction, jitter: Duration) -> Text {
    if jitter.is_zero() || !action.kind.restarts() {
        return self::action(action);
    }
    let (word, least) = (action.kind.word(), action.delay());
    let more = jitter;
    status::ActionBetween {
        action: word,
        least,
        more,
    }
    .text()
}
