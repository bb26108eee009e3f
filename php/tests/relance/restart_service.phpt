--TEST--
Relance\restart_service and reload_service: requests of the manager, for other services and for oneself
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
// Each run says that it runs; told to read its settings again, it says so and restarts itself.
create('worker', '
    win32_start_service_ctrl_dispatcher("worker");
    win32_set_service_status(WIN32_SERVICE_RUNNING, WIN32_SERVICE_ACCEPT_STOP | WIN32_SERVICE_ACCEPT_PARAMCHANGE);
    tell("runs");
    while (($control = Relance\wait_for_control()) !== WIN32_SERVICE_CONTROL_STOP) {
        if ($control === WIN32_SERVICE_CONTROL_PARAMCHANGE) {
            tell("reads its settings");
            Relance\restart_service("worker");
        }
    }
    tell("stops");
');
win32_start_service('worker');
echo hear(), "\n";
show(fn () => Relance\restart_service('worker'));
echo hear(), "\n", hear(), "\n";
await('worker');
show(fn () => Relance\reload_service('worker'));
echo hear(), "\n", hear(), "\n", hear(), "\n";
await('worker');
win32_stop_service('worker');
echo hear(), "\n";
await('worker', 'stopped');
// One that does not run is started, as `relance restart` does it; with what needs it: nothing.
show(fn () => Relance\restart_service('worker', dependents: true));
echo hear(), "\n";
create('plain', 'win32_start_service_ctrl_dispatcher("plain");');
show(fn () => Relance\reload_service('plain'));
show(fn () => Relance\restart_service('none'));
show(fn () => Relance\restart_service(''));
?>
--EXPECT--
runs
NULL
stops
runs
NULL
reads its settings
stops
runs
stops
NULL
runs
Win32ServiceException 1062: Error service not active ()
Win32ServiceException 1060: Error service does not exist ()
ValueError 0: Relance\restart_service(): Argument #1 ($servicename) the value cannot be empty
