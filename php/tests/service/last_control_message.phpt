--TEST--
The last control is 0 before any; the function takes no argument
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_get_last_control_message());
show(fn () => win32_get_last_control_message(1));
?>
--EXPECT--
int(0)
ArgumentCountError 0: win32_get_last_control_message() expects exactly 0 arguments, 1 given
