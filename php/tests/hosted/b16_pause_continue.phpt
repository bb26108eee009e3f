--TEST--
B16, B8: PAUSE and CONTINUE change nothing until the script says so; the last control stays
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('paused', <<<'PHP'
    serve(on_control: function (int $control) {
        tell("control $control");
        gate();
        match ($control) {
            WIN32_SERVICE_CONTROL_PAUSE => win32_set_service_status(WIN32_SERVICE_PAUSED),
            WIN32_SERVICE_CONTROL_CONTINUE => win32_set_service_status(WIN32_SERVICE_RUNNING),
            default => null,
        };
        tell('again ' . win32_get_last_control_message());
    });
    PHP);
win32_start_service('paused');
await('paused');
foreach (['win32_pause_service', 'win32_continue_service'] as $control) {
    show(fn () => $control('paused'));
    echo hear(), ', ', hear(), ', ', status_line('paused'), "\n";
    open_gates();
    echo hear(), ', ', status_line('paused'), "\n";
}
win32_stop_service('paused');
await('paused', 'stopped');
?>
--EXPECT--
NULL
control 2, at the gate, state 4, exit code 0, specific 0
again 2, state 7, exit code 0, specific 0
NULL
control 3, at the gate, state 7, exit code 0, specific 0
again 3, state 4, exit code 0, specific 0
