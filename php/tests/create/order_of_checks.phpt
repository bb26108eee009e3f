--TEST--
The first wrong key in upstream's order is named
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$all = ['service' => '', 'path' => null, 'svc_type' => 1, 'start_type' => 8, 'error_control' => 8, 'base_priority' => 8,
    'recovery_delay' => -1, 'recovery_action_1' => 4, 'recovery_action_2' => 4, 'recovery_action_3' => 4,
    'recovery_reset_period' => -1, 'dependencies' => ["\xFF"]];
$good = ['service' => 'name', 'path' => 'x'];
foreach (array_keys($all) as $key) {
    try {
        win32_create_service($all);
    } catch (ValueError $e) {
        preg_match("/'(\w+)'/", $e->getMessage(), $found);
        echo $found[1], "\n";
    }
    unset($all[$key]);
    $all += array_intersect_key($good, [$key => 1]);
}
show(fn () => win32_create_service($all));
?>
--EXPECTF--
service
path
svc_type
start_type
error_control
base_priority
recovery_delay
recovery_action_1
recovery_action_2
recovery_action_3
recovery_reset_period
dependencies
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
