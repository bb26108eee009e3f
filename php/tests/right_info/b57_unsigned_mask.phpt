--TEST--
B57: the mask is printed unsigned
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (PHP_INT_SIZE !== 8) die('skip 64-bit only');
?>
--FILE--
<?php
function info(?string $domain, string $user, int $mask, int $mode = 1): Win32Service\RightInfo
{
    return unserialize(sprintf(
        'O:22:"Win32Service\\RightInfo":4:{s:6:"domain";%ss:8:"username";%ss:4:"mask";i:%d;s:10:"accessMode";i:%d;}',
        serialize($domain),
        serialize($user),
        $mask,
        $mode,
    ));
}

echo info(null, 'subuser', 0x80000000), "\n", info('D', 'u', 0xFFFFFFFF), "\n";
?>
--EXPECT--
subuser 2147483648 1
D\u 4294967295 1
