--TEST--
Environment: which argument is empty or wrong is checked in order
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_add_service_env_var('', '', ''));
show(fn () => win32_add_service_env_var('service', '', ''));
show(fn () => win32_remove_service_env_var('', ''));
show(fn () => win32_remove_service_env_var('service', ''));
show(fn () => win32_get_service_env_vars(''));
show(fn () => win32_add_service_env_var('service', 'name'));
?>
--EXPECT--
ValueError 0: win32_add_service_env_var(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_add_service_env_var(): Argument #2 ($varName) the value cannot be empty
ValueError 0: win32_remove_service_env_var(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_remove_service_env_var(): Argument #2 ($varName) the value cannot be empty
ValueError 0: win32_get_service_env_vars(): Argument #1 ($servicename) the value cannot be empty
ArgumentCountError 0: win32_add_service_env_var() expects exactly 3 arguments, 2 given
