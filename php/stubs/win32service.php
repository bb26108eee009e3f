<?php

/**
 * Stubs of the extension win32service, for IDEs and static analysis.
 * Written by cargo xtask php-docs; changes belong into the source of the extension.
 */

namespace {

    const WIN32_SERVICE_WIN32_OWN_PROCESS = 16;
    const WIN32_SERVICE_INTERACTIVE_PROCESS = 256;
    const WIN32_SERVICE_WIN32_OWN_PROCESS_INTERACTIVE = 272;
    const WIN32_SERVICE_CONTINUE_PENDING = 5;
    const WIN32_SERVICE_PAUSE_PENDING = 6;
    const WIN32_SERVICE_PAUSED = 7;
    const WIN32_SERVICE_RUNNING = 4;
    const WIN32_SERVICE_START_PENDING = 2;
    const WIN32_SERVICE_STOP_PENDING = 3;
    const WIN32_SERVICE_STOPPED = 1;
    const WIN32_SERVICE_CONTROL_CONTINUE = 3;
    const WIN32_SERVICE_CONTROL_DEVICEEVENT = 11;
    const WIN32_SERVICE_CONTROL_HARDWAREPROFILECHANGE = 12;
    const WIN32_SERVICE_CONTROL_INTERROGATE = 4;
    const WIN32_SERVICE_CONTROL_NETBINDADD = 7;
    const WIN32_SERVICE_CONTROL_NETBINDDISABLE = 10;
    const WIN32_SERVICE_CONTROL_NETBINDENABLE = 9;
    const WIN32_SERVICE_CONTROL_NETBINDREMOVE = 8;
    const WIN32_SERVICE_CONTROL_PARAMCHANGE = 6;
    const WIN32_SERVICE_CONTROL_PAUSE = 2;
    const WIN32_SERVICE_CONTROL_POWEREVENT = 13;
    const WIN32_SERVICE_CONTROL_PRESHUTDOWN = 15;
    const WIN32_SERVICE_CONTROL_SESSIONCHANGE = 14;
    const WIN32_SERVICE_CONTROL_SHUTDOWN = 5;
    const WIN32_SERVICE_CONTROL_STOP = 1;
    const WIN32_SERVICE_ACCEPT_HARDWAREPROFILECHANGE = 32;
    const WIN32_SERVICE_ACCEPT_NETBINDCHANGE = 16;
    const WIN32_SERVICE_ACCEPT_PARAMCHANGE = 8;
    const WIN32_SERVICE_ACCEPT_PAUSE_CONTINUE = 2;
    const WIN32_SERVICE_ACCEPT_POWEREVENT = 64;
    const WIN32_SERVICE_ACCEPT_PRESHUTDOWN = 256;
    const WIN32_SERVICE_ACCEPT_SESSIONCHANGE = 128;
    const WIN32_SERVICE_ACCEPT_SHUTDOWN = 4;
    const WIN32_SERVICE_ACCEPT_STOP = 1;
    const WIN32_SERVICE_ACCEPT_TIMECHANGE = 512;
    const WIN32_SERVICE_ACCEPT_TRIGGEREVENT = 1024;
    const WIN32_SERVICE_BOOT_START = 0;
    const WIN32_SERVICE_SYSTEM_START = 1;
    const WIN32_SERVICE_AUTO_START = 2;
    const WIN32_SERVICE_DEMAND_START = 3;
    const WIN32_SERVICE_DISABLED = 4;
    const WIN32_SERVICE_ERROR_IGNORE = 0;
    const WIN32_SERVICE_ERROR_NORMAL = 1;
    const WIN32_SERVICE_ERROR_SEVERE = 2;
    const WIN32_SERVICE_ERROR_CRITICAL = 3;
    const WIN32_SERVICE_RUNS_IN_SYSTEM_PROCESS = 1;
    const WIN32_ERROR_ACCESS_DENIED = 5;
    const WIN32_ERROR_CIRCULAR_DEPENDENCY = 1059;
    const WIN32_ERROR_DATABASE_DOES_NOT_EXIST = 1065;
    const WIN32_ERROR_DEPENDENT_SERVICES_RUNNING = 1051;
    const WIN32_ERROR_DUPLICATE_SERVICE_NAME = 1078;
    const WIN32_ERROR_FAILED_SERVICE_CONTROLLER_CONNECT = 1063;
    const WIN32_ERROR_INSUFFICIENT_BUFFER = 122;
    const WIN32_ERROR_INVALID_DATA = 13;
    const WIN32_ERROR_INVALID_HANDLE = 6;
    const WIN32_ERROR_INVALID_LEVEL = 124;
    const WIN32_ERROR_INVALID_NAME = 123;
    const WIN32_ERROR_INVALID_PARAMETER = 87;
    const WIN32_ERROR_INVALID_SERVICE_ACCOUNT = 1057;
    const WIN32_ERROR_INVALID_SERVICE_CONTROL = 1052;
    const WIN32_ERROR_PATH_NOT_FOUND = 3;
    const WIN32_ERROR_SERVICE_ALREADY_RUNNING = 1056;
    const WIN32_ERROR_SERVICE_CANNOT_ACCEPT_CTRL = 1061;
    const WIN32_ERROR_SERVICE_DATABASE_LOCKED = 1055;
    const WIN32_ERROR_SERVICE_DEPENDENCY_DELETED = 1075;
    const WIN32_ERROR_SERVICE_DEPENDENCY_FAIL = 1068;
    const WIN32_ERROR_SERVICE_DISABLED = 1058;
    const WIN32_ERROR_SERVICE_DOES_NOT_EXIST = 1060;
    const WIN32_ERROR_SERVICE_EXISTS = 1073;
    const WIN32_ERROR_SERVICE_LOGON_FAILED = 1069;
    const WIN32_ERROR_SERVICE_MARKED_FOR_DELETE = 1072;
    const WIN32_ERROR_SERVICE_NO_THREAD = 1054;
    const WIN32_ERROR_SERVICE_NOT_ACTIVE = 1062;
    const WIN32_ERROR_SERVICE_REQUEST_TIMEOUT = 1053;
    const WIN32_ERROR_SHUTDOWN_IN_PROGRESS = 1115;
    const WIN32_ERROR_SERVICE_SPECIFIC_ERROR = 1066;
    const WIN32_ERROR_WIN32SERVICE_INTERNAL = 16000;
    const WIN32_NO_ERROR = 0;
    const WIN32_ABOVE_NORMAL_PRIORITY_CLASS = 32768;
    const WIN32_BELOW_NORMAL_PRIORITY_CLASS = 16384;
    const WIN32_HIGH_PRIORITY_CLASS = 128;
    const WIN32_IDLE_PRIORITY_CLASS = 64;
    const WIN32_NORMAL_PRIORITY_CLASS = 32;
    const WIN32_REALTIME_PRIORITY_CLASS = 256;
    const WIN32_SC_ACTION_NONE = 0;
    const WIN32_SC_ACTION_RESTART = 1;
    const WIN32_SC_ACTION_REBOOT = 2;
    const WIN32_SC_ACTION_RUN_COMMAND = 3;
    const WIN32_SERVICE_ALL_ACCESS = 983551;
    const WIN32_SERVICE_CHANGE_CONFIG = 2;
    const WIN32_SERVICE_ENUMERATE_DEPENDENTS = 8;
    const WIN32_SERVICE_INTERROGATE = 128;
    const WIN32_SERVICE_PAUSE_CONTINUE = 64;
    const WIN32_SERVICE_QUERY_CONFIG = 1;
    const WIN32_SERVICE_QUERY_STATUS = 4;
    const WIN32_SERVICE_START = 16;
    const WIN32_SERVICE_STOP = 32;
    const WIN32_SERVICE_USER_DEFINED_CONTROL = 256;
    const WIN32_ACCESS_SYSTEM_SECURITY = 16777216;
    const WIN32_DELETE = 65536;
    const WIN32_READ_CONTROL = 131072;
    const WIN32_WRITE_DAC = 262144;
    const WIN32_WRITE_OWNER = 524288;
    const WIN32_GENERIC_ALL = 268435456;
    const WIN32_GENERIC_READ = 2147483648;
    const WIN32_GENERIC_WRITE = 1073741824;
    const WIN32_GENERIC_EXECUTE = 536870912;
    const WIN32_INFO_SERVICE = 'service';
    const WIN32_INFO_DISPLAY = 'display';
    const WIN32_INFO_USER = 'user';
    const WIN32_INFO_PASSWORD = 'password';
    const WIN32_INFO_PATH = 'path';
    const WIN32_INFO_PARAMS = 'params';
    const WIN32_INFO_DESCRIPTION = 'description';
    const WIN32_INFO_START_TYPE = 'start_type';
    const WIN32_INFO_LOAD_ORDER = 'load_order';
    const WIN32_INFO_SVC_TYPE = 'svc_type';
    const WIN32_INFO_ERROR_CONTROL = 'error_control';
    const WIN32_INFO_DELAYED_START = 'delayed_start';
    const WIN32_INFO_BASE_PRIORITY = 'base_priority';
    const WIN32_INFO_DEPENDENCIES = 'dependencies';
    const WIN32_INFO_RECOVERY_DELAY = 'recovery_delay';
    const WIN32_INFO_RECOVERY_ACTION_1 = 'recovery_action_1';
    const WIN32_INFO_RECOVERY_ACTION_2 = 'recovery_action_2';
    const WIN32_INFO_RECOVERY_ACTION_3 = 'recovery_action_3';
    const WIN32_INFO_RECOVERY_RESET_PERIOD = 'recovery_reset_period';
    const WIN32_INFO_RECOVERY_ENABLED = 'recovery_enabled';
    const WIN32_INFO_RECOVERY_REBOOT_MSG = 'recovery_reboot_msg';
    const WIN32_INFO_RECOVERY_COMMAND = 'recovery_command';
    const WIN32_INFO_STATUS_SERVICE_TYPE = 'ServiceType';
    const WIN32_INFO_STATUS_CURRENT_STATE = 'CurrentState';
    const WIN32_INFO_STATUS_CONTROLS_ACCEPTED = 'ControlsAccepted';
    const WIN32_INFO_STATUS_WIN32_EXIT_CODE = 'Win32ExitCode';
    const WIN32_INFO_STATUS_SERVICE_SPECIFIC_EXIT_CODE = 'ServiceSpecificExitCode';
    const WIN32_INFO_STATUS_CHECK_POINT = 'CheckPoint';
    const WIN32_INFO_STATUS_WAIT_HINT = 'WaitHint';
    const WIN32_INFO_STATUS_PROCESS_ID = 'ProcessId';
    const WIN32_INFO_STATUS_SERVICE_FLAGS = 'ServiceFlags';

