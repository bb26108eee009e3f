--TEST--
T30, B34: win32_update_service_config with wrong arguments, and without a manager
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_update_service_config('service', new stdClass()));
show(fn () => win32_update_service_config('', ['start_type' => 8]));
show(fn () => win32_update_service_config('service', ['start_type' => 3]));
?>
--EXPECTF--
TypeError 0: win32_update_service_config(): Argument #2 ($details) must be of type array, stdClass given
ValueError 0: win32_update_service_config(): Argument #1 ($servicename) the value cannot be empty
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
