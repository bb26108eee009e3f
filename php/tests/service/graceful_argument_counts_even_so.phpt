--TEST--
The dispatcher's second argument becomes the exit mode even when the start fails later
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_set_service_exit_mode());
show(fn () => win32_start_service_ctrl_dispatcher('service', false));
show(fn () => win32_set_service_exit_mode());
show(fn () => win32_start_service_ctrl_dispatcher('service'));
show(fn () => win32_set_service_exit_mode());
?>
--EXPECT--
bool(true)
Win32ServiceException 1063: Error failed service controller connect ()
bool(false)
Win32ServiceException 1063: Error failed service controller connect ()
bool(false)
