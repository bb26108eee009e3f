--TEST--
A dispatcher that failed to start is not running: a retry gives the same error
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_start_service_ctrl_dispatcher('service'));
show(fn () => win32_start_service_ctrl_dispatcher('service'));
show(fn () => win32_set_service_pause_resume_state(false));
?>
--EXPECT--
Win32ServiceException 1063: Error failed service controller connect ()
Win32ServiceException 1063: Error failed service controller connect ()
bool(true)
