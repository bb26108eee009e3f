--TEST--
B52: a name that would break the list is refused
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_add_service_env_var('service', 'A=B', 'x'));
show(fn () => win32_add_service_env_var('service', "A\0B", 'x'));
show(fn () => win32_remove_service_env_var('service', 'A='));
?>
--EXPECT--
ValueError 0: win32_add_service_env_var(): Argument #2 ($varName) the value must not contain "=" or null bytes
ValueError 0: win32_add_service_env_var(): Argument #2 ($varName) the value must not contain "=" or null bytes
ValueError 0: win32_remove_service_env_var(): Argument #2 ($varName) the value must not contain "=" or null bytes
