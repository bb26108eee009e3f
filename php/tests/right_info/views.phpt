--TEST--
RightInfo: every view of an object without properties
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
var_dump($info, (array) $info, get_object_vars($info), json_encode($info), isset($info->username));
var_export($info);
?>
--EXPECTF--
object(Win32Service\RightInfo)#1 (0) {
}
array(0) {
}
array(0) {
}
string(2) "{}"
bool(false)
%AWin32Service\RightInfo::__set_state(array(
))
