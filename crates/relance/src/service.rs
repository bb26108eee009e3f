//! Being a service of Windows: what `relance host` and the console have in common.

use std::time::Duration;

use relance_client::hosted::{self, Hosted, Welcomed};
use relance_scm::status::{RawStatusReport, StatusReport};
use relance_scm::{Control, ControlsAccepted, ExitCode, ScmError, ServiceState, Win32Error};

/// `ERROR_CALL_NOT_IMPLEMENTED`: the answer to controls that are not taken.
const NOT_TAKEN: u32 = 120;

/// What is promised for going on.
const CONTINUES_WITHIN: Duration = Duration::from_secs(10);

/// Connects to the service control manager that started this process; `stop` is called when it wants
/// the service to end, `go_on` when it is to continue and is paused.
///
/// # Errors
/// 1063 when no manager did: then `who` says what does.
pub(crate) fn connect(
    who: &str,
    stop: impl Fn() + Send + 'static,
    go_on: impl Fn() + Send + 'static,
) -> Result<(Hosted, Welcomed), ScmError> {
    hosted::connect(
        hosted::CONNECT_TIMEOUT,
        move |code, reporter| match Control::from_raw(code) {
            Some(Control::Stop | Control::Shutdown | Control::Preshutdown) => {
                stop();
                0
            }
            Some(Control::Continue) => {
                // Before the answer, so that who asked tells a pause that is still to end from the next one.
                let pending = ServiceState::ContinuePending;
                reporter.report(report(pending, ExitCode::SUCCESS, CONTINUES_WITHIN));
                go_on();
                0
            }
            Some(Control::Interrogate) => 0,
            _ => NOT_TAKEN,
        },
    )
    .map_err(|error| match error.code() {
        code @ Win32Error::FAILED_SERVICE_CONTROLLER_CONNECT => {
            ScmError::new(code, relance_texts::command::StartedByWindows { who })
        }
        _ => error,
    })
}

/// A status, for the manager.
pub(crate) fn report(
    state: ServiceState,
    exit_code: ExitCode,
    wait_hint: Duration,
) -> RawStatusReport {
    let controls_accepted = match state {
        ServiceState::Running => ControlsAccepted::STOP.union(ControlsAccepted::SHUTDOWN),
        ServiceState::Paused => ControlsAccepted::STOP
            .union(ControlsAccepted::SHUTDOWN)
            .union(ControlsAccepted::PAUSE_CONTINUE),
        _ => ControlsAccepted::NONE,
    };
    StatusReport {
        state,
        controls_accepted,
        exit_code,
        checkpoint: 0,
        wait_hint,
    }
    .into()
}
