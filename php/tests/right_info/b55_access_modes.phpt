--TEST--
B55: an entry that denies grants nothing
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

foreach ([0, 1, 2, 3, 4] as $mode) {
    $info = info(null, 'subuser', 1, $mode);
    var_dump([$mode, $info->isGrantAccess(), $info->isDenyAccess()] === [$mode, $mode === 1, $mode === 3]);
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
