--TEST--
T1, T2, T3, T4: create, create again, exists, delete, delete again
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$details = ['service' => 'XX', 'path' => '"/usr/bin/php"', 'params' => '"' . __FILE__ . '" run'];
var_dump(win32_exists_service('XX'));
show(fn () => win32_create_service($details));
var_dump(win32_exists_service('XX'), win32_exists_service('xx'));
show(fn () => win32_create_service($details));
echo win32_query_service_config('XX')['start_type'], "\n", status_line('XX'), "\n";
show(fn () => win32_delete_service('XX'));
var_dump(win32_exists_service('XX'));
show(fn () => win32_delete_service('XX'));
?>
--EXPECTF--
bool(false)
NULL
bool(true)
bool(true)
Win32ServiceException 1073: Error service exists (on create service)
2
state 1, exit code 1077, specific 0
NULL
bool(false)
Win32ServiceException 1060: Error service does not exist ()
