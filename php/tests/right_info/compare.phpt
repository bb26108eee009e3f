--TEST--
RightInfo: two objects are equal when what they hold is
--EXTENSIONS--
win32service
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

$info = info('HOST', 'subuser', 1);
var_dump($info == info('HOST', 'subuser', 1), $info == info('HOST', 'subuser', 2), $info == info(null, 'subuser', 1), $info === $info, $info == new stdClass(), $info == null);
?>
--EXPECT--
bool(true)
bool(false)
bool(false)
bool(true)
bool(false)
bool(false)
