--TEST--
RightInfo: a readonly class without dynamic properties, from PHP 8.2 on
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80200) die('skip needs readonly classes');
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

$info = info(null, 'subuser', 1);
var_dump((new ReflectionClass($info))->isReadOnly());
try {
    $info->other = 1;
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
var_dump($info);
?>
--EXPECT--
bool(true)
Cannot create dynamic property Win32Service\RightInfo::$other
object(Win32Service\RightInfo)#1 (0) {
}
