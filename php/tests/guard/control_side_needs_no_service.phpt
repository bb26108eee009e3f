--TEST--
The control side works in any process: here it gets as far as the manager
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_query_service_status('service'));
?>
--EXPECTF--
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
