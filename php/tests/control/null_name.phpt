--TEST--
null for a name is deprecated and means the empty name
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_delete_service(null));
?>
--EXPECTF--
Deprecated: win32_delete_service(): Passing null to parameter #1 ($servicename) of type string is deprecated in %s on line %d
ValueError 0: win32_delete_service(): Argument #1 ($servicename) the value cannot be empty
