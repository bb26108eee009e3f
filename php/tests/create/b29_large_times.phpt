--TEST--
B29: 32 bits are taken, more is refused with the same text
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$base = ['service' => 'name', 'path' => '/usr/bin/php'];
show(fn () => win32_create_service($base + ['recovery_delay' => 3000000000]));
show(fn () => win32_create_service($base + ['recovery_reset_period' => 4294967295]));
show(fn () => win32_create_service($base + ['recovery_delay' => 4294967296]));
show(fn () => win32_create_service($base + ['svc_type' => 0x1_0000_0010]));
?>
--EXPECTF--
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'recovery_delay' must between 0 and 9223372036854775807. Got 4294967296.
ValueError 0: win32_create_service(): Argument #1 ($details) the value 4294967312 for 'svc_type' key is wrong, Use WIN32_SERVICE_WIN32_OWN_PROCESS, WIN32_SERVICE_INTERACTIVE_PROCESS or WIN32_SERVICE_WIN32_OWN_PROCESS_INTERACTIVE constants
