--TEST--
B20: a name of one byte is empty, one character of two bytes is not
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_create_service(['service' => 'x', 'path' => 'x']));
show(fn () => win32_create_service(['service' => 'é', 'path' => 'x']));
?>
--EXPECTF--
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' cannot be empty
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
