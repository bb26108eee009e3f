--TEST--
T23: the read functions with empty names, and a right beyond the constants
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_read_right_access_service('', 'user'));
show(fn () => win32_read_right_access_service('service', ''));
show(fn () => win32_read_all_rights_access_service(''));
show(fn () => win32_add_right_access_service('service', 'user', WIN32_GENERIC_ALL << 4));
var_dump(WIN32_GENERIC_ALL === 0x10000000);
?>
--EXPECT--
ValueError 0: win32_read_right_access_service(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_read_right_access_service(): Argument #2 ($username) the value cannot be empty
ValueError 0: win32_read_all_rights_access_service(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_add_right_access_service(): Argument #3 ($right) the value must be a combination of the WIN32_* rights constants
bool(true)
