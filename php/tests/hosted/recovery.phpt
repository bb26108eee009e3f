--TEST--
R1, R3, R21, B2: a crash restarts; a stop with an error restarts only where recovery_enabled says so
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$recovery = ['recovery_action_1' => WIN32_SC_ACTION_RESTART, 'recovery_delay' => 0];
$code = <<<'PHP'
    win32_start_service_ctrl_dispatcher('any', false);
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    tell('run ' . explode('.', getenv('RELANCE_RUN') ?: $run)[1][0]);
    PHP;
$code = '$run = getenv("RELANCE_RUN");' . $code;
create('crash', $code . 'exec("kill -9 " . getmypid());', $recovery);
create('error', $code, $recovery + ['recovery_enabled' => true]);
create('error only', $code, $recovery);
foreach (['crash', 'error'] as $name) {
    win32_start_service($name);
    echo hear(), ', ', hear(), "\n";
    await($name, 'stopped');
    echo events('--service', $name, '--id', '7031,7034,7024');
}
win32_start_service('error only');
echo hear(), "\n";
await('error only', 'stopped');
// PHP prints its last line after the report: the entry may have it or not.
echo events('--service', 'error only', '--id', '7031,7034,7024'), preg_replace(['~ended .* ago~', '~\R  \| Info: .*~'], ['ended', ''], relance('why', 'error only'));
?>
--EXPECTF--
run 1, run 2
error        7031  crash failed unexpectedly. Failures so far: 1. Next action in 0 s: Restart the service.
error        7034  crash failed unexpectedly. Failures so far: 2. No action follows.
run 1, run 2
error        7024  error stopped with an error code of its own: 1.
error        7031  error failed unexpectedly. Failures so far: 1. Next action in 0 s: Restart the service.
error        7024  error stopped with an error code of its own: 1.
error        7034  error failed unexpectedly. Failures so far: 2. No action follows.
run 1
error        7024  error only stopped with an error code of its own: 1.
error only is STOPPED. Run 3.1 ended: it stopped with its own error code 1 (1066); the script says why: end of the script. Its process had run for %f %r(m?s)%r. That is not a failure, because failure actions on non-crash failures are off; to have such stops recovered: relance failure error only --on-error-stop (in PHP: 'recovery_enabled' => true) (R8.5).
