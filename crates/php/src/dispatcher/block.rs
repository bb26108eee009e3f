//! The status that a service says of itself, as it stands in memory (0.1).
//!
//! Wait hint and exit fields are 0 but at the end of a request (B18); the checkpoint is 0 outside the
//! pending states (B6). The service type 0x30 that upstream keeps here reaches nobody (B9, S12).

use relance_scm::status::RawStatusReport;
use relance_scm::{ScmError, ServiceState, Win32Error};

use super::Farewell;

/// All eleven `WIN32_SERVICE_ACCEPT_*` bits (B10).
pub(super) const CONTROLS_ACCEPTED: u32 = 0x7FF;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatusBlock(RawStatusReport);

impl StatusBlock {
    /// All zero but the accepted controls.
    pub(super) const fn new(controls_accepted: u32) -> Self {
        Self(RawStatusReport {
            state: 0,
            controls_accepted,
            win32_exit_code: 0,
            service_specific_exit_code: 0,
            checkpoint: 0,
            wait_hint_ms: 0,
        })
    }

    pub(super) fn report(&self) -> RawStatusReport {
        self.0
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.0.state == ServiceState::Stopped.to_raw()
    }

    pub(super) fn controls_accepted(&self) -> u32 {
        self.0.controls_accepted
    }

    pub(super) fn accept(&mut self, controls: u32) {
        self.0.controls_accepted = controls;
    }

    pub(super) fn start_pending(&mut self) {
        self.0.state = ServiceState::StartPending.to_raw();
    }

    pub(super) fn stop_pending(&mut self) {
        self.0.state = ServiceState::StopPending.to_raw();
    }

    /// The block with what the script says, all 64 bits looked at (B61).
    pub(super) fn with_status(self, status: i64, checkpoint: i64) -> Result<Self, ScmError> {
        let state = u32::try_from(status)
            .ok()
            .and_then(ServiceState::from_raw)
            .ok_or_else(invalid_data)?;
        let checkpoint = if state.is_pending() {
            u32::try_from(checkpoint).map_err(|_| invalid_data())?
        } else {
            0
        };
        Ok(Self(RawStatusReport {
            state: state.to_raw(),
            checkpoint,
            ..self.0
        }))
    }

    /// STOPPED, with the exit fields of the farewell.
    pub(super) fn stop(&mut self, farewell: Farewell) {
        self.0.state = ServiceState::Stopped.to_raw();
        self.0.checkpoint = 0;
        if let Farewell::Error { exit_code } = farewell {
            self.0.win32_exit_code = Win32Error::SERVICE_SPECIFIC_ERROR.to_raw();
            self.0.service_specific_exit_code = low_32_bits(exit_code);
        }
    }
}

fn invalid_data() -> ScmError {
    Win32Error::INVALID_DATA.into()
}

/// B19: -1 shows as 4294967295.
fn low_32_bits(number: i64) -> u32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
