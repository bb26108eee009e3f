--TEST--
Relance\wait_for_control: every control in order, none lost, a time-out, signals
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('waits', <<<'PHP'
    win32_start_service_ctrl_dispatcher('any');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    gate();
    $seen = [];
    do {
        $seen[] = $control = Relance\wait_for_control();
    } while ($control !== 203);
    tell(json_encode($seen) . ', last ' . win32_get_last_control_message());
    tell(var_export(Relance\wait_for_control(0), true) . ', ' . var_export(Relance\wait_for_control(timeoutMs: 20), true));
    pcntl_async_signals(true);
    $signals = 0;
    pcntl_signal(SIGUSR1, function () use (&$signals) { $signals++; });
    // Again and again, because the first may come before the wait; ends with this process.
    exec('(while kill -USR1 ' . getmypid() . '; do sleep 0.05; done) >/dev/null 2>&1 &');
    tell(var_export(Relance\wait_for_control(), true) . ($signals > 0 ? ', signal' : ', no signal'));
    while (null === $control = Relance\wait_for_control()) {
    }
    tell("control $control");
    PHP);
win32_start_service('waits');
echo hear(), "\n";
foreach ([200, 201, 202] as $control) {
    win32_send_custom_control('waits', $control);
}
win32_pause_service('waits');
win32_continue_service('waits');
win32_send_custom_control('waits', 203);
open_gates();
for ($i = 0; $i < 3; $i++) {
    echo hear(), "\n";
}
win32_stop_service('waits');
echo hear(), "\n";
await('waits', 'stopped');
show(fn () => Relance\wait_for_control());
putenv('RELANCE_PHP_GUARD=pass');
echo php_process('require "' . __DIR__ . '/../show.inc"; show(fn () => Relance\wait_for_control());', ['RELANCE_PHP_GUARD' => 'pass']);
?>
--EXPECT--
at the gate
[200,201,202,2,3,203], last 203
NULL, NULL
NULL, signal
control 1
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Win32ServiceException 6: Error invalid handle ()
