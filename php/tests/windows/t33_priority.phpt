--TEST--
T33: a priority class is stored and read
--SKIPIF--
<?php if (PHP_OS_FAMILY !== "Windows") die("skip the real service manager is on Windows"); ?>
--FILE--
<?php
require __DIR__ . '/real.inc';
$name = service_name('t33');
win32_create_service([
    'service' => $name,
    'path' => PHP_BINARY,
    'base_priority' => WIN32_BELOW_NORMAL_PRIORITY_CLASS,
]);
var_dump(win32_get_service_priority($name) === WIN32_BELOW_NORMAL_PRIORITY_CLASS);
var_dump(win32_set_service_priority($name, WIN32_NORMAL_PRIORITY_CLASS));
var_dump(win32_get_service_priority($name) === WIN32_NORMAL_PRIORITY_CLASS);
win32_delete_service($name);
?>
--EXPECT--
bool(true)
NULL
bool(true)
