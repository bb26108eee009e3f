--TEST--
R84, B32: the priority class is the nice value of the process, and a change reaches the running process
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$nice = fn () => (int) explode(' ', file_get_contents('/proc/' . win32_query_service_status('nice')['ProcessId'] . '/stat'))[18];
create('nice', 'serve();', ['base_priority' => WIN32_BELOW_NORMAL_PRIORITY_CLASS]);
win32_start_service('nice');
await('nice');
echo $nice(), "\n";
foreach ([WIN32_IDLE_PRIORITY_CLASS, WIN32_ABOVE_NORMAL_PRIORITY_CLASS, WIN32_NORMAL_PRIORITY_CLASS] as $class) {
    win32_set_service_priority('nice', $class);
    echo $nice(), "\n";
}
win32_stop_service('nice');
await('nice', 'stopped');
?>
--EXPECT--
10
19
-5
0
