//! The service of the scenarios: does what its orders say.

use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::thread;

use relance_client::hosted;
use relance_scm::status::RawStatusReport;
use relance_scm::{Control, ServiceState};
use relance_windows::process::die;

use crate::orders::{DO_IT, End, Orders, Start};

/// STOP, PAUSE_CONTINUE.
const ACCEPTED: u32 = 3;

pub(crate) fn run(path: &Path) -> ExitCode {
    let Some(orders) = Orders::read(path) else {
        eprintln!("error: {} holds no orders", path.display());
        return ExitCode::FAILURE;
    };
    match orders.start {
        Start::Runs => {}
        Start::NeverConnects => loop {
            // Until the manager, or anyone who cleans up, ends this process.
            thread::park();
        },
        Start::ExitsEarly => return ExitCode::FAILURE,
    }
    let (controls, received) = channel();
    let connected = hosted::connect(hosted::CONNECT_TIMEOUT, move |code, _| {
        // If nobody receives, the puppet is ending already.
        let _ = controls.send(code);
        0
    });
    let (service, _) = match connected {
        Ok(connected) => connected,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let report = |state: ServiceState, win32_exit_code, service_specific_exit_code| {
        let _ = service.report(RawStatusReport {
            state: state.to_raw(),
            controls_accepted: if state == ServiceState::Stopped {
                0
            } else {
                ACCEPTED
            },
            win32_exit_code,
            service_specific_exit_code,
            ..RawStatusReport::default()
        });
    };
    report(ServiceState::Running, 0, 0);
    let end = loop {
        let Ok(code) = received.recv() else {
            return ExitCode::FAILURE;
        };
        let orders = Orders::read(path).unwrap_or_default();
        match (Control::from_raw(code), code) {
            (Some(Control::Stop), _) => {
                report(ServiceState::StopPending, 0, 0);
                break orders.in_stop;
            }
            (Some(Control::Pause), _) => report(ServiceState::Paused, 0, 0),
            (Some(Control::Continue), _) => report(ServiceState::Running, 0, 0),
            (_, DO_IT) => break orders.now,
            _ => {}
        }
    };
    match end {
        End::Exit(code) => die(code.cast_unsigned()),
        End::Stopped(win32, specific) => {
            report(ServiceState::Stopped, win32, specific);
            service.close(hosted::CONNECT_TIMEOUT);
            ExitCode::SUCCESS
        }
    }
}
