--TEST--
Functions: the 26 signatures, in the order of registration
--EXTENSIONS--
win32service
--FILE--
<?php
foreach (array_slice((new ReflectionExtension('win32service'))->getFunctions(), 0, 26) as $function) {
    $parameters = array_map(
        fn ($p) => $p->getType() . ' $' . $p->getName()
            . ($p->isOptional() ? ' = ' . var_export($p->getDefaultValue(), true) : ''),
        $function->getParameters(),
    );
    echo $function->getName(), '(', implode(', ', $parameters), '): ', $function->getReturnType(), "\n";
}
?>
--EXPECT--
win32_start_service_ctrl_dispatcher(string $name, bool $gracefulExit = true): bool
win32_set_service_status(int $status, int $checkpoint = 0): bool
win32_create_service(array $details, string $machine = ''): void
win32_delete_service(string $servicename, string $machine = ''): void
win32_exists_service(string $servicename, string $machine = ''): bool
win32_set_service_priority(string $servicename, int $priority): void
win32_get_service_priority(string $servicename): int
win32_get_last_control_message(): int
win32_set_service_pause_resume_state(bool $enable = true): bool
win32_query_service_status(string $servicename, string $machine = ''): array
win32_query_service_config(string $servicename, string $machine = ''): array
win32_update_service_config(string $servicename, array $details, string $machine = ''): void
win32_start_service(string $servicename, string $machine = ''): void
win32_stop_service(string $servicename, string $machine = ''): void
win32_pause_service(string $servicename, string $machine = ''): void
win32_continue_service(string $servicename, string $machine = ''): void
win32_set_service_exit_mode(bool $gracefulExit = true): bool
win32_set_service_exit_code(int $exitCode = 0): int
win32_send_custom_control(string $servicename, int $control, string $machine = ''): void
win32_add_right_access_service(string $servicename, string $username, int $right, string $machine = ''): void
win32_remove_right_access_service(string $servicename, string $username, string $machine = ''): void
win32_read_right_access_service(string $servicename, string $username, string $machine = ''): object
win32_read_all_rights_access_service(string $servicename, string $machine = ''): array
win32_add_service_env_var(string $servicename, string $varName, string $varValue): void
win32_remove_service_env_var(string $servicename, string $varName): void
win32_get_service_env_vars(string $servicename): array
