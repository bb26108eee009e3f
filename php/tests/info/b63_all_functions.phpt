--TEST--
B63: every function is in the list, upstream's and our own
--EXTENSIONS--
win32service
--FILE--
<?php
ob_start();
(new ReflectionExtension('win32service'))->info();
preg_match_all('/^((?:win32_|Relance.)\w+) => /m', ob_get_clean(), $listed);
$names = array_map('strtolower', $listed[1]);
var_dump(array_diff(array_map('strtolower', get_extension_funcs('win32service')), $names), count($names));
?>
--EXPECT--
array(0) {
}
int(37)
