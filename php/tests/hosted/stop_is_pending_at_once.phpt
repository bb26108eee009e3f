--TEST--
STOP shows as STOP_PENDING before the script reacts, and nothing follows it (S26, S31)
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('slow', <<<'PHP'
    win32_start_service_ctrl_dispatcher('any');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    gate();
    tell('last control ' . win32_get_last_control_message());
    PHP);
win32_start_service('slow');
echo hear(), "\n";
show(fn () => win32_stop_service('slow'));
echo status_line('slow'), "\n";
show(fn () => win32_stop_service('slow'));
show(fn () => win32_pause_service('slow'));
show(fn () => win32_send_custom_control('slow', 200));
show(fn () => win32_start_service('slow'));
open_gates();
echo hear(), "\n";
await('slow', 'stopped');
?>
--EXPECT--
at the gate
NULL
state 3, exit code 0, specific 0
Win32ServiceException 1061: Error service cannot accept ctrl (on send control)
Win32ServiceException 1061: Error service cannot accept ctrl (on send control)
Win32ServiceException 1061: Error service cannot accept ctrl ()
Win32ServiceException 1056: Error service already running ()
last control 1
