//! Recovery settings: the actions after a failure, their delays, the reset period (R21 to R27, R55 to R57).
//!
//! `notation` holds the text form that `sc` uses; what an action *does* is decided in
//! `relance-policy`.

mod notation;

use std::time::Duration;

use relance_texts::{Sentence, error, shown};

use crate::error::ScmError;
use crate::win32::Win32Error;

pub use notation::{ActionList, parse_reset_period};

/// Longest list of actions (R23).
pub const ACTIONS_LEN_MAX: usize = 1024;

/// The reset period of a list that is given without one, as of PHP's `recovery_*` options (X45): a day.
pub const RESET_PERIOD_DEFAULT: ResetPeriod = ResetPeriod::Seconds(86_400);
/// Longest reboot message or recovery command, in characters (R56).
pub const TEXT_LEN_MAX: usize = 8192;

/// What happens after a failure. Numbers are Windows': RESTART is 1 and REBOOT is 2 (R27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum RecoveryActionKind {
    /// Does nothing; it still takes its place in the list, and the failure counts (R22).
    None = 0,
    /// Start the service again.
    Restart = 1,
    /// Reboot the machine (R45, R46).
    Reboot = 2,
    /// Run the recovery command; the service stays stopped unless the command starts it (R41).
    RunCommand = 3,
    /// Restart in a process of its own; here the same as [`Restart`](Self::Restart), but stored and
    /// reported as 4 (R26).
    OwnRestart = 4,
}

impl RecoveryActionKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Restart,
        Self::Reboot,
        Self::RunCommand,
        Self::OwnRestart,
    ];

    /// The kind with this number (R55).
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (87) above 4.
    pub fn from_raw(raw: u32) -> Result<Self, ScmError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.to_raw() == raw)
            .ok_or_else(|| {
                ScmError::new(
                    Win32Error::INVALID_PARAMETER,
                    error::NoActionNumber { raw: shown(raw) },
                )
            })
    }

    /// The number Windows gives the kind.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        self as u32
    }

    /// Whether this kind starts the service again.
    #[must_use]
    pub const fn restarts(self) -> bool {
        matches!(self, Self::Restart | Self::OwnRestart)
    }

    /// The label that the log's 7031 and 7032 carry (E6, R26).
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "No action",
            Self::Restart => "Restart the service",
            Self::Reboot => "Reboot the computer",
            Self::RunCommand => "Run the configured recovery program",
            Self::OwnRestart => "Restart the service in a separate process",
        }
    }
}

/// One element of the list: what to do, and how long after the failure (R24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecoveryAction {
    /// What to do.
    pub kind: RecoveryActionKind,
    delay_ms: u32,
}

impl RecoveryAction {
    /// An action after a delay of 0 to 4 294 967 295 milliseconds.
    #[must_use]
    pub const fn new(kind: RecoveryActionKind, delay_ms: u32) -> Self {
        Self { kind, delay_ms }
    }

    /// The delay, milliseconds.
    #[must_use]
    pub const fn delay_ms(self) -> u32 {
        self.delay_ms
    }

    /// The delay.
    #[must_use]
    pub fn delay(self) -> Duration {
        Duration::from_millis(self.delay_ms.into())
    }
}

/// How long without a failure until the counter starts again (R12 to R15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResetPeriod {
    /// So many seconds since the last failure. 0: at every failure (R14).
    Seconds(u32),
    /// Never, until the machine boots (R15).
    Infinite,
}

impl ResetPeriod {
    /// From the DWORD: 0xFFFFFFFF is INFINITE.
    #[must_use]
    pub const fn from_raw(raw: u32) -> Self {
        if raw == u32::MAX {
            Self::Infinite
        } else {
            Self::Seconds(raw)
        }
    }

    /// The DWORD.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Infinite => u32::MAX,
        }
    }

    /// The period; `None` when it never ends.
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        match self {
            Self::Seconds(seconds) => Some(Duration::from_secs(seconds as u64)),
            Self::Infinite => None,
        }
    }
}

impl Default for ResetPeriod {
    fn default() -> Self {
        Self::Seconds(0)
    }
}

