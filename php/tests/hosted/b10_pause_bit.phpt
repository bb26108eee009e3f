--TEST--
B10: without the pause bit PAUSE is refused; the bit cannot be changed while the dispatcher runs
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('no pause', <<<'PHP'
    win32_set_service_pause_resume_state(false);
    win32_start_service_ctrl_dispatcher('any');
    tell(thrown(fn () => win32_set_service_pause_resume_state(true)));
    tell(thrown(fn () => win32_set_service_pause_resume_state()));
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    while (win32_get_last_control_message() !== WIN32_SERVICE_CONTROL_STOP) {
        doze();
    }
    PHP);
win32_start_service('no pause');
echo hear(), "\n", hear(), "\n";
await('no pause');
echo win32_query_service_status('no pause')['ControlsAccepted'], "\n";
show(fn () => win32_pause_service('no pause'));
show(fn () => win32_continue_service('no pause'));
show(fn () => win32_stop_service('no pause'));
await('no pause', 'stopped');
?>
--EXPECT--
ValueError 0: win32_set_service_pause_resume_state(): Argument #1 ($enable) Unable to change the pause/resume state when control dispatcher is already running. Call without argument if you want the state or call before win32_start_service_ctrl_dispatcher function.
returned false
2045
Win32ServiceException 1052: Error invalid service control (on send control)
Win32ServiceException 1052: Error invalid service control (on send control)
NULL
