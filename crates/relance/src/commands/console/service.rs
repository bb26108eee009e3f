//! The console as a service of Windows: made, run and taken away.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use relance_client::hosted;
use relance_scm::config::{Secret, StartType};
use relance_scm::manager::NewService;
use relance_scm::{
    ExitCode, FailureActions, RecoveryAction, RecoveryActionKind, ResetPeriod, ScmError,
    ServiceConfig, ServiceState, Win32Error, command_line,
};
use relance_windows::{WindowsManager, WindowsSettings};

use super::Place;
use crate::cli::{CommandResult, Common, Manager, name};
use crate::commands::start::{self, Waits};
use crate::console_address::ConsoleAddress;
use crate::service::{connect, report};
use crate::waiting::Patience;

/// How long starting and stopping it may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What its process keeps of the privileges of LocalSystem: crossing folders, which everybody has, and
/// the one that setting a reboot as a recovery action asks for (R52).
const PRIVILEGES: [&str; 2] = ["SeChangeNotifyPrivilege", "SeShutdownPrivilege"];

/// Makes the service and starts it.
pub(super) fn install(
    common: &Common,
    place: &Place,
    listen: &str,
    names: &[String],
) -> CommandResult {
    let address = ConsoleAddress::parse(listen, names.to_vec())?;
    let service = name(&place.service)?;
    let manager = common.manager()?;
    let new = NewService {
        config: config(place, &address)?,
        password: Secret::default(),
    };
    manager.ask(|scm, caller, reply| scm.create_service(caller, new, reply))?;
    if let Err(failure) = complete(&manager, place) {
        // All or nothing, as far as possible: removing the service may fail too.
        let _ = manager.ask(|scm, caller, reply| scm.delete_service(caller, &service, reply));
        return Err(failure);
    }
    println!("The console runs as the service {service}; relance console prints a link to it.");
    Ok(())
}

fn complete(manager: &Manager, place: &Place) -> CommandResult {
    let service = name(&place.service)?;
    let settings = WindowsSettings {
        required_privileges: PRIVILEGES.map(str::to_owned).into(),
        ..WindowsSettings::default()
    };
    match WindowsManager::connect("")?.change_settings(&service, &settings) {
        // A manager that cannot take privileges away leaves the console with all of them.
        Err(error) if error.code() == Win32Error::INVALID_LEVEL => {
            eprintln!("warning: this manager does not restrict privileges ({error})");
        }
        changed => changed?,
    }
    start::start(manager, &service, Vec::new(), Some(Waits::with(PATIENCE)))
}

fn config(place: &Place, address: &ConsoleAddress) -> Result<ServiceConfig, ScmError> {
    let program = std::env::current_exe()
        .ok()
        .and_then(|path| path.into_os_string().into_string().ok())
        .ok_or(Win32Error::NO_UNICODE_TRANSLATION)?;
    let listen = address.socket.to_string();
    let mut words = vec![
        program,
        "console".to_owned(),
        "serve".to_owned(),
        "--listen".to_owned(),
        listen,
    ];
    for name in &address.names {
        words.extend(["--name".to_owned(), name.clone()]);
    }
    let restart = |delay_ms| RecoveryAction::new(RecoveryActionKind::Restart, delay_ms);
    let service = name(&place.service)?;
    Ok(ServiceConfig {
        display_name: format!("Relance console ({service})").into(),
        description: "Services, their recovery and the event log in a browser.".into(),
        start_type: StartType::Auto,
        failure_actions: FailureActions {
            reset_period: ResetPeriod::Seconds(3600),
            actions: [restart(1000), restart(10_000), restart(60_000)].into(),
            ..FailureActions::default()
        },
        ..ServiceConfig::new(service, command_line::join(&words))
    })
}

/// Stops the service and deletes it, with its sessions.
pub(super) fn uninstall(common: &Common, place: &Place) -> CommandResult {
    let service = name(&place.service)?;
    let manager = common.manager()?;
    let status = manager.ask(|scm, caller, reply| scm.query_status(caller, &service, reply))?;
    if status.state != ServiceState::Stopped {
        crate::commands::stop::stop(&manager, &service, Some(Patience::Given(PATIENCE)))?;
    }
    manager.ask(|scm, caller, reply| scm.delete_service(caller, &service, reply))
}

/// Runs as the service until it has to stop.
pub(super) fn serve(listen: &str, names: &[String]) -> CommandResult {
    let address = ConsoleAddress::parse(listen, names.to_vec())?;
    let (end, ended) = channel();
    let stop = end.clone();
    let stop = move || {
        // Once the console ends, the receiver is gone.
        let _ = stop.send(ExitCode::SUCCESS);
    };
    let (service, welcomed) = connect("relance console install", stop, || ())?;
    let exit_code = match begin(&welcomed.service_name, address, end) {
        Ok(()) => {
            let running = report(ServiceState::Running, ExitCode::SUCCESS, Duration::ZERO);
            service.report(running)?;
            ended.recv().unwrap_or(ExitCode::SUCCESS)
        }
        Err(error) => ExitCode::Win32(error.code()),
    };
    // Requests that are under way end with this process.
    service.report(report(ServiceState::Stopped, exit_code, Duration::ZERO))?;
    service.close(hosted::CONNECT_TIMEOUT);
    Ok(())
}

/// Serves browsers on a thread of its own, which says when it cannot go on.
fn begin(service: &str, address: ConsoleAddress, end: Sender<ExitCode>) -> Result<(), ScmError> {
    let code = |error: &std::io::Error| {
        let code = error.raw_os_error().map(i32::cast_unsigned);
        code.map_or(Win32Error::INTERNAL_ERROR, Win32Error::from_raw)
    };
    let listener = TcpListener::bind(address.socket).map_err(|error| code(&error))?;
    let socket: SocketAddr = listener.local_addr().map_err(|error| code(&error))?;
    let address = ConsoleAddress { socket, ..address };
    relance_console::publish_address(service, &address.url())?;
    let setup = relance_console::Setup {
        service: service.to_owned(),
        names: address.names,
        metrics_services: relance_console::METRICS_SERVICES,
    };
    thread::Builder::new()
        .name("relance-console".into())
        .spawn(move || {
            let served = relance_console::serve(listener, setup);
            let code = served.map_or_else(|error| code(&error), |()| Win32Error::SUCCESS);
            // Once the console ends, the receiver is gone.
            let _ = end.send(ExitCode::Win32(code));
        })
        .map_err(|_| Win32Error::SERVICE_NO_THREAD)?;
    Ok(())
}
