--TEST--
RightInfo: what unserialize does not take, in the order of its checks
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$good = ['domain' => null, 'username' => 'subuser', 'mask' => 1, 'accessMode' => 1];
$object = fn (array $data) => unserialize('O:22:"Win32Service\RightInfo"' . substr(serialize($data), 1));
show(fn () => $object([]));
show(fn () => $object(['domain' => 1] + $good));
show(fn () => $object(['domain' => 'D', 'username' => null] + $good));
show(fn () => $object(['domain' => 'D'] + ['username' => 'u']));
show(fn () => $object(['mask' => '1'] + $good));
show(fn () => $object(['mask' => -1] + $good));
show(fn () => $object(['accessMode' => 1.0] + $good));
show(fn () => $object($good)->getUsername());
?>
--EXPECT--
Win32ServiceException 16000: Missing or invalid 'domain' key
Win32ServiceException 16000: Missing or invalid 'domain' key
Win32ServiceException 16000: Missing or invalid 'username' key
Win32ServiceException 16000: Missing or invalid 'mask' key
Win32ServiceException 16000: Missing or invalid 'mask' key
Win32ServiceException 16000: Missing or invalid 'mask' key
Win32ServiceException 16000: Missing or invalid 'accessMode' key
string(7) "subuser"
