--TEST--
B63: every function of upstream is in the list
--EXTENSIONS--
win32service
--FILE--
<?php
ob_start();
(new ReflectionExtension('win32service'))->info();
preg_match_all('/^(win32_\w+) => /m', ob_get_clean(), $listed);
var_dump(array_diff(array_slice(get_extension_funcs('win32service'), 0, 26), $listed[1]), count($listed[1]));
?>
--EXPECT--
array(0) {
}
int(26)
