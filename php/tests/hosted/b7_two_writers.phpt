--TEST--
B7: a script that reports without a pause while controls are answered on the other thread
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('busy', 'serve(turn: fn () => win32_set_service_status(WIN32_SERVICE_RUNNING));');
win32_start_service('busy');
await('busy');
for ($i = 0; $i < 100; $i++) {
    win32_send_custom_control('busy', 128 + $i);
    $status = win32_query_service_status('busy');
    if ($status['CurrentState'] !== WIN32_SERVICE_RUNNING || $status['Win32ExitCode'] !== 0) {
        var_dump($status);
    }
}
win32_stop_service('busy');
await('busy', 'stopped');
$status = win32_query_service_status('busy');
var_dump($status['Win32ExitCode'], $status['ServiceSpecificExitCode']);
?>
--EXPECT--
int(0)
int(0)
