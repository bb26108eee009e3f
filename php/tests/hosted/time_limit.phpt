--TEST--
set_time_limit ends a script as any fatal error does: a clean stop (B3)
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('limited', 'win32_start_service_ctrl_dispatcher("any"); win32_set_service_status(4); set_time_limit(1); while (true) { }');
win32_start_service('limited');
await('limited', 'stopped');
echo status_line('limited'), "\n";
?>
--EXPECT--
state 1, exit code 0, specific 0
