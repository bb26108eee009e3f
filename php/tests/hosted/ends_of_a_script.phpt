--TEST--
R82, B2, B3, B4, B19: what each end of a script comes to
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$run = "win32_start_service_ctrl_dispatcher('any', %s); win32_set_service_status(WIN32_SERVICE_RUNNING);\n";
$ends = [
    'graceful' => sprintf($run, 'true'),
    'not graceful' => sprintf($run, 'false'),
    'with code' => sprintf($run, 'false') . 'win32_set_service_exit_code(42);',
    'code minus one' => sprintf($run, 'false') . 'win32_set_service_exit_code(-1);',
    'mode set later' => sprintf($run, 'true') . 'win32_set_service_exit_mode(false); exit;',
    'explicit STOPPED' => sprintf($run, 'false') . 'win32_set_service_status(WIN32_SERVICE_STOPPED);',
    'exit 3' => sprintf($run, 'true') . 'exit(3);',
    'uncaught exception' => sprintf($run, 'true') . 'throw new Exception("oh");',
    'uncaught, not graceful' => sprintf($run, 'false') . 'throw new Exception("oh");',
    'fatal error' => sprintf($run, 'true') . 'no_such_function();',
    'memory limit' => sprintf($run, 'true') . 'ini_set("memory_limit", "8M"); str_repeat("x", 1 << 25);',
    'killed' => sprintf($run, 'true') . 'exec("kill -9 " . getmypid());',
];
foreach ($ends as $name => $code) {
    create($name, $code);
    win32_start_service($name);
    await($name, 'stopped');
    echo $name, ': ', status_line($name), "\n";
}
?>
--EXPECT--
graceful: state 1, exit code 0, specific 0
not graceful: state 1, exit code 1066, specific 1
with code: state 1, exit code 1066, specific 42
code minus one: state 1, exit code 1066, specific 4294967295
mode set later: state 1, exit code 1066, specific 1
explicit STOPPED: state 1, exit code 0, specific 0
exit 3: state 1, exit code 0, specific 0
uncaught exception: state 1, exit code 0, specific 0
uncaught, not graceful: state 1, exit code 1066, specific 1
fatal error: state 1, exit code 0, specific 0
memory limit: state 1, exit code 0, specific 0
killed: state 1, exit code 1067, specific 0
