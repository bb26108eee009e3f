--TEST--
B20: names of one byte are empty to the rights functions
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_add_right_access_service('s', 'user', 1));
show(fn () => win32_add_right_access_service('service', 'u', 1));
show(fn () => win32_read_all_rights_access_service('s'));
?>
--EXPECT--
ValueError 0: win32_add_right_access_service(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_add_right_access_service(): Argument #2 ($username) the value cannot be empty
ValueError 0: win32_read_all_rights_access_service(): Argument #1 ($servicename) the value cannot be empty
