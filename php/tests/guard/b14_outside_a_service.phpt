--TEST--
B14: outside a service the six service-side functions refuse with code 0
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_start_service_ctrl_dispatcher('name'));
show(fn () => win32_set_service_status(WIN32_SERVICE_RUNNING));
show(fn () => win32_get_last_control_message());
show(fn () => win32_set_service_exit_mode());
show(fn () => win32_set_service_exit_code());
show(fn () => win32_set_service_pause_resume_state());
?>
--EXPECT--
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
