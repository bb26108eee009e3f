--TEST--
T9: recovery actions that are none of the constants
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$base = ['service' => 'name', 'path' => '/usr/bin/php'];
show(fn () => win32_create_service($base + ['recovery_action_1' => 4]));
show(fn () => win32_create_service($base + ['recovery_action_2' => 4]));
show(fn () => win32_create_service($base + ['recovery_action_3' => -1]));
?>
--EXPECT--
ValueError 0: win32_create_service(): Argument #1 ($details) the value 4 for 'recovery_action_1' key is wrong. Use WIN32_SC_ACTION_NONE, WIN32_SC_ACTION_REBOOT, WIN32_SC_ACTION_RESTART or WIN32_SC_ACTION_RUN_COMMAND constants
ValueError 0: win32_create_service(): Argument #1 ($details) the value 4 for 'recovery_action_2' key is wrong. Use WIN32_SC_ACTION_NONE, WIN32_SC_ACTION_REBOOT, WIN32_SC_ACTION_RESTART or WIN32_SC_ACTION_RUN_COMMAND constants
ValueError 0: win32_create_service(): Argument #1 ($details) the value -1 for 'recovery_action_3' key is wrong. Use WIN32_SC_ACTION_NONE, WIN32_SC_ACTION_REBOOT, WIN32_SC_ACTION_RESTART or WIN32_SC_ACTION_RUN_COMMAND constants
