--TEST--
T22, B59: add and remove with empty names and without rights
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_add_right_access_service('', 'user', WIN32_SERVICE_START));
show(fn () => win32_add_right_access_service('service', '', WIN32_SERVICE_START));
show(fn () => win32_add_right_access_service('service', 'user', 0));
show(fn () => win32_remove_right_access_service('', 'user'));
show(fn () => win32_remove_right_access_service('service', ''));
?>
--EXPECT--
ValueError 0: win32_add_right_access_service(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_add_right_access_service(): Argument #2 ($username) the value cannot be empty
ValueError 0: win32_add_right_access_service(): Argument #3 ($right) the value must be a combination of the WIN32_* rights constants
ValueError 0: win32_remove_right_access_service(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_remove_right_access_service(): Argument #2 ($username) the value cannot be empty
