--TEST--
Loading it twice is PHP's own warning
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

echo php_process('var_dump(extension_loaded("win32service"));', [], ['extension=' . ini_file_of_extension(), 'display_startup_errors=1']);
?>
--EXPECT--
Warning: Module "win32service" is already loaded in Unknown on line 0
bool(true)
