//! `relance daemon`: becomes the guardian, which starts the engine (this same program) and serves
//! clients through it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use relance_client::Target;
use relance_engine::identity::Identity;
use relance_engine::linux::guardian::{self, EXIT_CANNOT_START, Kept};
use relance_engine::linux::place::{self, Listening};
use relance_engine::linux::{
    Administrators, ConsoleAccount, GroupNames, account_ids, daemon as engine_process,
    handed_environment,
};
use relance_notify::targets::RunAs;
use relance_scm::config::AccountName;
use relance_scm::manager::ToApply;
use relance_scm::system::Told;
use relance_scm::{ScmError, Win32Error};
use relance_sessions::{FileStore, Sessions};
use relance_texts::{file, upgrade};
use relance_wire::channel::WAIT_VARIABLE;
use tracing::Level;

use crate::cli::{CommandFailure, CommandResult, misfit, own_program};
use crate::console_address::ConsoleAddress;
use crate::settings::{Cgroups, OutputCopy, Overrides, Settings};
use crate::text::moment_from;

/// Carries the settings from the guardian to the engine.
pub(crate) const SETUP_VARIABLE: &str = "RELANCE_ENGINE";

/// Run the service manager
///
/// As root the system's (/etc/relance/relance.toml, /var/lib/relance, /run/relance), else the user's
/// own (XDG folders). Stays in the foreground; SIGTERM stops the services in good order and ends it.
/// Its exit statuses: 0 stopped in good order; 70 stopped, but without the engine; 78 cannot start.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Settings [default: /etc/relance/relance.toml, or ~/.config/relance/relance.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the database
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Folder of the services' output
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// Path of the socket [default: RELANCE_SOCKET, the settings, the system's or the user's own]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Let recovery actions reboot this machine
    #[arg(long)]
    allow_reboot: bool,
    /// `manual`: the clock stands still until `relance clock advance` moves it, to see in a moment
    /// what a policy does in a day
    #[arg(long, value_name = "CLOCK", value_parser = ["machine", "manual"], default_value = "machine")]
    clock: String,
    /// What date and time a manual clock shows first, like 2026-03-27T01:55; schedules, quiet hours and the
    /// event log then go by it. For a state folder that is new
    #[arg(long, value_name = "TIME")]
    clock_begins: Option<String>,
    /// Run the web console at this address: 127.0.0.1:7467, or PORT alone for that port of this
    /// machine only
    #[arg(long, value_name = "ADDRESS")]
    console: Option<String>,
    /// Whether each service gets a control group of its own: wherever the daemon can make one, or never
    /// [default: auto]
    #[arg(long, value_name = "WHETHER")]
    cgroups: Option<Cgroups>,
    /// A variable of the daemon's own environment that every service gets, by name or as APP_*; may be
    /// repeated
    #[arg(long = "pass-env", value_name = "NAME")]
    pass_environment: Vec<String>,
    /// A file of services as for relance apply, or a folder of them: the services are created or
    /// changed at boot, before any service is started; may be repeated
    #[arg(long, value_name = "PATH")]
    apply: Vec<PathBuf>,
    /// Where the output of services goes besides their log files, unless their settings say
    /// otherwise: in a container `stdout`, for `docker logs` [default: none]
    #[arg(long, value_name = "WHERE")]
    output_copy: Option<OutputCopy>,
    /// The file that says who is told what happens to services [default: notify.toml beside the settings]
    #[arg(long, value_name = "FILE")]
    notify: Option<PathBuf>,
    /// Only check whether this program could go on in the process of a manager that has these
    /// options, and hands over what this version does
    #[arg(long, value_name = "VERSION", hide = true)]
    takes_over: Option<u32>,
}

/// Where clients would look for it first.
fn socket_of_environment() -> Option<PathBuf> {
    let path = std::env::var_os("RELANCE_SOCKET")?;
    (!path.is_empty()).then(|| path.into())
}

/// Runs until the daemon is stopped.
pub(crate) fn run(arguments: Arguments) -> CommandResult {
    if let Some(version) = arguments.takes_over {
        return takes_over(arguments, version);
    }
    let prepared = guardian::prepare().told(|reason| file::DaemonBegins { reason });
    let mut prepared = prepared.map_err(cannot_start)?;
    place::make_files_private();
    let mut settings = load(arguments).map_err(cannot_start)?;
    let setup = set_up(&mut settings, &mut prepared.kept()).map_err(cannot_start)?;
    let status = guardian::run(prepared, setup).told(|reason| file::GuardianRuns { reason })?;
    match u8::try_from(status) {
        Ok(0) => Ok(()),
        Ok(status) => Err(CommandFailure::Silent(status)),
        Err(_) => Err(CommandFailure::Silent(1)),
    }
}