    class Win32ServiceException extends \Exception
    {
    }

    /** Connects to the manager. */
    function win32_start_service_ctrl_dispatcher(string $name, bool $gracefulExit = true): bool {}

    /** Reports a status. */
    function win32_set_service_status(int $status, int $checkpoint = 0): bool {}

    /** Creates a service. */
    function win32_create_service(array $details, string $machine = ''): void {}

    /** Marks a service for deletion. */
    function win32_delete_service(string $servicename, string $machine = ''): void {}

    /** Whether a service exists; needs the right to see its status only (B41). */
    function win32_exists_service(string $servicename, string $machine = ''): bool {}

    /** Stores the class. */
    function win32_set_service_priority(string $servicename, int $priority): void {}

    /** The stored class. */
    function win32_get_service_priority(string $servicename): int {}

    /** The last control, which stays until the next. */
    function win32_get_last_control_message(): int {}

    /** Whether PAUSE and CONTINUE are accepted. */
    function win32_set_service_pause_resume_state(bool $enable = true): bool {}

    /** The nine numbers of a status. */
    function win32_query_service_status(string $servicename, string $machine = ''): array {}

    /** The configuration. */
    function win32_query_service_config(string $servicename, string $machine = ''): array {}

    /** Changes what is given of a service's configuration. */
    function win32_update_service_config(string $servicename, array $details, string $machine = ''): void {}

