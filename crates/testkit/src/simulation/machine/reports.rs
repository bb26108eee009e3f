//! Status reports that tests send.

use relance_scm::status::RawStatusReport;
use relance_scm::{ExitCode, ServiceState};

/// A report of RUNNING that accepts everything a test sends.
#[must_use]
pub fn running() -> RawStatusReport {
    RawStatusReport {
        state: ServiceState::Running.to_raw(),
        // STOP, PAUSE_CONTINUE, PARAMCHANGE.
        controls_accepted: 0x1 | 0x2 | 0x8,
        ..RawStatusReport::default()
    }
}

/// A report of PAUSED.
#[must_use]
pub fn paused() -> RawStatusReport {
    RawStatusReport {
        state: ServiceState::Paused.to_raw(),
        ..running()
    }
}

/// A report of STOPPED.
#[must_use]
pub fn stopped(exit_code: ExitCode) -> RawStatusReport {
    RawStatusReport {
        state: ServiceState::Stopped.to_raw(),
        win32_exit_code: exit_code.win32().to_raw(),
        service_specific_exit_code: exit_code.specific(),
        ..RawStatusReport::default()
    }
}

/// A report of a pending state.
#[must_use]
pub fn pending(state: ServiceState, checkpoint: u32) -> RawStatusReport {
    RawStatusReport {
        state: state.to_raw(),
        checkpoint,
        wait_hint_ms: 5000,
        ..RawStatusReport::default()
    }
}
