--TEST--
RightInfo: nobody makes one but the two functions
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

show(fn () => new Win32Service\RightInfo());
show(fn () => (new ReflectionMethod('Win32Service\RightInfo', '__construct'))->invoke(info(null, 'subuser', 1)));
show(fn () => (new ReflectionClass('Win32Service\RightInfo'))->newInstanceWithoutConstructor());
?>
--EXPECT--
Error 0: Call to private Win32Service\RightInfo::__construct() from global scope
Win32ServiceException 16000: Unable to call constructor from userland. Use win32_read_right_access_service or win32_read_all_rights_access_service to get instance.
ReflectionException 0: Class Win32Service\RightInfo is an internal class marked as final that cannot be instantiated without invoking its constructor
