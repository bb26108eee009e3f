--TEST--
RightInfo: methods take no arguments but __unserialize
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

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
show(fn () => $info->getRights(1));
show(fn () => $info->isGrantAccess('x'));
show(fn () => $info->__unserialize('x'));
show(fn () => $info->__unserialize());
?>
--EXPECT--
ArgumentCountError 0: Win32Service\RightInfo::getRights() expects exactly 0 arguments, 1 given
ArgumentCountError 0: Win32Service\RightInfo::isGrantAccess() expects exactly 0 arguments, 1 given
TypeError 0: Win32Service\RightInfo::__unserialize(): Argument #1 ($data) must be of type array, string given
ArgumentCountError 0: Win32Service\RightInfo::__unserialize() expects exactly 1 argument, 0 given
