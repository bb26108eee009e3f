--TEST--
B63: every function is in the list
--EXTENSIONS--
win32service
--FILE--
<?php
ob_start();
(new ReflectionExtension('win32service'))->info();
preg_match_all('/^(win32_\w+) => /m', ob_get_clean(), $listed);
var_dump(array_diff(get_extension_funcs('win32service'), $listed[1]), count($listed[1]));
?>
--EXPECT--
array(0) {
}
int(26)
