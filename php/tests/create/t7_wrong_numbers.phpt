--TEST--
T7: numbers that are none of the constants
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$base = ['service' => 'name', 'path' => '/usr/bin/php'];
show(fn () => win32_create_service($base + ['svc_type' => 1]));
show(fn () => win32_create_service($base + ['start_type' => 8]));
show(fn () => win32_create_service($base + ['error_control' => 8]));
show(fn () => win32_create_service($base + ['base_priority' => 8]));
?>
--EXPECT--
ValueError 0: win32_create_service(): Argument #1 ($details) the value 1 for 'svc_type' key is wrong, Use WIN32_SERVICE_WIN32_OWN_PROCESS, WIN32_SERVICE_INTERACTIVE_PROCESS or WIN32_SERVICE_WIN32_OWN_PROCESS_INTERACTIVE constants
ValueError 0: win32_create_service(): Argument #1 ($details) the value 8 for 'start_type' key is wrong, Use WIN32_SERVICE_BOOT_START, WIN32_SERVICE_SYSTEM_START, WIN32_SERVICE_AUTO_START, WIN32_SERVICE_DEMAND_START or WIN32_SERVICE_DISABLED constants
ValueError 0: win32_create_service(): Argument #1 ($details) the value 8 for 'error_control' key is wrong, Use WIN32_SERVICE_ERROR_IGNORE, WIN32_SERVICE_ERROR_NORMAL, WIN32_SERVICE_ERROR_SEVERE or WIN32_SERVICE_ERROR_CRITICAL constants
ValueError 0: win32_create_service(): Argument #1 ($details) the value 8 for 'base_priority' key is wrong, Use WIN32_ABOVE_NORMAL_PRIORITY_CLASS, WIN32_BELOW_NORMAL_PRIORITY_CLASS, WIN32_HIGH_PRIORITY_CLASS, WIN32_IDLE_PRIORITY_CLASS, WIN32_NORMAL_PRIORITY_CLASS or WIN32_REALTIME_PRIORITY_CLASS constants