/// Whether this program could go on as a manager with these options. Nothing is changed.
fn takes_over(arguments: Arguments, version: u32) -> CommandResult {
    if version != guardian::HAND_OVER_VERSION {
        let error = ScmError::new(Win32Error::NOT_SUPPORTED, upgrade::HandOver { version });
        return Err(cannot_start(error));
    }
    load(arguments).map(drop).map_err(cannot_start)
}

/// Reads the settings, and checks that the files of services can be read, so that errors show before anything
/// is made.
fn load(arguments: Arguments) -> Result<Settings, ScmError> {
    let begins = arguments.clock_begins.as_deref().map(beginning);
    let begins = begins.transpose()?;
    let settings = Settings::load(Overrides {
        config: arguments.config,
        state_folder: arguments.state,
        log_folder: arguments.logs,
        socket: arguments.socket.or_else(socket_of_environment),
        allow_reboot: arguments.allow_reboot,
        manual_clock: arguments.clock == "manual" || begins.is_some(),
        clock_begins: begins,
        console: arguments.console,
        cgroups: arguments.cgroups,
        pass_environment: arguments.pass_environment,
        apply: arguments.apply,
        output_copy: arguments.output_copy,
        notify: arguments.notify,
    })?;
    settings.services()?;
    Ok(settings)
}

/// What a manual clock shows first, in milliseconds since 1970.
fn beginning(text: &str) -> Result<i64, ScmError> {
    moment_from(text)
        .map(|begins| begins.0)
        .map_err(|failure| match failure {
            CommandFailure::Scm(error) => error,
            _ => Win32Error::INVALID_PARAMETER.into(),
        })
}

/// What keeps the daemon from starting, with its exit status.
fn cannot_start(error: ScmError) -> CommandFailure {
    CommandFailure::WithStatus(error, u8::try_from(EXIT_CANNOT_START).unwrap_or(1))
}

fn set_up(settings: &mut Settings, kept: &mut Kept) -> Result<guardian::Setup, ScmError> {
    let state = place::open_state(&settings.state_folder, kept)?;
    place::check_logs(&settings.log_folder)?;
    let folder = &settings.state_folder;
    settings.identity = Identity::load_or_create(folder).reading(folder)?.id;
    let groups = GroupNames::new(&settings.identity, state.device_and_inode, &settings.socket);
    let Listening {
        listener,
        lock: socket_lock,
    } = place::listen(&settings.socket, kept)?;
    let program = own_program()?;
    let program = program.to_string_lossy().into_owned();
    let console = settings
        .console
        .as_ref()
        .map(|address| console(settings, address, &program))
        .transpose()?;
    let notifier = settings
        .notify
        .as_ref()
        .map(|file| notifier(settings, file, &program))
        .transpose()?;
    let text = serde_json::to_string(&*settings).map_err(misfit)?;
    let mut engine_environment = environment(SETUP_VARIABLE, &text);
    engine_environment.extend(handed_environment());
    Ok(guardian::Setup {
        engine: vec![program, "engine".to_owned()],
        environment: engine_environment,
        socket: settings.socket.clone(),
        listener,
        locks: [state.lock, socket_lock],
        identity: settings.identity.clone(),
        notify: std::env::var_os("NOTIFY_SOCKET").map(PathBuf::from),
        console,
        notifier,
        journal: settings.state_folder.join("runs"),
        cgroups: (settings.cgroups == Cgroups::Auto).then_some(groups),
        streams: settings.state_folder.join("streams"),
        stopped: settings.state_folder.join("stopped"),
        wait_to_kill: settings.engine_setup().settings.shutdown.wait_to_kill,
        engine_patience: settings.engine_patience(),
        is_copy: place::is_copy(&settings.state_folder).reading(&settings.state_folder)?,
    })
}

/// The environment of a process of the daemon's own, with its setup.
fn environment(variable: &str, setup: &str) -> Vec<String> {
    let mut environment = vec![format!("{variable}={setup}")];
    let mut variables = vec!["PATH", "HOME", "TZ", "RUST_BACKTRACE"];
    if cfg!(debug_assertions) {
        variables.push(relance_texts::MARKED_VARIABLE);
    }
    for variable in variables {
        if let Ok(value) = std::env::var(variable) {
            environment.push(format!("{variable}={value}"));
        }
    }
    environment
}