    /** Starts a service. */
    function win32_start_service(string $servicename, string $machine = ''): void {}

    /** Sends STOP. */
    function win32_stop_service(string $servicename, string $machine = ''): void {}

    /** Sends PAUSE. */
    function win32_pause_service(string $servicename, string $machine = ''): void {}

    /** Sends CONTINUE. */
    function win32_continue_service(string $servicename, string $machine = ''): void {}

    /** Whether the end of the script is a clean stop. */
    function win32_set_service_exit_mode(bool $gracefulExit = true): bool {}

    /** The code of a stop that is not clean. */
    function win32_set_service_exit_code(int $exitCode = 0): int {}

    /** Sends a control that the service defines itself. */
    function win32_send_custom_control(string $servicename, int $control, string $machine = ''): void {}

    /** Sets the rights of an account. */
    function win32_add_right_access_service(string $servicename, string $username, int $right, string $machine = ''): void {}

    /** Removes the entries of an account. */
    function win32_remove_right_access_service(string $servicename, string $username, string $machine = ''): void {}

    /** What an account may do. */
    function win32_read_right_access_service(string $servicename, string $username, string $machine = ''): object {}

    /** The entries of the list. */
    function win32_read_all_rights_access_service(string $servicename, string $machine = ''): array {}

    /** Adds or replaces a variable. */
    function win32_add_service_env_var(string $servicename, string $varName, string $varValue): void {}

