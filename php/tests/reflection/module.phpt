--TEST--
Module: name, version, classes, no ini settings, nothing else
--EXTENSIONS--
win32service
--FILE--
<?php
$module = new ReflectionExtension('win32service');
var_dump(extension_loaded('win32service'), $module->getName(), $module->getINIEntries(), $module->getDependencies());
var_dump(preg_match('/^\d+\.\d+\.\d+$/', $module->getVersion()));
var_dump($module->getClassNames(), count($module->getFunctions()), count($module->getConstants()));
var_dump(function_exists('win32_send_log'));
?>
--EXPECT--
bool(true)
string(12) "win32service"
array(0) {
}
array(0) {
}
int(1)
array(2) {
  [0]=>
  string(21) "Win32ServiceException"
  [1]=>
  string(22) "Win32Service\RightInfo"
}
int(26)
int(138)
bool(false)
