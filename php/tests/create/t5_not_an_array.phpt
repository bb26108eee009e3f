--TEST--
T5: an object instead of an array
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_create_service(new stdClass()));
?>
--EXPECT--
TypeError 0: win32_create_service(): Argument #1 ($details) must be of type array, stdClass given
