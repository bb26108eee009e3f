//! Controls and the bits by which a service says which of them it takes (S20 to S23).

use std::fmt;

use relance_texts::{error, shown};

use crate::error::ScmError;
use crate::rights::AccessRights;
use crate::state::ServiceState;
use crate::win32::Win32Error;

/// A request sent to a running service. Numbers are Windows' control codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Control {
    /// 1: stop.
    Stop,
    /// 2: pause.
    Pause,
    /// 3: go on after a pause.
    Continue,
    /// 4: report the current status again.
    Interrogate,
    /// 5: the system is shutting down; sent by the manager only.
    Shutdown,
    /// 6: read start-up parameters again.
    ParamChange,
    /// 7 to 10: a network binding was added, removed, enabled or disabled (deprecated by Windows).
    NetBind(NetBindChange),
    /// 15: first notice of a shutdown, before [`Control::Shutdown`]; sent by the manager only.
    Preshutdown,
    /// 128 to 255: meaning defined by the service.
    User(UserControl),
}

/// Which network-binding control (codes 7 to 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum NetBindChange {
    /// 7
    Add,
    /// 8
    Remove,
    /// 9
    Enable,
    /// 10
    Disable,
}

/// A control code that a service defines itself: 128 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UserControl(u8);

impl UserControl {
    /// `None` unless `code` is 128 to 255.
    #[must_use]
    pub fn new(code: u32) -> Option<Self> {
        u8::try_from(code)
            .ok()
            .filter(|code| *code >= 128)
            .map(Self)
    }

    /// The code, 128 to 255.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }
}

impl Control {
    /// The control with this code, if a caller may send it (S20).
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (87) for reserved and unlisted codes and for those that only the
    /// system sends (5, 11 to 16, 32, 64).
    pub fn from_sendable(code: u32) -> Result<Self, ScmError> {
        match Self::from_raw(code) {
            Some(control) if control.right().is_some() => Ok(control),
            Some(_) | None => Err(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                error::ControlNotSendable { code: shown(code) },
            )),
        }
    }

    /// The control with this name, as the log has it (`paramchange`), if a caller may send it.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let mut known = (1..=10).filter_map(|code| Self::from_sendable(code).ok());
        known.find(|control| control.to_string().eq_ignore_ascii_case(word))
    }

    /// The state that a service is in when it has done what the control asks; `None` for controls that change none.
    #[must_use]
    pub fn leads_to(self) -> Option<ServiceState> {
        match self {
            Self::Stop | Self::Shutdown | Self::Preshutdown => Some(ServiceState::Stopped),
            Self::Pause => Some(ServiceState::Paused),
            Self::Continue => Some(ServiceState::Running),
            Self::Interrogate | Self::ParamChange | Self::NetBind(_) | Self::User(_) => None,
        }
    }

    /// The control with this code, system controls included; `None` for a code that the embedded
    /// manager never sends.
    #[must_use]
    pub fn from_raw(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::Stop),
            2 => Some(Self::Pause),
            3 => Some(Self::Continue),
            4 => Some(Self::Interrogate),
            5 => Some(Self::Shutdown),
            6 => Some(Self::ParamChange),
            7 => Some(Self::NetBind(NetBindChange::Add)),
            8 => Some(Self::NetBind(NetBindChange::Remove)),
            9 => Some(Self::NetBind(NetBindChange::Enable)),
            10 => Some(Self::NetBind(NetBindChange::Disable)),
            15 => Some(Self::Preshutdown),
            other => UserControl::new(other).map(Self::User),
        }
    }

    /// Windows' code of the control.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        match self {
            Self::Stop => 1,
            Self::Pause => 2,
            Self::Continue => 3,
            Self::Interrogate => 4,
            Self::Shutdown => 5,
            Self::ParamChange => 6,
            Self::NetBind(NetBindChange::Add) => 7,
            Self::NetBind(NetBindChange::Remove) => 8,
            Self::NetBind(NetBindChange::Enable) => 9,
            Self::NetBind(NetBindChange::Disable) => 10,
            Self::Preshutdown => 15,
            Self::User(user) => user.0 as u32,
        }
    }

    /// The bit a service must have reported to be sent this control; none for INTERROGATE and
    /// custom controls (S21).
    #[must_use]
    pub const fn accept_bit(self) -> ControlsAccepted {
        match self {
            Self::Stop => ControlsAccepted::STOP,
            Self::Pause | Self::Continue => ControlsAccepted::PAUSE_CONTINUE,
            Self::Shutdown => ControlsAccepted::SHUTDOWN,
            Self::ParamChange => ControlsAccepted::PARAM_CHANGE,
            Self::NetBind(_) => ControlsAccepted::NET_BIND_CHANGE,
            Self::Preshutdown => ControlsAccepted::PRESHUTDOWN,
            Self::Interrogate | Self::User(_) => ControlsAccepted::NONE,
        }
    }

    /// The right a caller needs to send it; `None` when only the manager sends it (S20).
    #[must_use]
    pub const fn right(self) -> Option<AccessRights> {
        match self {
            Self::Stop => Some(AccessRights::STOP),
            Self::Pause | Self::Continue | Self::ParamChange | Self::NetBind(_) => {
                Some(AccessRights::PAUSE_CONTINUE)
            }
            Self::Interrogate => Some(AccessRights::INTERROGATE),
            Self::User(_) => Some(AccessRights::USER_DEFINED_CONTROL),
            Self::Shutdown | Self::Preshutdown => None,
        }
    }
}

