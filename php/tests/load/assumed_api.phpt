--TEST--
A PHP may be taken for a version by hand
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$api = [80100 => 20210902, 80200 => 20220829, 80300 => 20230831, 80400 => 20240924, 80500 => 20250925];
echo php_process('var_dump(extension_loaded("win32service"));', ['RELANCE_PHP_ASSUME_API' => (string) $api[PHP_VERSION_ID - PHP_VERSION_ID % 100]]);
?>
--EXPECT--
bool(true)
