--TEST--
Loops of old programs: INTERROGATE answered with NO_ERROR throws 13, an undefined constant is an Error
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('old', <<<'PHP'
    if (!win32_start_service_ctrl_dispatcher('old')) {
        die('no');
    }
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    while (1) {
        switch (win32_get_last_control_message()) {
            case 0:
                break;
            case WIN32_SERVICE_CONTROL_INTERROGATE:
                tell(thrown(fn () => win32_set_service_status(WIN32_NO_ERROR)));
                tell(thrown(fn () => win32_set_service_status(WIN32_ERROR_CALL_NOT_IMPLEMENTED)));
                gate();
                break;
            case WIN32_SERVICE_CONTROL_STOP:
                win32_set_service_status(WIN32_SERVICE_STOPPED);
                exit;
            default:
                tell('unknown');
        }
        doze();
    }
    PHP);
win32_start_service('old');
await('old');
relance('control', 'old', '4');
echo hear(), "\n", hear(), "\n", hear(), "\n";
win32_stop_service('old');
open_gates();
await('old', 'stopped');
?>
--EXPECT--
Win32ServiceException 13: Error invalid data ()
Error 0: Undefined constant "WIN32_ERROR_CALL_NOT_IMPLEMENTED"
at the gate
