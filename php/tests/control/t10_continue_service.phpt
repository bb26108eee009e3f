--TEST--
T10: win32_continue_service with an object, an empty name, and without a manager
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_continue_service(new stdClass()));
show(fn () => win32_continue_service(''));
show(fn () => win32_continue_service('service'));
?>
--EXPECTF--
TypeError 0: win32_continue_service(): Argument #1 ($servicename) must be of type string, stdClass given
ValueError 0: win32_continue_service(): Argument #1 ($servicename) the value cannot be empty
Win32ServiceException 1722: Unknow error no 1722 (on openning manager)
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
