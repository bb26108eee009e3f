--TEST--
Every combination of the constants is taken
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (PHP_INT_SIZE !== 8) die('skip 64-bit only');
?>
--FILE--
<?php
$all = 0;
foreach (get_defined_constants(true)['win32service'] as $name => $value) {
    if (preg_match('/^WIN32_(GENERIC|DELETE|READ_CONTROL|WRITE_|ACCESS_SYSTEM|SERVICE_(ALL_ACCESS|CHANGE_CONFIG|ENUMERATE|INTERROGATE$|PAUSE_CONTINUE$|QUERY|START$|STOP$|USER_DEFINED))/', $name)) {
        $all |= $value;
    }
}
printf("%x\n", $all);
foreach ([$all, WIN32_GENERIC_READ, 0x200, -1, 0x1_0000_0001] as $right) {
    try {
        win32_add_right_access_service('service', 'user', $right);
    } catch (Throwable $e) {
        echo get_class($e), "\n";
    }
}
?>
--EXPECT--
f10f01ff
Win32ServiceException
Win32ServiceException
ValueError
ValueError
ValueError
