--TEST--
T25, T26, B50: variables of a service are added, replaced and removed one by one
--SKIPIF--
<?php if (PHP_OS_FAMILY !== "Windows") die("skip the real service manager is on Windows"); ?>
--FILE--
<?php
require __DIR__ . '/real.inc';
$name = service_name('t26');
win32_create_service(['service' => $name, 'path' => PHP_BINARY]);
$show = function () use ($name) {
    echo json_encode(win32_get_service_env_vars($name), JSON_UNESCAPED_UNICODE), "\n";
};
$show();
win32_add_service_env_var($name, 'var1', 'a=b');
$show();
win32_add_service_env_var($name, 'var2', '漢');
win32_add_service_env_var($name, 'var3', 'c');
$show();
win32_add_service_env_var($name, 'VAR2', 'B52');
$show();
win32_remove_service_env_var($name, 'var1');
$show();
win32_remove_service_env_var($name, 'var2');
win32_remove_service_env_var($name, 'var3');
$show();
win32_delete_service($name);
?>
--EXPECT--
[]
{"var1":"a=b"}
{"var1":"a=b","var2":"漢","var3":"c"}
{"var1":"a=b","VAR2":"B52","var3":"c"}
{"VAR2":"B52","var3":"c"}
[]
