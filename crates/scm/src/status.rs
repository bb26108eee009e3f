//! What a service reports about itself, and what the manager tells others about it (S10, S13, S51).

use std::fmt;
use std::time::Duration;

use crate::config::ServiceType;
use crate::control::ControlsAccepted;
use crate::signal::signal_name;
use crate::state::ServiceState;
use crate::win32::Win32Error;

/// The exit code a service ended with: a Win32 code, or a code of its own behind 1066.
///
/// A specific code beside any other Win32 code means nothing (R4) and is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ExitCode {
    /// `dwWin32ExitCode`; 0 is success.
    Win32(Win32Error),
    /// `dwWin32ExitCode` is 1066 and this is `dwServiceSpecificExitCode`.
    ServiceSpecific(u32),
}

impl ExitCode {
    /// Exit code 0.
    pub const SUCCESS: Self = Self::Win32(Win32Error::SUCCESS);
    /// 1067: the process ended without a report (R9).
    pub const PROCESS_ABORTED: Self = Self::Win32(Win32Error::PROCESS_ABORTED);
    /// 1077: never started since boot (S1).
    pub const NEVER_STARTED: Self = Self::Win32(Win32Error::SERVICE_NEVER_STARTED);

    /// From the two fields of a status structure.
    #[must_use]
    pub fn from_raw(win32: u32, specific: u32) -> Self {
        match Win32Error::from_raw(win32) {
            Win32Error::SERVICE_SPECIFIC_ERROR => Self::ServiceSpecific(specific),
            code => Self::Win32(code),
        }
    }

    /// `dwWin32ExitCode`.
    #[must_use]
    pub fn win32(self) -> Win32Error {
        match self {
            Self::Win32(code) => code,
            Self::ServiceSpecific(_) => Win32Error::SERVICE_SPECIFIC_ERROR,
        }
    }

    /// `dwServiceSpecificExitCode`; 0 unless the Win32 code is 1066.
    #[must_use]
    pub fn specific(self) -> u32 {
        match self {
            Self::Win32(_) => 0,
            Self::ServiceSpecific(code) => code,
        }
    }

    /// Whether `dwWin32ExitCode` is 0, the only success (R3, R4).
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS
    }
}

/// What the kernel saw of the end of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ProcessExit {
    /// It ended by itself with this status, 0 to 255 on Linux.
    Exited(i32),
    /// A signal ended it.
    Signaled(i32),
    /// It ended while the manager was not running, so that it is not known how.
    Unknown,
}

impl fmt::Display for ProcessExit {
    /// `exit status 3`, `signal 9 (KILL)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exit status {status}"),
            Self::Signaled(signal) => match signal_name(*signal) {
                Some(name) => write!(f, "signal {signal} ({name})"),
                None => write!(f, "signal {signal}"),
            },
            Self::Unknown => f.write_str("an end that nobody saw"),
        }
    }
}

/// One call of `SetServiceStatus`: what a service says of itself. Checked by S10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// The state it is in.
    pub state: ServiceState,
    /// The controls it takes.
    pub controls_accepted: ControlsAccepted,
    /// Its exit code; meaningful with [`ServiceState::Stopped`].
    pub exit_code: ExitCode,
    /// Progress while pending; raised by the service.
    pub checkpoint: u32,
    /// How long the next step takes at most, while pending; milliseconds on the wire.
    pub wait_hint: Duration,
}

/// A status as its seven numbers stand in `SERVICE_STATUS`, before any check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawStatusReport {
    /// `dwCurrentState`
    pub state: u32,
    /// `dwControlsAccepted`
    pub controls_accepted: u32,
    /// `dwWin32ExitCode`
    pub win32_exit_code: u32,
    /// `dwServiceSpecificExitCode`
    pub service_specific_exit_code: u32,
    /// `dwCheckPoint`
    pub checkpoint: u32,
    /// `dwWaitHint`, milliseconds
    pub wait_hint_ms: u32,
}

impl RawStatusReport {
    /// The report, or which field is impossible (S10; the service type is ignored, S12).
    ///
    /// # Errors
    /// The impossible field; the caller answers 13, and logs 7016 for a state.
    pub fn check(self) -> Result<StatusReport, ImpossibleReport> {
        Ok(StatusReport {
            state: ServiceState::from_raw(self.state).ok_or(ImpossibleReport::State(self.state))?,
            controls_accepted: ControlsAccepted::from_raw(self.controls_accepted)
                .ok_or(ImpossibleReport::ControlsAccepted(self.controls_accepted))?,
            exit_code: ExitCode::from_raw(self.win32_exit_code, self.service_specific_exit_code),
            checkpoint: self.checkpoint,
            wait_hint: Duration::from_millis(self.wait_hint_ms.into()),
        })
    }
}

impl From<StatusReport> for RawStatusReport {
    fn from(report: StatusReport) -> Self {
        Self {
            state: report.state.to_raw(),
            controls_accepted: report.controls_accepted.to_raw(),
            win32_exit_code: report.exit_code.win32().to_raw(),
            service_specific_exit_code: report.exit_code.specific(),
            checkpoint: report.checkpoint,
            wait_hint_ms: u32::try_from(report.wait_hint.as_millis()).unwrap_or(u32::MAX),
        }
    }
}

/// Why a report is refused with 13 (S10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpossibleReport {
    /// The state is not 1 to 7; also logged as 7016.
    State(u32),
    /// A bit that Windows does not define is set.
    ControlsAccepted(u32),
}

/// The status of a service as anybody may query it (S51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceStatus {
    /// The *registered* type, whatever the service reports (S12).
    pub service_type: ServiceType,
    /// The state on record.
    pub state: ServiceState,
    /// The controls it takes now.
    pub controls_accepted: ControlsAccepted,
    /// The exit code on record.
    pub exit_code: ExitCode,
    /// 0 outside the pending states (S13).
    pub checkpoint: u32,
    /// 0 outside the pending states (S13).
    pub wait_hint: Duration,
    /// 0 when stopped.
    pub process_id: u32,
    /// `dwServiceFlags`; 1 for a service inside a system process, which the embedded manager never
    /// has.
    pub service_flags: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_a_specific_code_means_something_only_behind_1066() {
        assert_eq!(ExitCode::from_raw(1066, 5), ExitCode::ServiceSpecific(5));
        assert_eq!(ExitCode::from_raw(0, 5), ExitCode::SUCCESS);
        assert!(
            !ExitCode::from_raw(1066, 0).is_success(),
            "R4: 1066 with 0 still counts"
        );
        assert_eq!(ExitCode::ServiceSpecific(7).specific(), 7);
        assert_eq!(ExitCode::ServiceSpecific(7).win32().to_raw(), 1066);
    }

    #[test]
    fn signals_have_names() {
        assert_eq!(ProcessExit::Signaled(9).to_string(), "signal 9 (KILL)");
        assert_eq!(ProcessExit::Signaled(40).to_string(), "signal 40");
    }

    #[test]
    fn s10_impossible_states_and_accept_bits_are_found() {
        let good = RawStatusReport {
            state: 4,
            controls_accepted: 0x7FF,
            ..Default::default()
        };
        assert_eq!(good.check().map(RawStatusReport::from), Ok(good));
        for state in [0, 8, 120] {
            let report = RawStatusReport { state, ..good };
            assert_eq!(report.check(), Err(ImpossibleReport::State(state)));
        }
        let report = RawStatusReport {
            controls_accepted: 0x1000,
            ..good
        };
        assert_eq!(
            report.check(),
            Err(ImpossibleReport::ControlsAccepted(0x1000))
        );
    }
}
