--TEST--
T1 to T4: a service is created once, exists, and is deleted once
--SKIPIF--
<?php if (PHP_OS_FAMILY !== "Windows") die("skip the real service manager is on Windows"); ?>
--FILE--
<?php
require __DIR__ . '/../show.inc';
require __DIR__ . '/real.inc';
$name = service_name('t1');
$details = ['service' => $name, 'path' => '"' . PHP_BINARY . '"', 'params' => '"file" run'];
var_dump(win32_exists_service($name));
var_dump(win32_create_service($details));
var_dump(win32_exists_service($name));
try {
    win32_create_service($details);
} catch (Win32ServiceException $e) {
    echo $e->getCode(), ' ', $e->getMessage(), "\n";
}
var_dump(win32_query_service_config($name)['path'] === '"' . PHP_BINARY . '" "file" run');
var_dump(win32_delete_service($name));
try {
    win32_delete_service($name);
} catch (Win32ServiceException $e) {
    echo $e->getCode(), ' ', $e->getMessage(), "\n";
}
var_dump(win32_exists_service($name));
?>
--EXPECT--
bool(false)
NULL
bool(true)
1073 Error service exists (on create service)
bool(true)
NULL
1060 Error service does not exist ()
bool(false)
