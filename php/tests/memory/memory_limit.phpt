--TEST--
A memory limit that is hit while a result is built ends the script as any other fatal error
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip valgrind runs without the memory limit');
?>
--FILE--
<?php
require __DIR__ . '/../show.inc';

echo php_process('
$info = unserialize(\'O:22:"Win32Service\RightInfo":4:{s:6:"domain";N;s:8:"username";s:3000000:"\' . str_repeat("x", 3000000) . \'";s:4:"mask";i:1;s:10:"accessMode";i:1;}\');
$kept = [];
while (true) {
    $kept[] = $info->getUsername();
}', [], ['memory_limit=20M', 'display_errors=1', 'html_errors=0']);
?>
--EXPECTF--
Fatal error: Allowed memory size of 20971520 bytes exhausted%s(tried to allocate %d bytes) in Command line code on line %d%A
exit status 255
