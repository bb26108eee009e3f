--TEST--
a framework worker as a program: its planned end starts it again uncounted, an error is a failure, STOP is SIGTERM
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
// A stand-in for messenger:consume --time-limit and queue:work --max-time: ends by itself with 0, once with
// an error, then works until it is asked to end.
$worker = script('worker', <<<'PHP'
    pcntl_async_signals(true);
    $stops = false;
    pcntl_signal(SIGTERM, function () use (&$stops) { $stops = true; });
    $runs = __DIR__ . '/runs';
    file_put_contents($runs, 'x', FILE_APPEND);
    $run = filesize($runs);
    tell("run $run");
    while ($run === 3 && !$stops) {
        doze();
    }
    tell($stops ? 'finishes its job' : 'ends');
    exit($run === 2 ? 1 : 0);
    PHP);
relance('create', 'worker', '--restart-on-exit', '0', '--', ...php_command($worker));
relance('failure', 'worker', '--actions', 'restart/0/none/0', '--reset', '3600', '--on-error-stop');
win32_start_service('worker');
for ($i = 0; $i < 5; $i++) {
    echo hear(), "\n";
}
echo events('--service', 'worker', '--id', '1001,7031,7034');
win32_stop_service('worker');
echo hear(), "\n";
await('worker', 'stopped');
echo status_line('worker'), "\n";
?>
--EXPECT--
run 1
ends
run 2
ends
run 3
information  1001  worker ended with status 0, which asks for a new start. It is started again; this is not a failure and does not count.
error        7031  worker failed unexpectedly. Failures so far: 1. Next action in 0 s: Restart the service.
finishes its job
state 1, exit code 0, specific 0