    /** Removes a variable. */
    function win32_remove_service_env_var(string $servicename, string $varName): void {}

    /** All variables, in stored order. */
    function win32_get_service_env_vars(string $servicename): array {}

    /** Writes an entry as the application `$appname`. */
    function win32_send_log(string $appname, int $eventCode, int $eventLevel, string $description): void {}
}

namespace Win32Service {

    final class RightInfo
    {
        private function __construct() {}
        public function __toString(): string {}
        public function __clone(): void {}
        public function __serialize(): array {}
        public function __unserialize(array $data): void {}
        public function getFullUsername(): ?string {}
        public function getRights(): array {}
        public function isGrantAccess(): bool {}
        public function isDenyAccess(): bool {}
        public function getUsername(): ?string {}
        public function getDomain(): ?string {}
    }
}

namespace Relance {

    final class Service
    {
        public static function run(string $name, callable $turn, int $intervalMs = 1000): void {}
    }

    /** Waits at most so long (negative: for ever) for the next control; null when none came. */
    function wait_for_control(int $timeoutMs = -1): ?int {}

    /** Says that the service gets on with its work; false when no manager waits for that. */
    function heartbeat(): bool {}

    /** Says that the service has done so many more jobs; false when no manager counts them. */
    function job_done(int $jobs = 1): bool {}

    /** Writes an entry in the name of the service that calls. */
    function log_event(string $message, int $level = 4, int $eventCode = 1): void {}

    /** Sets the actions and the reset period (seconds); `''` removes all actions. Command and reboot message stay. */
    function set_recovery_actions(string $servicename, string $actions, int $resetPeriodSecs = 86400, string $machine = ''): void {}

    /** The actions, in the same notation. */
    function get_recovery_actions(string $servicename, string $machine = ''): string {}

    /** The settings that Windows does not have and that are not at their defaults, by their names; the key `extensions` of `$details` takes them. */
    function get_extensions(string $servicename, string $machine = ''): array {}

    /** Has the manager stop a service and start it again, with what needs it if `$dependents`. Returns when that is on record, not when it is done. */
    function restart_service(string $servicename, bool $dependents = false, string $machine = ''): void {}

    /** Tells a service to read its settings again: a program by its reload signal, a service by PARAMCHANGE. */
    function reload_service(string $servicename, string $machine = ''): void {}

    /** Makes a template like `worker@` have this many instances, copies of the lowest one; surplus ones are told to stop and are gone then. Gives the names of those that were `added` and `removed`. */
    function scale(string $template, int $instances, string $machine = ''): array {}
}
