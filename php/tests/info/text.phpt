--TEST--
phpinfo: three tables as text; outside a service its functions are disabled
--EXTENSIONS--
win32service
--FILE--
<?php
(new ReflectionExtension('win32service'))->info();
?>
--EXPECTF--
win32service

%s
%s
%s
%s

Win32 Service support => enabled
Version => %d.%d.%d
Current SAPI => cli
Run in Windows Service context => false. Some functions are disabled.
Security information => %s

Function => State for the current SAPI
win32_start_service_ctrl_dispatcher => disabled
win32_set_service_status => disabled
win32_get_last_control_message => disabled
win32_set_service_exit_mode => disabled
win32_set_service_exit_code => disabled
win32_set_service_pause_resume_state => disabled
win32_create_service => enabled
win32_delete_service => enabled
win32_exists_service => enabled
win32_set_service_priority => enabled
win32_get_service_priority => enabled
win32_query_service_status => enabled
win32_query_service_config => enabled
win32_update_service_config => enabled
win32_start_service => enabled
win32_stop_service => enabled
win32_pause_service => enabled
win32_continue_service => enabled
win32_send_custom_control => enabled
win32_read_right_access_service => enabled
win32_read_all_rights_access_service => enabled
win32_add_right_access_service => enabled
win32_remove_right_access_service => enabled
win32_add_service_env_var => enabled
win32_remove_service_env_var => enabled
win32_get_service_env_vars => enabled
win32_send_log => enabled
Relance\wait_for_control => disabled
Relance\heartbeat => enabled
Relance\job_done => enabled
Relance\log_event => enabled
Relance\set_recovery_actions => enabled
Relance\get_recovery_actions => enabled
Relance\get_extensions => enabled
Relance\restart_service => enabled
Relance\reload_service => enabled
Relance\scale => enabled
