--TEST--
B21: an empty path is refused
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_create_service(['service' => 'name', 'path' => '']));
show(fn () => win32_create_service(['service' => 'name', 'path' => null]));
?>
--EXPECT--
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'path' is wrong
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'path' is wrong
