--TEST--
The dispatcher takes names of one byte, but no bytes that are not UTF-8
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_start_service_ctrl_dispatcher("bad\xFF"));
show(fn () => win32_start_service_ctrl_dispatcher('x'));
?>
--EXPECT--
ValueError 0: win32_start_service_ctrl_dispatcher(): Argument #1 ($name) the value is not a valid UTF-8 string
Win32ServiceException 1063: Error failed service controller connect ()
