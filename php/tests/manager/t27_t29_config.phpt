--TEST--
R80, R81, T27, T28, T29, B37, B39, B40: every key is kept, changed and given back
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
win32_create_service([
    'service' => 'XX', 'path' => '/usr/bin/php', 'params' => 'a.php', 'start_type' => 3,
    'display' => 'The X', 'description' => 'What X does',
]);
var_dump(win32_query_service_config('XX'));
win32_update_service_config('XX', ['display' => 'New X', 'description' => 'Newer', 'start_type' => 2]);
win32_update_service_config('XX', [
    'path' => '"/usr/bin/php"', 'params' => 'a.php run-updated', 'recovery_delay' => 120000,
    'recovery_action_1' => WIN32_SC_ACTION_RESTART, 'recovery_action_2' => WIN32_SC_ACTION_RUN_COMMAND,
    'recovery_command' => '"/bin/echo" "%1%"', 'recovery_enabled' => true, 'recovery_reboot_msg' => 'bye',
    'dependencies' => ['Y', '+G'], 'load_order' => 'L', 'error_control' => 2,
]);
var_dump(win32_query_service_config('XX'));
// B37: one key more, and nothing else changes. B39: '' clears.
win32_update_service_config('XX', ['recovery_action_3' => WIN32_SC_ACTION_REBOOT]);
win32_update_service_config('XX', ['description' => '', 'recovery_reboot_msg' => '', 'dependencies' => []]);
echo json_encode(win32_query_service_config('xx')), "\n";
?>
--EXPECT--
array(16) {
  ["service"]=>
  string(2) "XX"
  ["svc_type"]=>
  int(16)
  ["start_type"]=>
  int(3)
  ["error_control"]=>
  int(0)
  ["path"]=>
  string(18) "/usr/bin/php a.php"
  ["load_order"]=>
  string(0) ""
  ["tag_id"]=>
  int(0)
  ["dependencies"]=>
  array(0) {
  }
  ["user"]=>
  string(11) "LocalSystem"
  ["display"]=>
  string(5) "The X"
  ["description"]=>
  string(11) "What X does"
  ["delayed_start"]=>
  bool(false)
  ["recovery_enabled"]=>
  bool(false)
  ["recovery_reset_period"]=>
  int(0)
  ["recovery_reboot_msg"]=>
  NULL
  ["recovery_command"]=>
  NULL
}
array(20) {
  ["service"]=>
  string(2) "XX"
  ["svc_type"]=>
  int(16)
  ["start_type"]=>
  int(2)
  ["error_control"]=>
  int(2)
  ["path"]=>
  string(32) ""/usr/bin/php" a.php run-updated"
  ["load_order"]=>
  string(1) "L"
  ["tag_id"]=>
  int(0)
  ["dependencies"]=>
  array(2) {
    [0]=>
    string(1) "Y"
    [1]=>
    string(2) "+G"
  }
  ["user"]=>
  string(11) "LocalSystem"
  ["display"]=>
  string(5) "New X"
  ["description"]=>
  string(5) "Newer"
  ["delayed_start"]=>
  bool(false)
  ["recovery_enabled"]=>
  bool(true)
  ["recovery_reset_period"]=>
  int(0)
  ["recovery_reboot_msg"]=>
  string(3) "bye"
  ["recovery_command"]=>
  string(17) ""/bin/echo" "%1%""
  ["recovery_action_1"]=>
  int(1)
  ["recovery_delay"]=>
  int(120000)
  ["recovery_action_2"]=>
  int(3)
  ["recovery_action_3"]=>
  int(0)
}
{"service":"xx","svc_type":16,"start_type":2,"error_control":2,"path":"\"\/usr\/bin\/php\" a.php run-updated","load_order":"L","tag_id":0,"dependencies":[],"user":"LocalSystem","display":"New X","description":null,"delayed_start":false,"recovery_enabled":true,"recovery_reset_period":0,"recovery_reboot_msg":null,"recovery_command":"\"\/bin\/echo\" \"%1%\"","recovery_action_1":1,"recovery_delay":120000,"recovery_action_2":3,"recovery_action_3":2}
