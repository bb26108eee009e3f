--TEST--
B54: a name with a domain is split at the first backslash; . and the machine are local
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('XX', '');
foreach (['.\\mail', gethostname() . '\\mail', 'BUILTIN\\Administrators', 'NT AUTHORITY\\SYSTEM'] as $account) {
    $right = win32_read_right_access_service('XX', $account);
    echo json_encode([$account, $right->getDomain(), $right->getUsername(), (string) $right]), "\n";
}
?>
--EXPECTF--
[".\\mail",".","mail",".\\mail 0 1"]
["%s\\mail","%s","mail","%s\\mail 0 1"]
["BUILTIN\\Administrators","BUILTIN","Administrators","BUILTIN\\Administrators 983551 1"]
["NT AUTHORITY\\SYSTEM","NT AUTHORITY","SYSTEM","NT AUTHORITY\\SYSTEM 131581 1"]
