--TEST--
T13: the dispatcher in a process that no manager started
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_start_service_ctrl_dispatcher(new stdClass()));
show(fn () => win32_start_service_ctrl_dispatcher(''));
show(fn () => win32_start_service_ctrl_dispatcher('service'));
?>
--EXPECT--
TypeError 0: win32_start_service_ctrl_dispatcher(): Argument #1 ($name) must be of type string, stdClass given
ValueError 0: win32_start_service_ctrl_dispatcher(): Argument #1 ($name) the value cannot be empty
Win32ServiceException 1063: Error failed service controller connect ()
