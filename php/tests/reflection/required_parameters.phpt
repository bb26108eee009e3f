--TEST--
Functions: how many parameters are required
--EXTENSIONS--
win32service
--FILE--
<?php
foreach (array_slice((new ReflectionExtension('win32service'))->getFunctions(), 0, 26) as $function) {
    echo $function->getName(), ' ', $function->getNumberOfRequiredParameters(), "\n";
}
?>
--EXPECT--
win32_start_service_ctrl_dispatcher 1
win32_set_service_status 1
win32_create_service 1
win32_delete_service 1
win32_exists_service 1
win32_set_service_priority 2
win32_get_service_priority 1
win32_get_last_control_message 0
win32_set_service_pause_resume_state 0
win32_query_service_status 1
win32_query_service_config 1
win32_update_service_config 2
win32_start_service 1
win32_stop_service 1
win32_pause_service 1
win32_continue_service 1
win32_set_service_exit_mode 0
win32_set_service_exit_code 0
win32_send_custom_control 2
win32_add_right_access_service 3
win32_remove_right_access_service 2
win32_read_right_access_service 2
win32_read_all_rights_access_service 1
win32_add_service_env_var 3
win32_remove_service_env_var 2
win32_get_service_env_vars 1