/// The console's process.
fn console(
    settings: &Settings,
    address: &ConsoleAddress,
    program: &str,
) -> Result<guardian::ConsoleSetup, ScmError> {
    let setup = relance_console::Setup {
        socket: settings.socket.clone(),
        names: address.names.clone(),
        metrics_services: settings.metrics_services(),
    };
    let text = serde_json::to_string(&setup).map_err(misfit)?;
    Ok(guardian::ConsoleSetup {
        command: vec![program.to_owned(), "console-server".to_owned()],
        environment: environment(relance_console::SETUP_VARIABLE, &text),
        address: address.socket,
        account: ConsoleAccount::choose(settings.console_account()),
    })
}

/// The notifier.
fn notifier(
    settings: &Settings,
    file: &Path,
    program: &str,
) -> Result<guardian::NotifierSetup, ScmError> {
    let setup = relance_notify::Setup {
        socket: settings.socket.clone(),
        file: file.to_owned(),
        store: settings.notices(),
    };
    let text = serde_json::to_string(&setup).map_err(misfit)?;
    // It waits for a manager that is away, as services do.
    let wait = settings.engine_setup().client_wait.as_millis();
    let mut environment = environment(relance_notify::SETUP_VARIABLE, &text);
    environment.push(format!("{WAIT_VARIABLE}={wait}"));
    Ok(guardian::NotifierSetup {
        command: vec![program.to_owned(), "notifier".to_owned()],
        environment,
        file: file.to_owned(),
    })
}

/// Runs the engine; started by the guardian only.
pub(crate) fn engine() -> CommandResult {
    let Ok(text) = std::env::var(SETUP_VARIABLE) else {
        return Err(crate::cli::usage(relance_texts::command::ENGINE_BY_DAEMON));
    };
    abort_on_panic();
    place::make_files_private();
    tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let mut settings: Settings = serde_json::from_str(&text).map_err(misfit)?;
    if settings.identity.is_empty() {
        // An engine that was upgraded under a guardian of version 0.1.
        settings.identity = Identity::load_or_create(&settings.state_folder)?.id;
    }
    let administrators = Administrators::new(settings.admin_gid);
    // The guardian has read them before it began. They matter only at boot, so an engine that takes over
    // later must not fail because of them.
    let services = settings.services().unwrap_or_else(|error| {
        tracing::warn!("{error}");
        ToApply::default()
    });
    let setup = engine_process::EngineSetup {
        services,
        notices: Some(Arc::new(relance_notify::Book::of(
            settings.notices(),
            settings.notify.clone(),
        ))),
        ..settings.engine_setup()
    };
    let sessions_file = settings.state_folder.join("sessions.json");
    let console = settings.console.as_ref().map(ConsoleAddress::url);
    let ran = engine_process::run(&setup, move |listener, handle| {
        let identify =
            Arc::new(move |socket: std::os::fd::BorrowedFd<'_>| administrators.identify(socket));
        let sessions = Sessions::new(FileStore::load(sessions_file), console);
        relance_api::serve(listener, handle, identify, sessions)
    });
    ran.map_err(|error| {
        eprintln!("error: {error}");
        CommandFailure::Silent(u8::try_from(EXIT_CANNOT_START).unwrap_or(1))
    })
}

/// Runs the notifier; started by the guardian only.
pub(crate) fn notifier_process() -> CommandResult {
    let Ok(text) = std::env::var(relance_notify::SETUP_VARIABLE) else {
        return Err(crate::cli::usage(relance_texts::command::ENGINE_BY_DAEMON));
    };
    abort_on_panic();
    place::make_files_private();
    let setup: relance_notify::Setup = serde_json::from_str(&text).map_err(misfit)?;
    let manager = Target::Socket(setup.socket.clone());
    let manager = relance_client::connect_once_started(&manager)?;
    relance_notify::run(&setup, Arc::new(manager), run_as).map_err(|error| {
        eprintln!("error: nobody is told what happens to services: {error}");
        CommandFailure::Silent(1)
    })
}

/// The user that a notification program runs as, for a service under this account.
fn run_as(account: &AccountName) -> Result<Option<RunAs>, ScmError> {
    let found = account_ids(account)?;
    Ok(found.map(|found| RunAs {
        uid: found.uid,
        gid: found.gid,
        groups: found.groups,
        home: found.home,
    }))
}

/// A panic in any thread ends the engine, but for one in a request that changes nothing by itself: its
/// guardian starts a new one, which reads its database again.
fn abort_on_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        report(info);
        if !relance_api::panics::are_caught() {
            std::process::abort();
        }
    }));
}
