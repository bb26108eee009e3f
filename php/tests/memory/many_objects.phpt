--TEST--
Many objects come and go
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

for ($i = 0; $i < 10000; $i++) {
    $info = info('HOST', "user$i", $i);
    $list[$i % 10] = [$info, $info->getRights(), (string) $info];
}
gc_collect_cycles();
echo count($list), ' ', $info, "\n";
?>
--EXPECT--
10 HOST\user9999 9999 1
