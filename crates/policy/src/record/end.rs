//! How a run ended: the kinds of end, each with its rule, and what is kept of one for people who ask.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::ceiling::Ceiling;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, ExitCode, ServiceState, Win32Error};
use relance_texts::{Sentence, Text};

use super::{RunId, ServiceRecord, StopCause};
use crate::time::Time;

/// Whether, by its cause, probes have shown that a run hangs, and not its own signs.
pub(crate) fn is_of_probes(cause: &str) -> bool {
    let cause = Sentence::recognised(cause, &["cause"]);
    let id = cause.text().map(Text::id);
    !matches!(id, Some("cause-said-so" | "cause-no-heartbeat"))
}

/// How the last run ended, for people who ask why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct End {
    /// Which run.
    pub run: RunId,
    /// When.
    pub at: Time,
    /// The kind of end, with the rule that decided whether it counted.
    pub reason: EndReason,
    /// The state on record just before.
    pub from: ServiceState,
    /// Whether a stop had been asked for.
    pub stop: Option<StopCause>,
    /// What the kernel saw; `None` while the process still runs, or if the end was not seen.
    pub exit: Option<ProcessExit>,
    /// The cause, as the service reported it before.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub cause: Option<Arc<EndCause>>,
    /// How long its process had lived.
    #[cfg_attr(feature = "serde", serde(default))]
    pub lived: Option<Duration>,
    /// The time it was given before it was killed.
    #[cfg_attr(feature = "serde", serde(default))]
    pub killed_after: Option<Duration>,
    /// The soft ceiling for which it was asked to stop (X55).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub ceiling: Option<Ceiling>,
    /// The exit code put on record.
    pub exit_code: ExitCode,
    /// The counter if this end was counted.
    pub failure: Option<u32>,
    /// The action that was chosen then.
    pub action: Option<RecoveryAction>,
    /// The rule by cause that has chosen it (X84), and the number of the failures that it has decided.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub rule: Option<(Box<str>, u32)>,
    /// It was not counted, because this was down, which the service needs (X70).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub needed: Option<Box<str>>,
    /// It was told to stop because this, which it needs, had failed (X71).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub with_needed: Option<Box<str>>,
    /// Its start failed because it waited in vain for this, which it needs, to say that it runs (X114).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub waited_for: Option<Box<str>>,
}

/// The kinds of end, each with its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum EndReason {
    /// R1: the process ended without a STOPPED report; counted.
    Crashed,
    /// R8.4: STOPPED with exit code 0.
    Stopped,
    /// R3: STOPPED with an error, and the flag is set; counted.
    StoppedWithError,
    /// R8.5: STOPPED with an error, but the flag is not set.
    FlagNotSet,
    /// R5: STOPPED with an error and the flag is set, but no actions are configured.
    NoActions,
    /// A program that was asked to stop ended with an error status.
    RequestedStopWithError,
    /// R8.8, R8.9: the start itself failed; counted if the service wants it so (X14).
    StartFailed(Win32Error),
    /// X16: it did not come to RUNNING within its deadline, and was killed; counted.
    StartOverdue,
    /// X16: it was asked to stop, did not end within its deadline, and was killed.
    StopOverdue,
    /// Ended by force because somebody asked.
    Terminated,
    /// X2: the status asked for a new start.
    Recycled(u8),
    /// X11: it asked for one, after too many others; counted.
    RecycledTooOften(u8),
    /// X12: a status after which nothing follows.
    Final(u8),
    /// X13: a program's status is not one of those that are failures.
    NotListed,
    /// R8.12: during the system's shutdown.
    Shutdown,
}

impl EndReason {
    /// Whether the run ended badly and nobody had asked it to end.
    #[must_use]
    pub fn is_bad(self) -> bool {
        match self {
            Self::Crashed
            | Self::StoppedWithError
            | Self::FlagNotSet
            | Self::NoActions
            | Self::RecycledTooOften(_)
            | Self::StartOverdue
            | Self::StartFailed(_) => true,
            Self::Final(status) => status != 0,
            Self::Stopped
            | Self::NotListed
            | Self::RequestedStopWithError
            | Self::StopOverdue
            | Self::Terminated
            | Self::Recycled(_)
            | Self::Shutdown => false,
        }
    }
}

impl ServiceRecord {
    /// Whether the service has failed and nothing will start it again by itself: it is stopped, nobody
    /// had asked for its end, and no action is pending (X33).
    #[must_use]
    pub fn is_down_for_good(&self) -> bool {
        let end = self.last_end.as_ref();
        let is_bad = end.is_some_and(|end| end.reason.is_bad());
        let waits =
            self.restart.is_some() || !self.pending_actions.is_empty() || self.held().is_some();
        is_bad && self.run.is_none() && !waits
    }
}
