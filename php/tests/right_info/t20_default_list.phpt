--TEST--
T20: number of rights and text of the masks in a default list
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

foreach ([['NT AUTHORITY', 'SYSTEM', 131581], ['BUILTIN', 'Administrators', 983551], ['NT AUTHORITY', 'INTERACTIVE', 131469]] as $row) {
    $info = info(...$row);
    echo count($info->getRights()), ' ', array_key_first($info->getRights()), ' ', $info->getFullUsername(), ' | ', $info, "\n";
}
?>
--EXPECT--
9 8 NT AUTHORITY\SYSTEM | NT AUTHORITY\SYSTEM 131581 1
14 983551 BUILTIN\Administrators | BUILTIN\Administrators 983551 1
6 8 NT AUTHORITY\INTERACTIVE | NT AUTHORITY\INTERACTIVE 131469 1
