--TEST--
B17: the shutdown of the system sends PRESHUTDOWN, then STOP, then kills after a grace
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('listens', <<<'PHP'
    win32_start_service_ctrl_dispatcher('any');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    do {
        $control = Relance\wait_for_control();
        tell("control $control");
    } while ($control !== WIN32_SERVICE_CONTROL_STOP);
    tell('ends');
    PHP);
win32_start_service('listens');
await('listens');
Manager::shut_down();
for ($i = 0; $i < 3; $i++) {
    echo hear(), "\n";
}
Manager::boot();
echo status_line('listens'), "\n";
?>
--EXPECT--
control 15
control 1
ends
state 1, exit code 1077, specific 0
