//! What `sc` prints (R73 to R76).

use relance_scm::config::StartType;
use relance_scm::manager::ServiceInfo;
use relance_scm::security::SecurityDescriptor;
use relance_scm::{
    ControlsAccepted, RecoveryActionKind, ResetPeriod, ScmError, ServiceConfig, ServiceName,
    ServiceState, ServiceStatus, Win32Error,
};

use super::Done;
use crate::cli::{CommandResult, Manager};
use crate::plain::plain;

/// A line with its name in the column that `sc` has for it.
fn row(name: &str, value: &str) {
    println!("        {name:<18} : {value}");
}

/// What stands above the answer to a question about a configuration.
fn head(call: &str, name: &ServiceName) {
    let name = plain(name.as_str());
    println!("[SC] {call} SUCCESS\n\nSERVICE_NAME: {name}");
}

/// `sc query NAME`, and with the process `sc queryex`.
pub(super) fn status(info: &ServiceInfo, is_extended: bool) {
    status_of(info.config.service_name.as_str(), &info.status, is_extended);
}

/// The same in a list, with the display name.
pub(super) fn listed(info: &ServiceInfo, is_extended: bool) {
    println!(
        "\nSERVICE_NAME: {}",
        plain(info.config.service_name.as_str())
    );
    println!("DISPLAY_NAME: {}", plain(&info.config.display_name));
    rows(&info.status, is_extended);
}

pub(super) fn status_of(name: &str, status: &ServiceStatus, is_extended: bool) {
    println!("\nSERVICE_NAME: {}", plain(name));
    rows(status, is_extended);
}

fn rows(status: &ServiceStatus, is_extended: bool) {
    row("TYPE", &kind(status.service_type.to_raw()));
    row(
        "STATE",
        &format!("{}  {}", status.state.to_raw(), status.state.name()),
    );
    println!("                                ({})", controls(status));
    let code = status.exit_code.win32().to_raw();
    let specific = status.exit_code.specific();
    row("WIN32_EXIT_CODE", &format!("{code}  (0x{code:x})"));
    row(
        "SERVICE_EXIT_CODE",
        &format!("{specific}  (0x{specific:x})"),
    );
    row("CHECKPOINT", &format!("0x{:x}", status.checkpoint));
    row(
        "WAIT_HINT",
        &format!("0x{:x}", status.wait_hint.as_millis()),
    );
    if is_extended {
        row("PID", &status.process_id.to_string());
        row(
            "FLAGS",
            if status.service_flags == 0 {
                ""
            } else {
                "RUNS_IN_SYSTEM_PROCESS"
            },
        );
    }
}

fn kind(raw: u32) -> String {
    let word = match raw {
        0x110 => "WIN32_OWN_PROCESS (interactive)",
        0x20 => "WIN32_SHARE_PROCESS",
        _ => "WIN32_OWN_PROCESS",
    };
    format!("{raw:x}  {word}")
}

fn controls(status: &ServiceStatus) -> String {
    let has = |control| {
        status.state != ServiceState::Stopped && status.controls_accepted.contains(control)
    };
    let pick = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
    let mut words = vec![
        pick(has(ControlsAccepted::STOP), "STOPPABLE", "NOT_STOPPABLE"),
        pick(
            has(ControlsAccepted::PAUSE_CONTINUE),
            "PAUSABLE",
            "NOT_PAUSABLE",
        ),
    ];
    if has(ControlsAccepted::PRESHUTDOWN) {
        words.push("ACCEPTS_PRESHUTDOWN");
    } else {
        words.push(pick(
            has(ControlsAccepted::SHUTDOWN),
            "ACCEPTS_SHUTDOWN",
            "IGNORES_SHUTDOWN",
        ));
    }
    words.join(", ")
}

/// The verbs that show something of one service.
pub(super) fn asked(manager: &Manager, verb: &str, service: &ServiceName) -> Done {
    let call = match verb {
        "GetDisplayName" => "GetServiceDisplayName",
        "EnumDepend" => "EnumDependentServices",
        "sdshow" => "QueryServiceObjectSecurity",
        _ => "OpenService",
    };
    let failed = |failure| (call, failure);
    let config = manager
        .ask(|scm, caller, reply| scm.query_config(caller, service, reply))
        .map_err(failed)?;
    match verb {
        "qc" => config_of(&config),
        "qdescription" => {
            head("QueryServiceConfig2", service);
            println!("DESCRIPTION:  {}", plain(&config.description));
        }
        "qfailure" => recovery(&config),
        "qfailureflag" => {
            head("QueryServiceConfig2", service);
            let flag = if config.failure_actions_on_non_crash_failures {
                "TRUE"
            } else {
                "FALSE"
            };
            println!("FAILURE_ACTIONS_ON_NONCRASH_FAILURES: {flag}");
        }
        // Schedules are ours, and not triggers of Windows.
        "qtriggerinfo" => {
            let name = plain(service.as_str());
            println!("[SC] QueryServiceConfig2 SUCCESS\n");
            println!("The service {name} has not registered for any start or stop triggers.");
        }
        "qsidtype" => {
            head("QueryServiceConfig2", service);
            println!("SERVICE_SID_TYPE:  NONE");
        }
        "qprivs" => {
            head("QueryServiceConfig2", service);
            row("PRIVILEGES", "");
        }
        "sdshow" => {
            let default = SecurityDescriptor::default_for_service();
            println!("\n{}", config.security.as_deref().unwrap_or(&default));
        }
        "GetDisplayName" => {
            println!(
                "[SC] GetServiceDisplayName SUCCESS  Name = {}",
                plain(&config.display_name)
            );
        }
        _ => dependents(manager, service).map_err(failed)?,
    }
    Ok(())
}

