--TEST--
RightInfo: serialize and unserialize
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

$info = info('HOST', 'subuser', 131120);
var_dump($info->__serialize());
echo serialize($info), "\n";
echo unserialize(serialize($info)), "\n";
var_dump(unserialize(serialize(info(null, 'subuser', 1)))->getDomain());
?>
--EXPECT--
array(4) {
  ["domain"]=>
  string(4) "HOST"
  ["username"]=>
  string(7) "subuser"
  ["mask"]=>
  int(131120)
  ["accessMode"]=>
  int(1)
}
O:22:"Win32Service\RightInfo":4:{s:6:"domain";s:4:"HOST";s:8:"username";s:7:"subuser";s:4:"mask";i:131120;s:10:"accessMode";i:1;}
HOST\subuser 131120 1
NULL