/// `SERVICE_FAILURE_ACTIONS`: the recovery settings of a service. The default is R57's: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureActions {
    /// When the counter starts again.
    pub reset_period: ResetPeriod,
    /// Broadcast before a reboot; empty: none (R45).
    pub reboot_message: Box<str>,
    /// Run by [`RecoveryActionKind::RunCommand`]; empty: none (R43).
    pub command: Box<str>,
    /// First, second, ... failure; the last one repeats for ever (R21).
    pub actions: Box<[RecoveryAction]>,
}

impl FailureActions {
    /// The action of failure number `failure_count`, from 1; `None` when no actions are configured
    /// (R21).
    #[must_use]
    pub fn action_for(&self, failure_count: u32) -> Option<RecoveryAction> {
        let index = usize::try_from(failure_count)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        self.actions.get(index).or(self.actions.last()).copied()
    }

    /// Whether the list holds an action of this kind (R51, R52).
    #[must_use]
    pub fn has(&self, kind: RecoveryActionKind) -> bool {
        self.actions.iter().any(|action| action.kind == kind)
    }

    /// These settings with a change applied (R58 to R61). The first list of actions that comes without a reset
    /// period gets [`RESET_PERIOD_DEFAULT`].
    ///
    /// # Errors 87 for a reset period where no actions are configured: it would have no effect (R16).
    pub fn merge(&self, change: &FailureActionsChange) -> Result<Self, ScmError> {
        let mut merged = self.clone();
        if let Some(message) = &change.reboot_message {
            merged.reboot_message = message.as_str().into();
        }
        if let Some(command) = &change.command {
            merged.command = command.as_str().into();
        }
        if let Some(actions) = &change.actions {
            merged.actions = actions.as_slice().into();
        }
        let is_first_list = self.actions.is_empty() && change.actions.is_some();
        match change.reset_period {
            Some(period) => merged.reset_period = period,
            None if is_first_list => merged.reset_period = RESET_PERIOD_DEFAULT,
            None => {}
        }
        if !merged.actions.is_empty() {
            return Ok(merged);
        }
        // R61: an empty list also clears the period, whatever was sent with it.
        merged.reset_period = ResetPeriod::default();
        if change.actions.is_none() && change.reset_period.is_some() {
            return Err(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::RESET_WITHOUT_ACTIONS,
            ));
        }
        Ok(merged)
    }
}

/// `ChangeServiceConfig2` level 2: absent members stay as they are (R58 to R60).
///
/// Windows can replace list and period only together (R62). Here each can be given alone, and is
/// merged by the manager; over the real SCM, by reading the other one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureActionsChange {
    /// `Some("")` deletes the message (R58).
    pub reboot_message: Option<String>,
    /// `Some("")` deletes the command (R59).
    pub command: Option<String>,
    /// At most [`ACTIONS_LEN_MAX`]; an empty list deletes it, and the period with it (R61).
    pub actions: Option<Vec<RecoveryAction>>,
    /// When the counter starts again.
    pub reset_period: Option<ResetPeriod>,
}

impl FailureActionsChange {
    /// Checks lengths (R23, R56) and that no text holds a NUL.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (87).
    pub fn check(&self) -> Result<(), ScmError> {
        let invalid =
            |sentence: Sentence| Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence));
        if let Some(actions) = &self.actions
            && actions.len() > ACTIONS_LEN_MAX
        {
            return invalid(
                error::ActionsCount {
                    count: actions.len(),
                    most: ACTIONS_LEN_MAX,
                }
                .into(),
            );
        }
        let texts = [
            (error::WHAT_REBOOT_MESSAGE, &self.reboot_message),
            (error::WHAT_COMMAND, &self.command),
        ];
        for (what, text) in texts {
            let Some(text) = text else { continue };
            let length = text.chars().count();
            if length > TEXT_LEN_MAX {
                return invalid(
                    error::TextLength {
                        what,
                        length,
                        most: TEXT_LEN_MAX,
                    }
                    .into(),
                );
            }
            if text.contains('\0') {
                return invalid(error::NullCharacter { what }.into());
            }
        }
        Ok(())
    }

    /// Whether the new list holds an action of this kind (R51, R52).
    #[must_use]
    pub fn adds(&self, kind: impl Fn(RecoveryActionKind) -> bool) -> bool {
        self.actions
            .iter()
            .flatten()
            .any(|action| kind(action.kind))
    }
}

#[cfg(test)]
mod tests;
