--TEST--
T8: negative delay and period
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (PHP_INT_SIZE !== 8) die('skip 64-bit only');
?>
--FILE--
<?php
require __DIR__ . '/../show.inc';

$base = ['service' => 'name', 'path' => '/usr/bin/php'];
show(fn () => win32_create_service($base + ['recovery_delay' => -10]));
show(fn () => win32_create_service($base + ['recovery_reset_period' => -10]));
?>
--EXPECT--
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'recovery_delay' must between 0 and 9223372036854775807. Got -10.
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'recovery_reset_period' must between 0 and 9223372036854775807. Got -10.
