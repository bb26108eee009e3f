//! The 138 constants (section 3), in upstream's order, which user code looks through in reverse.

use std::ffi::CStr;

use crate::zend::constant::{ModuleNumber, register_int, register_string};

use Constant::{Int, Text};

/// The value of a constant.
enum Constant {
    Int(i64),
    Text(&'static CStr),
}

/// Registers all of them. For module startup.
pub(crate) fn register(module: ModuleNumber) {
    for (name, value) in &CONSTANTS {
        match value {
            Int(value) => register_int(module, name, *value),
            Text(value) => register_string(module, name, value),
        }
    }
}

#[rustfmt::skip]
static CONSTANTS: [(&CStr, Constant); 138] = [
    // 3.1 Service types
    (c"WIN32_SERVICE_WIN32_OWN_PROCESS", Int(16)),
    (c"WIN32_SERVICE_INTERACTIVE_PROCESS", Int(256)),
    (c"WIN32_SERVICE_WIN32_OWN_PROCESS_INTERACTIVE", Int(272)),
    // 3.2 States
    (c"WIN32_SERVICE_CONTINUE_PENDING", Int(5)),
    (c"WIN32_SERVICE_PAUSE_PENDING", Int(6)),
    (c"WIN32_SERVICE_PAUSED", Int(7)),
    (c"WIN32_SERVICE_RUNNING", Int(4)),
    (c"WIN32_SERVICE_START_PENDING", Int(2)),
    (c"WIN32_SERVICE_STOP_PENDING", Int(3)),
    (c"WIN32_SERVICE_STOPPED", Int(1)),
    // 3.3 Control messages
    (c"WIN32_SERVICE_CONTROL_CONTINUE", Int(3)),
    (c"WIN32_SERVICE_CONTROL_DEVICEEVENT", Int(11)),
    (c"WIN32_SERVICE_CONTROL_HARDWAREPROFILECHANGE", Int(12)),
    (c"WIN32_SERVICE_CONTROL_INTERROGATE", Int(4)),
    (c"WIN32_SERVICE_CONTROL_NETBINDADD", Int(7)),
    (c"WIN32_SERVICE_CONTROL_NETBINDDISABLE", Int(10)),
    (c"WIN32_SERVICE_CONTROL_NETBINDENABLE", Int(9)),
    (c"WIN32_SERVICE_CONTROL_NETBINDREMOVE", Int(8)),
    (c"WIN32_SERVICE_CONTROL_PARAMCHANGE", Int(6)),
    (c"WIN32_SERVICE_CONTROL_PAUSE", Int(2)),
    (c"WIN32_SERVICE_CONTROL_POWEREVENT", Int(13)),
    (c"WIN32_SERVICE_CONTROL_PRESHUTDOWN", Int(15)),
    (c"WIN32_SERVICE_CONTROL_SESSIONCHANGE", Int(14)),
    (c"WIN32_SERVICE_CONTROL_SHUTDOWN", Int(5)),
    (c"WIN32_SERVICE_CONTROL_STOP", Int(1)),
    // 3.4 Accepted-controls bits
    (c"WIN32_SERVICE_ACCEPT_HARDWAREPROFILECHANGE", Int(32)),
    (c"WIN32_SERVICE_ACCEPT_NETBINDCHANGE", Int(16)),
    (c"WIN32_SERVICE_ACCEPT_PARAMCHANGE", Int(8)),
    (c"WIN32_SERVICE_ACCEPT_PAUSE_CONTINUE", Int(2)),
    (c"WIN32_SERVICE_ACCEPT_POWEREVENT", Int(64)),
    (c"WIN32_SERVICE_ACCEPT_PRESHUTDOWN", Int(256)),
    (c"WIN32_SERVICE_ACCEPT_SESSIONCHANGE", Int(128)),
    (c"WIN32_SERVICE_ACCEPT_SHUTDOWN", Int(4)),
    (c"WIN32_SERVICE_ACCEPT_STOP", Int(1)),
    (c"WIN32_SERVICE_ACCEPT_TIMECHANGE", Int(512)),
    (c"WIN32_SERVICE_ACCEPT_TRIGGEREVENT", Int(1024)),
    // 3.5 Start types
    (c"WIN32_SERVICE_BOOT_START", Int(0)),
    (c"WIN32_SERVICE_SYSTEM_START", Int(1)),
    (c"WIN32_SERVICE_AUTO_START", Int(2)),
    (c"WIN32_SERVICE_DEMAND_START", Int(3)),
    (c"WIN32_SERVICE_DISABLED", Int(4)),
    // 3.6 Error control
    (c"WIN32_SERVICE_ERROR_IGNORE", Int(0)),
    (c"WIN32_SERVICE_ERROR_NORMAL", Int(1)),
    (c"WIN32_SERVICE_ERROR_SEVERE", Int(2)),
    (c"WIN32_SERVICE_ERROR_CRITICAL", Int(3)),
    // 3.7 Service flags
    (c"WIN32_SERVICE_RUNS_IN_SYSTEM_PROCESS", Int(1)),
    // 3.8 Error codes
    (c"WIN32_ERROR_ACCESS_DENIED", Int(5)),
    (c"WIN32_ERROR_CIRCULAR_DEPENDENCY", Int(1059)),
    (c"WIN32_ERROR_DATABASE_DOES_NOT_EXIST", Int(1065)),
    (c"WIN32_ERROR_DEPENDENT_SERVICES_RUNNING", Int(1051)),
    (c"WIN32_ERROR_DUPLICATE_SERVICE_NAME", Int(1078)),
    (c"WIN32_ERROR_FAILED_SERVICE_CONTROLLER_CONNECT", Int(1063)),
    (c"WIN32_ERROR_INSUFFICIENT_BUFFER", Int(122)),
    (c"WIN32_ERROR_INVALID_DATA", Int(13)),
    (c"WIN32_ERROR_INVALID_HANDLE", Int(6)),
    (c"WIN32_ERROR_INVALID_LEVEL", Int(124)),
    (c"WIN32_ERROR_INVALID_NAME", Int(123)),
    (c"WIN32_ERROR_INVALID_PARAMETER", Int(87)),
    (c"WIN32_ERROR_INVALID_SERVICE_ACCOUNT", Int(1057)),
    (c"WIN32_ERROR_INVALID_SERVICE_CONTROL", Int(1052)),
    (c"WIN32_ERROR_PATH_NOT_FOUND", Int(3)),
    (c"WIN32_ERROR_SERVICE_ALREADY_RUNNING", Int(1056)),
    (c"WIN32_ERROR_SERVICE_CANNOT_ACCEPT_CTRL", Int(1061)),
    (c"WIN32_ERROR_SERVICE_DATABASE_LOCKED", Int(1055)),
    (c"WIN32_ERROR_SERVICE_DEPENDENCY_DELETED", Int(1075)),
    (c"WIN32_ERROR_SERVICE_DEPENDENCY_FAIL", Int(1068)),
    (c"WIN32_ERROR_SERVICE_DISABLED", Int(1058)),
    (c"WIN32_ERROR_SERVICE_DOES_NOT_EXIST", Int(1060)),
    (c"WIN32_ERROR_SERVICE_EXISTS", Int(1073)),
    (c"WIN32_ERROR_SERVICE_LOGON_FAILED", Int(1069)),
    (c"WIN32_ERROR_SERVICE_MARKED_FOR_DELETE", Int(1072)),
    (c"WIN32_ERROR_SERVICE_NO_THREAD", Int(1054)),
    (c"WIN32_ERROR_SERVICE_NOT_ACTIVE", Int(1062)),
    (c"WIN32_ERROR_SERVICE_REQUEST_TIMEOUT", Int(1053)),
    (c"WIN32_ERROR_SHUTDOWN_IN_PROGRESS", Int(1115)),
    (c"WIN32_ERROR_SERVICE_SPECIFIC_ERROR", Int(1066)),
    (c"WIN32_ERROR_WIN32SERVICE_INTERNAL", Int(16_000)),
    (c"WIN32_NO_ERROR", Int(0)),
    // 3.9 Priority classes
    (c"WIN32_ABOVE_NORMAL_PRIORITY_CLASS", Int(32_768)),
    (c"WIN32_BELOW_NORMAL_PRIORITY_CLASS", Int(16_384)),
    (c"WIN32_HIGH_PRIORITY_CLASS", Int(128)),
    (c"WIN32_IDLE_PRIORITY_CLASS", Int(64)),
    (c"WIN32_NORMAL_PRIORITY_CLASS", Int(32)),
    (c"WIN32_REALTIME_PRIORITY_CLASS", Int(256)),
    // 3.10 Recovery actions
    (c"WIN32_SC_ACTION_NONE", Int(0)),
    (c"WIN32_SC_ACTION_RESTART", Int(1)),
    (c"WIN32_SC_ACTION_REBOOT", Int(2)),
    (c"WIN32_SC_ACTION_RUN_COMMAND", Int(3)),
    // 3.11 Rights
    (c"WIN32_SERVICE_ALL_ACCESS", Int(983_551)),
    (c"WIN32_SERVICE_CHANGE_CONFIG", Int(2)),
    (c"WIN32_SERVICE_ENUMERATE_DEPENDENTS", Int(8)),
    (c"WIN32_SERVICE_INTERROGATE", Int(128)),
    (c"WIN32_SERVICE_PAUSE_CONTINUE", Int(64)),
    (c"WIN32_SERVICE_QUERY_CONFIG", Int(1)),
    (c"WIN32_SERVICE_QUERY_STATUS", Int(4)),
    (c"WIN32_SERVICE_START", Int(16)),
    (c"WIN32_SERVICE_STOP", Int(32)),
    (c"WIN32_SERVICE_USER_DEFINED_CONTROL", Int(256)),
    (c"WIN32_ACCESS_SYSTEM_SECURITY", Int(16_777_216)),
    (c"WIN32_DELETE", Int(65_536)),
    (c"WIN32_READ_CONTROL", Int(131_072)),
    (c"WIN32_WRITE_DAC", Int(262_144)),
    (c"WIN32_WRITE_OWNER", Int(524_288)),
    (c"WIN32_GENERIC_ALL", Int(268_435_456)),
    (c"WIN32_GENERIC_READ", Int(2_147_483_648)),
    (c"WIN32_GENERIC_WRITE", Int(1_073_741_824)),
    (c"WIN32_GENERIC_EXECUTE", Int(536_870_912)),
    // 3.12 Keys of `$details` (strings)
    (c"WIN32_INFO_SERVICE", Text(c"service")),
    (c"WIN32_INFO_DISPLAY", Text(c"display")),
    (c"WIN32_INFO_USER", Text(c"user")),
    (c"WIN32_INFO_PASSWORD", Text(c"password")),
    (c"WIN32_INFO_PATH", Text(c"path")),
    (c"WIN32_INFO_PARAMS", Text(c"params")),
    (c"WIN32_INFO_DESCRIPTION", Text(c"description")),
    (c"WIN32_INFO_START_TYPE", Text(c"start_type")),
    (c"WIN32_INFO_LOAD_ORDER", Text(c"load_order")),
    (c"WIN32_INFO_SVC_TYPE", Text(c"svc_type")),
    (c"WIN32_INFO_ERROR_CONTROL", Text(c"error_control")),
    (c"WIN32_INFO_DELAYED_START", Text(c"delayed_start")),
    (c"WIN32_INFO_BASE_PRIORITY", Text(c"base_priority")),
    (c"WIN32_INFO_DEPENDENCIES", Text(c"dependencies")),
    (c"WIN32_INFO_RECOVERY_DELAY", Text(c"recovery_delay")),
    (c"WIN32_INFO_RECOVERY_ACTION_1", Text(c"recovery_action_1")),
    (c"WIN32_INFO_RECOVERY_ACTION_2", Text(c"recovery_action_2")),
    (c"WIN32_INFO_RECOVERY_ACTION_3", Text(c"recovery_action_3")),
    (c"WIN32_INFO_RECOVERY_RESET_PERIOD", Text(c"recovery_reset_period")),
    (c"WIN32_INFO_RECOVERY_ENABLED", Text(c"recovery_enabled")),
    (c"WIN32_INFO_RECOVERY_REBOOT_MSG", Text(c"recovery_reboot_msg")),
    (c"WIN32_INFO_RECOVERY_COMMAND", Text(c"recovery_command")),
    // 3.13 Keys of the status array (strings)
    (c"WIN32_INFO_STATUS_SERVICE_TYPE", Text(c"ServiceType")),
    (c"WIN32_INFO_STATUS_CURRENT_STATE", Text(c"CurrentState")),
    (c"WIN32_INFO_STATUS_CONTROLS_ACCEPTED", Text(c"ControlsAccepted")),
    (c"WIN32_INFO_STATUS_WIN32_EXIT_CODE", Text(c"Win32ExitCode")),
    (c"WIN32_INFO_STATUS_SERVICE_SPECIFIC_EXIT_CODE", Text(c"ServiceSpecificExitCode")),
    (c"WIN32_INFO_STATUS_CHECK_POINT", Text(c"CheckPoint")),
    (c"WIN32_INFO_STATUS_WAIT_HINT", Text(c"WaitHint")),
    (c"WIN32_INFO_STATUS_PROCESS_ID", Text(c"ProcessId")),
    (c"WIN32_INFO_STATUS_SERVICE_FLAGS", Text(c"ServiceFlags")),
];
