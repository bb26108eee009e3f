--TEST--
RightInfo: clone with properties is refused too
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80500) die("skip needs PHP 8.5");
?>
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

$info = info('HOST', 'subuser', 131120);
show(fn () => \clone($info, ['username' => 'root']));
echo $info, "\n";
?>
--EXPECT--
Win32ServiceException 16000: Unable to clone from userland. Use win32_read_right_access_service or win32_read_all_rights_access_service to get instance.
HOST\subuser 131120 1
