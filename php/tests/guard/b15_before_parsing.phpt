--TEST--
B15: the guard comes before the arguments are looked at
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_start_service_ctrl_dispatcher(new stdClass()));
show(fn () => win32_start_service_ctrl_dispatcher());
show(fn () => win32_start_service_ctrl_dispatcher(''));
show(fn () => win32_set_service_status('x', [], 3));
show(fn () => win32_get_last_control_message(1));
show(fn () => win32_set_service_pause_resume_state([]));
?>
--EXPECT--
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
