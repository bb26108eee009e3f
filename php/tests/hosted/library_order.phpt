--TEST--
The order of calls of the Composer package service-library: mode and code first, strict true, START_PENDING, STOPPED
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('library', <<<'PHP'
    tell(json_encode([win32_set_service_exit_mode(false), win32_set_service_exit_code(5)]));
    if (win32_start_service_ctrl_dispatcher('library') !== true) {
        throw new RuntimeException('no dispatcher');
    }
    tell(json_encode(win32_query_service_status('library', '')['CurrentState'] === WIN32_SERVICE_START_PENDING));
    win32_set_service_status(WIN32_SERVICE_START_PENDING);
    tell('set up');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    while (true) {
        switch (win32_get_last_control_message()) {
            case WIN32_SERVICE_CONTROL_INTERROGATE:
                win32_set_service_status(WIN32_SERVICE_RUNNING);
                break;
            case WIN32_SERVICE_CONTROL_STOP:
            case WIN32_SERVICE_CONTROL_PRESHUTDOWN:
                break 2;
        }
        doze();
    }
    win32_set_service_status(WIN32_SERVICE_STOP_PENDING);
    tell('tidy up');
    win32_set_service_status(WIN32_SERVICE_STOPPED);
    PHP);
win32_start_service('library', '');
echo hear(), "\n", hear(), "\n", hear(), "\n";
await('library');
echo relance('control', 'library', '4');
win32_stop_service('library', '');
echo hear(), "\n";
await('library', 'stopped');
echo status_line('library'), "\n";
?>
--EXPECT--
[true,1]
true
set up
tidy up
state 1, exit code 0, specific 0
