--TEST--
B62: return types are int, not a class called long
--EXTENSIONS--
win32service
--FILE--
<?php
foreach (['win32_get_last_control_message', 'win32_set_service_exit_code'] as $name) {
    $type = (new ReflectionFunction($name))->getReturnType();
    var_dump($type->getName(), $type->isBuiltin());
}
?>
--EXPECT--
string(3) "int"
bool(true)
string(3) "int"
bool(true)
