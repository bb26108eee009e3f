--TEST--
Constants: ints, and strings for the keys of arrays
--EXTENSIONS--
win32service
--FILE--
<?php
$types = [];
foreach (get_defined_constants(true)['win32service'] as $name => $value) {
    $types[gettype($value)][str_starts_with($name, 'WIN32_INFO_') ? 'WIN32_INFO_*' : 'other'] ??= 0;
    $types[gettype($value)][str_starts_with($name, 'WIN32_INFO_') ? 'WIN32_INFO_*' : 'other']++;
}
var_dump($types);
?>
--EXPECT--
array(2) {
  ["integer"]=>
  array(1) {
    ["other"]=>
    int(107)
  }
  ["string"]=>
  array(1) {
    ["WIN32_INFO_*"]=>
    int(31)
  }
}
