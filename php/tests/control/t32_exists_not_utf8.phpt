--TEST--
T32: a name that is not UTF-8
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_exists_service("bad\xFF"));
?>
--EXPECT--
ValueError 0: A string argument must be valid UTF-8
