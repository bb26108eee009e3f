--TEST--
T19: what the object of three rights answers
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

$info = info(null, 'subuser', WIN32_SERVICE_START | WIN32_SERVICE_STOP | WIN32_READ_CONTROL);
var_dump($info->getFullUsername(), $info->getUsername(), $info->getDomain(), $info->getRights(), $info->isGrantAccess(), $info->isDenyAccess());
echo $info, "\n";
?>
--EXPECT--
string(7) "subuser"
string(7) "subuser"
NULL
array(3) {
  [16]=>
  string(13) "SERVICE_START"
  [32]=>
  string(12) "SERVICE_STOP"
  [131072]=>
  string(12) "READ_CONTROL"
}
bool(true)
bool(false)
subuser 131120 1
