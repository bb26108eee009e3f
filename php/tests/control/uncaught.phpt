--TEST--
An exception that nobody catches names its class and text
--EXTENSIONS--
win32service
--FILE--
<?php
win32_stop_service('service');
?>
--EXPECTF--
Fatal error: Uncaught Win32ServiceException: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET in %s:%d
Stack trace:
#0 %s(%d): win32_stop_service('service')
#1 {main}

Next Win32ServiceException: Unknow error no 1722 (on openning manager) in %s:%d
Stack trace:
#0 %s(%d): win32_stop_service('service')
#1 {main}
  thrown in %s on line %d
