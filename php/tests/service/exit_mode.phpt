--TEST--
The exit mode function returns the mode before, and without argument only asks
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
var_dump(win32_set_service_exit_mode());
var_dump(win32_set_service_exit_mode(false));
var_dump(win32_set_service_exit_mode());
var_dump(win32_set_service_exit_mode(gracefulExit: true));
var_dump(win32_set_service_exit_mode());
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
bool(false)
bool(true)
