--TEST--
Module: name, version, classes, ini settings, and how much of the rest
--EXTENSIONS--
win32service
--FILE--
<?php
$module = new ReflectionExtension('win32service');
var_dump(extension_loaded('win32service'), $module->getName(), $module->getINIEntries(), $module->getDependencies());
var_dump(preg_match('/^\d+\.\d+\.\d+$/', $module->getVersion()));
var_dump($module->getClassNames(), count($module->getFunctions()), count($module->getConstants()));
?>
--EXPECT--
bool(true)
string(12) "win32service"
array(1) {
  ["win32service.errors_are_failures"]=>
  string(1) "0"
}
array(0) {
}
int(1)
array(3) {
  [0]=>
  string(21) "Win32ServiceException"
  [1]=>
  string(22) "Win32Service\RightInfo"
  [2]=>
  string(15) "Relance\Service"
}
int(37)
int(138)
