--TEST--
errors_are_failures=exit_status makes an exit status a failure, but of a script that was asked to stop (X35)
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$run = "win32_start_service_ctrl_dispatcher('any'); win32_set_service_status(WIN32_SERVICE_RUNNING);\n";
$recovery = ['recovery_action_1' => WIN32_SC_ACTION_RESTART, 'recovery_delay' => 0];
$counts = ['win32service.errors_are_failures=exit_status'];
$ends = [
    'caught' => 'tell("runs"); try { throw new Exception("oh"); } catch (Exception) { exit(3); }',
    'uncaught' => 'tell("runs"); throw new Exception("oh");',
];
foreach ($ends as $name => $code) {
    create($name, $run . $code, $recovery, $counts);
    win32_start_service($name);
    echo hear(), ', ', hear(), "\n";
    await($name, 'stopped');
    echo status_line($name), "\n";
}
echo preg_match('~ended with exit status 3 while RUNNING, without reporting STOPPED~', relance('why', 'caught')), "\n";
create('zero', $run . 'exit(0);', $recovery, $counts);
create('asked', $run . 'while (Relance\\wait_for_control() !== WIN32_SERVICE_CONTROL_STOP); exit(3);', $recovery, $counts);
create('by script', $run . 'ini_set("win32service.errors_are_failures", "exit_status"); exit(3);', [], []);
win32_start_service('zero');
await('zero', 'stopped');
win32_start_service('asked');
await('asked', 'running');
win32_stop_service('asked');
await('asked', 'stopped');
win32_start_service('by script');
await('by script', 'stopped');
foreach (['zero', 'asked', 'by script'] as $name) {
    echo $name, ': ', status_line($name), "\n";
}
?>
--EXPECT--
runs, runs
state 1, exit code 1067, specific 0
runs, runs
state 1, exit code 1067, specific 0
1
zero: state 1, exit code 0, specific 0
asked: state 1, exit code 0, specific 0
by script: state 1, exit code 1067, specific 0
