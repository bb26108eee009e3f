--TEST--
B22: null for a text means that it is not given
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_create_service(['service' => null, 'path' => 'x']));
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'display' => null, 'user' => null, 'password' => null,
    'params' => null, 'load_order' => null, 'dependencies' => null, 'description' => null, 'recovery_command' => null]));
?>
--EXPECTF--
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' is wrong
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