impl fmt::Display for Control {
    /// The word the log's 7035 uses: `stop`, `pause`, `custom 200`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Continue => "continue",
            Self::Interrogate => "interrogate",
            Self::Shutdown => "shutdown",
            Self::ParamChange => "paramchange",
            Self::NetBind(NetBindChange::Add) => "netbindadd",
            Self::NetBind(NetBindChange::Remove) => "netbindremove",
            Self::NetBind(NetBindChange::Enable) => "netbindenable",
            Self::NetBind(NetBindChange::Disable) => "netbinddisable",
            Self::Preshutdown => "preshutdown",
            Self::User(user) => return write!(f, "custom {}", user.0),
        })
    }
}

/// The controls a service says it takes, as a bit mask.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ControlsAccepted(u32);

impl ControlsAccepted {
    /// No control at all (INTERROGATE and custom controls need no bit).
    pub const NONE: Self = Self(0);
    /// STOP.
    pub const STOP: Self = Self(0x1);
    /// PAUSE and CONTINUE.
    pub const PAUSE_CONTINUE: Self = Self(0x2);
    /// SHUTDOWN.
    pub const SHUTDOWN: Self = Self(0x4);
    /// PARAMCHANGE.
    pub const PARAM_CHANGE: Self = Self(0x8);
    /// NETBINDADD, REMOVE, ENABLE and DISABLE.
    pub const NET_BIND_CHANGE: Self = Self(0x10);
    /// PRESHUTDOWN.
    pub const PRESHUTDOWN: Self = Self(0x100);
    /// Every bit Windows defines: 0x1 to 0x400 and 0x800 (S10).
    pub const ALL_KNOWN: Self = Self(0xFFF);

    /// A mask from its number; `None` if it has a bit that Windows does not define (S10).
    #[must_use]
    pub const fn from_raw(raw: u32) -> Option<Self> {
        if raw & !Self::ALL_KNOWN.0 == 0 {
            Some(Self(raw))
        } else {
            None
        }
    }

    /// A mask as a manager has it on record, whatever its bits: Windows adds some from release to
    /// release.
    #[must_use]
    pub const fn from_stored(raw: u32) -> Self {
        Self(raw)
    }

    /// The number of the mask.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        self.0
    }

    /// Whether every bit of `other` is set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both masks together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for ControlsAccepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s20_controls_that_may_be_sent_have_names() {
        assert_eq!(Control::named("Stop"), Some(Control::Stop));
        assert_eq!(Control::named("paramchange"), Some(Control::ParamChange));
        for word in ["shutdown", "preshutdown", "custom 200", "6", "HUP", ""] {
            assert_eq!(Control::named(word), None, "{word}");
        }
    }

    #[test]
    fn s20_reserved_and_system_codes_cannot_be_sent() {
        for code in (0..=300).chain([u32::MAX, 0x180]) {
            let sendable = matches!(code, 1..=4 | 6..=10 | 128..=255);
            assert_eq!(
                Control::from_sendable(code).is_ok(),
                sendable,
                "control {code}"
            );
        }
        assert_eq!(
            Control::from_sendable(5).unwrap_err().code(),
            Win32Error::INVALID_PARAMETER
        );
    }

    #[test]
    fn codes_read_back() {
        for code in 0..=300 {
            if let Some(control) = Control::from_raw(code) {
                assert_eq!(control.to_raw(), code);
            }
        }
    }

    #[test]
    fn s21_interrogate_and_custom_controls_need_no_accept_bit() {
        let custom = Control::from_raw(200).unwrap();
        assert_eq!(custom.accept_bit(), ControlsAccepted::NONE);
        assert_eq!(Control::Interrogate.accept_bit(), ControlsAccepted::NONE);
        assert_eq!(Control::Stop.accept_bit().to_raw(), 1);
    }

    #[test]
    fn s10_unknown_accept_bits_are_refused() {
        assert!(ControlsAccepted::from_raw(0x7FF).is_some());
        assert!(ControlsAccepted::from_raw(0x1000).is_none());
    }
}
