--TEST--
T6: service and path are required, and service has at least two bytes
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_create_service([]));
show(fn () => win32_create_service(['service' => '']));
show(fn () => win32_create_service(['service' => 'name']));
?>
--EXPECT--
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' is wrong
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' cannot be empty
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'path' is wrong
