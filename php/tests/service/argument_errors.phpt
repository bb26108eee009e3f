--TEST--
Wrong arguments get PHP's own errors
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_start_service_ctrl_dispatcher());
show(fn () => win32_set_service_status());
show(fn () => win32_set_service_status('x'));
show(fn () => win32_set_service_exit_code([]));
?>
--EXPECT--
ArgumentCountError 0: win32_start_service_ctrl_dispatcher() expects at least 1 argument, 0 given
ArgumentCountError 0: win32_set_service_status() expects at least 1 argument, 0 given
TypeError 0: win32_set_service_status(): Argument #1 ($status) must be of type int, string given
TypeError 0: win32_set_service_exit_code(): Argument #1 ($exitCode) must be of type int, array given