fn config_of(config: &ServiceConfig) {
    head("QueryServiceConfig", &config.service_name);
    row("TYPE", &kind(config.service_type.to_raw()));
    let start = match config.start_type {
        StartType::Boot => "0   BOOT_START",
        StartType::System => "1   SYSTEM_START",
        StartType::Auto if config.delayed_auto_start => "2   AUTO_START  (DELAYED)",
        StartType::Auto => "2   AUTO_START",
        StartType::Demand => "3   DEMAND_START",
        StartType::Disabled => "4   DISABLED",
    };
    row("START_TYPE", start);
    let control = config.error_control.name().to_uppercase();
    let number = ["IGNORE", "NORMAL", "SEVERE", "CRITICAL"]
        .iter()
        .position(|word| *word == control);
    row(
        "ERROR_CONTROL",
        &format!("{}   {control}", number.unwrap_or(1)),
    );
    row("BINARY_PATH_NAME", &plain(&config.command_line));
    row("LOAD_ORDER_GROUP", &plain(&config.load_order_group));
    row("TAG", "0");
    row("DISPLAY_NAME", &plain(&config.display_name));
    let mut names: Vec<String> = config
        .dependencies
        .iter()
        .map(|name| plain(&name.to_string()))
        .collect();
    if names.is_empty() {
        names.push(String::new());
    }
    for (at, name) in names.iter().enumerate() {
        row(if at == 0 { "DEPENDENCIES" } else { "" }, name);
    }
    row(
        "SERVICE_START_NAME",
        &plain(&config.account_name.to_string()),
    );
}

/// A line for each action; NONE has no line (R73, R74).
fn recovery(config: &ServiceConfig) {
    let settings = &config.failure_actions;
    head("QueryServiceConfig2", &config.service_name);
    let reset = match settings.reset_period {
        ResetPeriod::Infinite => "INFINITE".to_owned(),
        ResetPeriod::Seconds(seconds) => seconds.to_string(),
    };
    let line = |name: &str, value: &str| println!("        {name:<28} : {value}");
    line("RESET_PERIOD (in seconds)", &reset);
    line("REBOOT_MESSAGE", &plain(&settings.reboot_message));
    line("COMMAND_LINE", &plain(&settings.command));
    let mut label = "FAILURE_ACTIONS";
    for action in &settings.actions {
        let word = match action.kind {
            RecoveryActionKind::None => continue,
            RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => "RESTART",
            RecoveryActionKind::Reboot => "REBOOT",
            RecoveryActionKind::RunCommand => "RUN PROCESS",
        };
        let delay = action.delay_ms();
        let colon = if label.is_empty() { ' ' } else { ':' };
        println!("        {label:<28} {colon} {word} -- Delay = {delay} milliseconds.");
        label = "";
    }
}

/// The services that need this one.
fn dependents(manager: &Manager, service: &ServiceName) -> CommandResult {
    let all = manager
        .ask(|scm, caller, reply| scm.enumerate(caller, reply))?
        .services;
    let needs = |info: &&ServiceInfo| {
        let mut names = info.config.dependencies.iter();
        names.any(|name| relance_scm::fold_case(&name.to_string()) == service.key())
    };
    let found: Vec<&ServiceInfo> = all.iter().filter(needs).collect();
    println!("Enum: entriesRead  = {}", found.len());
    for info in found {
        listed(info, false);
    }
    Ok(())
}

/// The service with this display name.
pub(super) fn key_name(manager: &Manager, display_name: &str) -> CommandResult {
    let all = manager
        .ask(|scm, caller, reply| scm.enumerate(caller, reply))?
        .services;
    let wanted = relance_scm::fold_case(display_name);
    let found = all
        .iter()
        .find(|info| relance_scm::fold_case(&info.config.display_name) == wanted);
    let Some(info) = found else {
        return Err(ScmError::from(Win32Error::SERVICE_DOES_NOT_EXIST).into());
    };
    println!(
        "[SC] GetServiceKeyName SUCCESS  Name = {}",
        plain(info.config.service_name.as_str())
    );
    Ok(())
}
