--TEST--
A user error handler may throw while arguments are parsed
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

set_error_handler(function (int $level, string $text): void {
    throw new ErrorException($text);
});
show(fn () => win32_delete_service(null));
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'display' => fopen('php://memory', 'r')]));
?>
--EXPECTF--
ErrorException 0: win32_delete_service(): Passing null to parameter #1 ($servicename) of type string is deprecated
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
