--TEST--
Constants: names are case-sensitive; old and unprefixed names do not exist
--EXTENSIONS--
win32service
--FILE--
<?php
var_dump(defined('win32_service_stopped'), defined('WIN32_ERROR_CALL_NOT_IMPLEMENTED'), defined('INFO_SERVICE'));
?>
--EXPECT--
bool(false)
bool(false)
bool(false)
