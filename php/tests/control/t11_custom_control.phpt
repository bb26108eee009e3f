--TEST--
T11: win32_send_custom_control with an object, an empty name, a control out of range, and without a manager
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_send_custom_control(new stdClass(), 200));
show(fn () => win32_send_custom_control('', 2));
show(fn () => win32_send_custom_control('service', 2));
show(fn () => win32_send_custom_control('service', 200));
?>
--EXPECTF--
TypeError 0: win32_send_custom_control(): Argument #1 ($servicename) must be of type string, stdClass given
ValueError 0: win32_send_custom_control(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_send_custom_control(): Argument #2 ($control) the value must be between 128 and 255. Got 2
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
