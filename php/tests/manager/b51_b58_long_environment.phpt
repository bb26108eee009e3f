--TEST--
B51, B58: variables are added to a list that is not empty, whatever their length, and no call keeps memory
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('XX', '');
$expected = [];
for ($i = 1; $i <= 40; $i++) {
    $name = str_repeat("N$i", $i);
    $expected[$name] = str_repeat("v$i", 40 - $i);
    win32_add_service_env_var('XX', $name, $expected[$name]);
}
var_dump(win32_get_service_env_vars('XX') === $expected);

$turn = function (): void {
    win32_add_service_env_var('XX', 'EXTRA', 'x');
    win32_get_service_env_vars('XX');
    win32_remove_service_env_var('XX', 'EXTRA');
    win32_add_right_access_service('XX', 'mail', WIN32_SERVICE_START);
    win32_read_all_rights_access_service('XX');
};
$turn();
$before = memory_get_usage();
for ($i = 0; $i < 50; $i++) {
    $turn();
}
var_dump(memory_get_usage() - $before < 1000);
?>
--EXPECT--
bool(true)
bool(true)
