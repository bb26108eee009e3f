--TEST--
proc_open: children inherit no channel; a PHP among them is not a service; pcntl signals go to the script
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('children', <<<'PHP'
    $channel = getenv('RELANCE_CHANNEL');
    win32_start_service_ctrl_dispatcher('any');
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    tell('a child has a channel: ' . var_export(getenv('RELANCE_CHANNEL') !== false || str_contains(shell_exec("readlink /proc/self/fd/$channel"), 'socket'), true));
    $command = [PHP_BINARY, '-n', '-d', 'extension=' . $argv[1], '-r',
        'try { win32_start_service_ctrl_dispatcher("any"); } catch (Throwable $e) { echo $e->getCode(), " ", $e->getMessage(); }'];
    $process = proc_open($command, [1 => ['pipe', 'w']], $pipes);
    tell(stream_get_contents($pipes[1]));
    proc_close($process);
    pcntl_async_signals(true);
    pcntl_signal(SIGUSR1, fn () => tell('signal'));
    exec('kill -USR1 ' . getmypid());
    while (win32_get_last_control_message() !== WIN32_SERVICE_CONTROL_STOP) {
        doze();
    }
    PHP, ['params' => php_details(Manager::$folder . '/children.php')[1] . ' ' . ini_file_of_extension()]);
win32_start_service('children');
for ($i = 0; $i < 3; $i++) {
    echo hear(), "\n";
}
win32_stop_service('children');
await('children', 'stopped');
echo status_line('children'), "\n";
?>
--EXPECT--
a child has a channel: false
0 This function work only when using the CLI SAPI and called into the service code.
signal
state 1, exit code 0, specific 0
