--TEST--
A service goes on while no manager is there: its calls wait, and its end is told
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('loop', <<<'PHP'
    win32_start_service_ctrl_dispatcher('loop');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    while (win32_get_last_control_message() !== WIN32_SERVICE_CONTROL_STOP) {
        gate();
        tell('asks');
        $status = win32_query_service_status('loop');
        win32_set_service_status(WIN32_SERVICE_RUNNING);
        tell("state {$status['CurrentState']}");
    }
    win32_set_service_status(WIN32_SERVICE_STOPPED);
    PHP);
win32_start_service('loop');
await('loop');
$pid = win32_query_service_status('loop')['ProcessId'];
echo hear(), "\n";
for ($i = 0; $i < 2; $i++) {
    Manager::kill();
    open_gates();
    echo hear(), "\n";
    Manager::boot();
    echo hear(), "\n", hear(), "\n";
}
var_dump(win32_query_service_status('loop')['ProcessId'] === $pid);
win32_stop_service('loop');
open_gates();
echo hear(), "\n", hear(), "\n";
await('loop', 'stopped');
echo status_line('loop'), "\n";

echo "-- a script that ends meanwhile\n";
create('short', <<<'PHP'
    win32_start_service_ctrl_dispatcher('short');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    gate();
    PHP);
win32_start_service('short');
echo hear(), "\n";
Manager::kill();
open_gates();
Manager::boot();
await('short', 'stopped');
echo status_line('short'), "\n";
echo events('--id', '7031', '--id', '7034');

echo "-- a service that is told not to wait\n";
create('hasty', <<<'PHP'
    win32_start_service_ctrl_dispatcher('hasty');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    putenv('RELANCE_WAIT_MS=0');
    gate();
    tell(thrown(fn () => win32_query_service_status('hasty')));
    gate();
    PHP);
win32_start_service('hasty');
echo hear(), "\n";
Manager::kill();
open_gates();
echo hear(), "\n", hear(), "\n";
Manager::boot();
open_gates();
await('hasty', 'stopped');
?>
--EXPECT--
at the gate
asks
state 4
at the gate
asks
state 4
at the gate
bool(true)
asks
state 3
state 1, exit code 0, specific 0
-- a script that ends meanwhile
at the gate
state 1, exit code 0, specific 0
No entries.
-- a service that is told not to wait
at the gate
Win32ServiceException 1722: Unknow error no 1722 ()
at the gate
