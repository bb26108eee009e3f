--TEST--
T14 to T17: a script is a service from start to stop and ends with its exit mode and code (graceful)
--SKIPIF--
<?php if (PHP_OS_FAMILY !== "Windows") die("skip the real service manager is on Windows"); ?>
--FILE--
<?php
require __DIR__ . '/real.inc';
$name = service_name('script-graceful');
$file = __DIR__ . "\\$name.txt";
win32_create_service([
    'service' => $name,
    'path' => PHP_BINARY,
    'params' => extension_options() . ' ' . __DIR__ . "\\service.php $name $file graceful",
    'start_type' => WIN32_SERVICE_DEMAND_START,
]);
win32_start_service($name);
$status = wait_for($name, WIN32_SERVICE_RUNNING);
var_dump($status['ProcessId'] > 0);
unset($status['ProcessId']);
echo json_encode($status), "\n";
win32_pause_service($name);
wait_for($name, WIN32_SERVICE_PAUSED);
win32_continue_service($name);
wait_for($name, WIN32_SERVICE_RUNNING);
win32_send_custom_control($name, 201);
wait_for_lines($file, 7);
win32_stop_service($name);
$status = wait_for($name, WIN32_SERVICE_STOPPED);
echo $status['Win32ExitCode'], ' ', $status['ServiceSpecificExitCode'], "\n";
win32_delete_service($name);
echo implode("\n", file($file, FILE_IGNORE_NEW_LINES)), "\n";
?>
--CLEAN--
<?php array_map('unlink', glob(__DIR__ . '/relance-php-script-graceful-*.txt')); ?>
--EXPECT--
bool(true)
{"ServiceType":16,"CurrentState":4,"ControlsAccepted":2047,"Win32ExitCode":0,"ServiceSpecificExitCode":0,"CheckPoint":0,"WaitHint":0,"ServiceFlags":0}
0 0
before 2
dispatcher true
again 0 Service ctrl dispatcher already running
running
control 2
control 3
control 201
control 1
end
