--TEST--
pcntl_fork: a child neither speaks for the service nor takes its controls, and its exit is not the service's
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('forks', <<<'PHP'
    win32_start_service_ctrl_dispatcher('any', false);
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    if (!$child = pcntl_fork()) {
        tell('child: ' . thrown(fn () => win32_set_service_status(WIN32_SERVICE_PAUSED)));
        tell('child: ' . thrown(fn () => win32_get_last_control_message()));
        exit(7);
    }
    pcntl_waitpid($child, $status);
    tell('child ended with ' . pcntl_wexitstatus($status));
    if (!$child = pcntl_fork()) {
        throw new Exception('in a child');
    }
    pcntl_waitpid($child, $status);
    tell('child ended with ' . pcntl_wexitstatus($status));
    while (win32_get_last_control_message() !== WIN32_SERVICE_CONTROL_STOP) {
        doze();
    }
    win32_set_service_status(WIN32_SERVICE_STOPPED);
    PHP);
win32_start_service('forks');
for ($i = 0; $i < 4; $i++) {
    echo hear(), "\n";
}
echo status_line('forks'), "\n";
win32_stop_service('forks');
await('forks', 'stopped');
echo status_line('forks'), "\n";
?>
--EXPECT--
child: Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
child: Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
child ended with 7
child ended with 255
state 4, exit code 0, specific 0
state 1, exit code 0, specific 0
