--TEST--
T27, T28, T31: texts of any alphabet and the start type read back, before and after an update
--SKIPIF--
<?php if (PHP_OS_FAMILY !== "Windows") die("skip the real service manager is on Windows"); ?>
--FILE--
<?php
require __DIR__ . '/real.inc';
$name = service_name('t31-é漢');
$show = function () use ($name) {
    $config = win32_query_service_config($name);
    echo $config['service'] === $name ? 'same' : 'other', ' ', $config['display'], ' ',
        $config['description'], ' ', $config['start_type'], "\n";
};
win32_create_service([
    'service' => $name,
    'path' => PHP_BINARY,
    'display' => "Relance é 漢字 $name",
    'description' => 'ünïcödé',
    'start_type' => WIN32_SERVICE_DEMAND_START,
]);
$show();
win32_update_service_config($name, [
    'display' => "Другой $name",
    'description' => 'autre',
    'start_type' => WIN32_SERVICE_DISABLED,
]);
$show();
try {
    win32_start_service($name);
} catch (Win32ServiceException $e) {
    echo $e->getCode(), "\n";
}
win32_delete_service($name);
?>
--EXPECTF--
same Relance é 漢字 %s ünïcödé 3
same Другой %s autre 4
1058
