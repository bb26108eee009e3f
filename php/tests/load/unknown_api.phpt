--TEST--
A PHP that is not known is refused: PHP goes on, and the message says what is known and how to try
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

echo php_process('var_dump(extension_loaded("win32service"));', ['RELANCE_PHP_ASSUME_API' => '20990101'], ['display_startup_errors=1']);
?>
--EXPECTF--
Warning: PHP Startup: win32service: Unable to initialize module
Module compiled with build ID=one of 20210902 (PHP 8.1), 20220829 (PHP 8.2), 20230831 (PHP 8.3), 20240924 (PHP 8.4), 20250925 (PHP 8.5), not 20990101; a newer win32service may know it; to try this one all the same, set the environment variable RELANCE_PHP_ASSUME_API=%d (the newest it knows)
PHP    compiled with build ID=API%s
These options need to match
 in Unknown on line 0
bool(false)
