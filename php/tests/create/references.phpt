--TEST--
Values that are references are read and left alone
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$name = 'x';
$list = ['a', 'b'];
$details = ['service' => &$name, 'path' => 'x', 'dependencies' => &$list];
show(fn () => win32_create_service($details));
var_dump($name, $list);
?>
--EXPECT--
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' cannot be empty
string(1) "x"
array(2) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
}
