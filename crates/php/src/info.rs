//! The extension's part of `phpinfo()` and `php --ri win32service`.

use std::ffi::CStr;

use crate::context;
use crate::functions::FUNCTIONS;
use crate::relance;
use crate::zend::facts::sapi_name;
use crate::zend::info::{header, line, row, table};

/// `phpversion('win32service')`: the upstream version whose interface this is.
pub(crate) const VERSION: &CStr = c"1.2.0";

/// Where to write, and what this is.
const CONTACT: [&CStr; 4] = [
    match CStr::from_bytes_with_nul(
        concat!(
            "Relance ",
            env!("CARGO_PKG_VERSION"),
            ": services and their recovery\0"
        )
        .as_bytes(),
    ) {
        Ok(text) => text,
        Err(_) => panic!("one NUL, at the end"),
    },
    c"Home page: https://github.com/relance/relance",
    c"Questions and defects: https://github.com/relance/relance/issues",
    c"Works with win32service/service-library; on Linux its services need a maximum of runs",
];

const SECURITY: &CStr = c"Creating, changing and controlling services needs the rights of an \
    administrator: https://www.php.net/manual/en/win32service.security.php";

/// The functions that work inside a service only, in upstream's order of this table.
const SERVICE_FUNCTIONS: [&CStr; 6] = [
    c"win32_start_service_ctrl_dispatcher",
    c"win32_set_service_status",
    c"win32_get_last_control_message",
    c"win32_set_service_exit_mode",
    c"win32_set_service_exit_code",
    c"win32_set_service_pause_resume_state",
];

/// The others. Upstream forgets `win32_exists_service` (B63).
const OTHER_FUNCTIONS: [&CStr; 20] = [
    c"win32_create_service",
    c"win32_delete_service",
    c"win32_exists_service",
    c"win32_set_service_priority",
    c"win32_get_service_priority",
    c"win32_query_service_status",
    c"win32_query_service_config",
    c"win32_update_service_config",
    c"win32_start_service",
    c"win32_stop_service",
    c"win32_pause_service",
    c"win32_continue_service",
    c"win32_send_custom_control",
    c"win32_read_right_access_service",
    c"win32_read_all_rights_access_service",
    c"win32_add_right_access_service",
    c"win32_remove_right_access_service",
    c"win32_add_service_env_var",
    c"win32_remove_service_env_var",
    c"win32_get_service_env_vars",
];

const _: () = assert!(SERVICE_FUNCTIONS.len() + OTHER_FUNCTIONS.len() == FUNCTIONS.len());

/// What only this extension has: each function, and whether it works inside a service only.
const RELANCE_FUNCTIONS: [(&CStr, bool); 11] = [
    (c"win32_send_log", false),
    (c"Relance\\wait_for_control", true),
    (c"Relance\\heartbeat", false),
    (c"Relance\\job_done", false),
    (c"Relance\\log_event", false),
    (c"Relance\\set_recovery_actions", false),
    (c"Relance\\get_recovery_actions", false),
    (c"Relance\\get_extensions", false),
    (c"Relance\\restart_service", false),
    (c"Relance\\reload_service", false),
    (c"Relance\\scale", false),
];

const _: () = assert!(RELANCE_FUNCTIONS.len() == relance::FUNCTIONS.len());

/// Prints the three tables.
pub(crate) fn print() {
    let in_service = context::in_service();
    table(|| {
        for text in CONTACT {
            line(text);
        }
    });
    table(|| status(in_service));
    table(|| {
        header(c"Function", c"State for the current SAPI");
        let state = |service_only: bool| {
            if in_service || !service_only {
                c"enabled"
            } else {
                c"disabled"
            }
        };
        for name in SERVICE_FUNCTIONS {
            row(name, state(true));
        }
        for name in OTHER_FUNCTIONS {
            row(name, state(false));
        }
        for (name, service_only) in RELANCE_FUNCTIONS {
            row(name, state(service_only));
        }
    });
}

fn status(in_service: bool) {
    row(c"Win32 Service support", c"enabled");
    row(c"Version", VERSION);
    row(c"Current SAPI", sapi_name());
    let context = if in_service {
        c"true"
    } else {
        c"false. Some functions are disabled."
    };
    row(c"Run in Windows Service context", context);
    row(c"Security information", SECURITY);
}
