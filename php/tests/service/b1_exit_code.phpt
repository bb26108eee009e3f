--TEST--
B1: the exit code function returns the code before, and without argument only asks
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
var_dump(win32_set_service_exit_code());
var_dump(win32_set_service_exit_code(7));
var_dump(win32_set_service_exit_code());
var_dump(win32_set_service_exit_code());
var_dump(win32_set_service_exit_code(-1));
var_dump(win32_set_service_exit_code(0x1_0000_0005));
var_dump(win32_set_service_exit_code(exitCode: 3));
var_dump(win32_set_service_exit_mode());
?>
--EXPECT--
int(1)
int(1)
int(7)
int(7)
int(7)
int(-1)
int(4294967301)
bool(true)
