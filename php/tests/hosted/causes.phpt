--TEST--
why a script ended is in the event log and in relance why; errors_are_failures makes it a failure (R1)
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$run = "win32_start_service_ctrl_dispatcher('any'); win32_set_service_status(WIN32_SERVICE_RUNNING);\n";
$ends = [
    'exception' => 'function f() { throw new LogicException("two\nlines"); } f();',
    'fatal' => 'eval("function f() {} function f() {}");',
    'memory' => 'ini_set("memory_limit", "8M"); str_repeat("x", 1 << 25);',
    'time' => 'set_time_limit(1); while (true) { }',
    'end' => '',
    'exit' => 'echo "caught: out of luck\n"; exit(3);',
    'user error' => 'trigger_error("by hand", E_USER_ERROR);',
    'handled' => 'set_error_handler(fn () => true); trigger_error("by hand", E_USER_ERROR); win32_get_last_control_message();',
    'caught' => 'try { no_such_function(); } catch (Error) { }',
];
$why = fn (string $name) => preg_replace(['~ended .* ago~', '~/tmp/relance-\w+~', '~again in .* \(~'], ['ended', 'FOLDER', 'again ('], relance('why', $name));
foreach ($ends as $name => $code) {
    create($name, $run . $code);
    win32_start_service($name);
    await($name, 'stopped');
    do {
        $said = $why($name);
        // Its process may end after it has reported STOPPED.
    } while ($name === 'exit' && !str_contains($said, 'then ended with exit status 3'));
    // The last lines come from its log file, which may still be written.
    echo preg_replace('~^  \| .*\n~m', '', $said);
}
do {
    $lines = relance('why', 'exit');
} while (!str_contains($lines, '  | caught: out of luck'));
echo preg_replace('~/tmp/relance-\w+~', 'FOLDER', events('--id', '1011'));
// Only the first in a row is a warning.
win32_start_service('exception');
await('exception', 'stopped');
echo substr_count(events('--service', 'exception'), 'stopped cleanly'), "\n";

$recovery = ['recovery_action_1' => WIN32_SC_ACTION_RESTART, 'recovery_delay' => 0];
create('counts', $run . 'tell("runs"); throw new Exception("oh");', $recovery, ['win32service.errors_are_failures=On']);
win32_start_service('counts');
echo hear(), ', ', hear(), "\n";
await('counts', 'stopped');
echo status_line('counts'), "\n", $why('counts');
create('by script', $run . 'ini_set("win32service.errors_are_failures", "1"); no_such_function();');
win32_start_service('by script');
await('by script', 'stopped');
echo status_line('by script'), "\n";
var_dump(ini_get('win32service.errors_are_failures'), array_keys(ini_get_all('win32service')));
?>
--EXPECTF--
exception is STOPPED. Run 1.1 ended: it stopped with exit code 0; the script says why: uncaught exception: LogicException: two\nlines in FOLDER/exception.php:3. Its process had run for %f %r(m?s)%r. That is not a failure, although the script ended with an error: it reported STOPPED without an error; to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini (R8.4).
fatal is STOPPED. Run 2.1 ended: it stopped with exit code 0; the script says why: fatal error: Cannot redeclare %s in FOLDER/fatal.php(3) : eval()'d code:1) in FOLDER/fatal.php(3) : eval()'d code:1. Its process had run for %f %r(m?s)%r. That is not a failure, although the script ended with an error: it reported STOPPED without an error; to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini (R8.4).
memory is STOPPED. Run 3.1 ended: it stopped with exit code 0; the script says why: memory limit: Allowed memory size of 8388608 bytes exhausted%S(tried to allocate %d bytes) in FOLDER/memory.php:3. Its process had run for %f %r(m?s)%r. That is not a failure, although the script ended with an error: it reported STOPPED without an error; to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini (R8.4).
time is STOPPED. Run 4.1 ended: it stopped with exit code 0; the script says why: time limit: Maximum execution time of 1 second exceeded in FOLDER/time.php:3. Its process had run for %f %r(m?s)%r. That is not a failure, although the script ended with an error: it reported STOPPED without an error; to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini (R8.4).
end is STOPPED. Run 5.1 ended: it stopped with exit code 0; the script says why: end of the script. Its process had run for %f %r(m?s)%r. That is not a failure: it reported STOPPED without an error (R8.4).
exit is STOPPED. Run 6.1 ended: it stopped with exit code 0; the script says why: end of the script. Its process had run for %f %r(m?s)%r. That is not a failure: it reported STOPPED without an error, although its process then ended with exit status 3. To have such ends recovered, set win32service.errors_are_failures=exit_status in PHP's ini; or win32_set_service_exit_mode(false) in the script, and relance failure NAME --on-error-stop (R8.4).
user error is STOPPED. Run 7.1 ended: it stopped with exit code 0; the script says why: fatal error: by hand in FOLDER/user error.php:3. Its process had run for %f %r(m?s)%r. That is not a failure, although the script ended with an error: it reported STOPPED without an error; to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini (R8.4).
handled is STOPPED. Run 8.1 ended: it stopped with exit code 0; the script says why: end of the script. Its process had run for %f %r(m?s)%r. That is not a failure: it reported STOPPED without an error (R8.4).
caught is STOPPED. Run 9.1 ended: it stopped with exit code 0; the script says why: end of the script. Its process had run for %f %r(m?s)%r. That is not a failure: it reported STOPPED without an error (R8.4).
warning      1011  exception stopped cleanly although its script ended with an error (uncaught exception: LogicException: two\nlines in FOLDER/exception.php:3), so nothing is recovered. With the ini setting win32service.errors_are_failures=1 such an end is a failure.
warning      1011  fatal stopped cleanly although its script ended with an error (fatal error: Cannot redeclare %s in FOLDER/fatal.php(3) : eval()'d code:1) in FOLDER/fatal.php(3) : eval()'d code:1), so nothing is recovered. With the ini setting win32service.errors_are_failures=1 such an end is a failure.
warning      1011  memory stopped cleanly although its script ended with an error (memory limit: Allowed memory size of 8388608 bytes exhausted%S(tried to allocate %d bytes) in FOLDER/memory.php:3), so nothing is recovered. With the ini setting win32service.errors_are_failures=1 such an end is a failure.
warning      1011  time stopped cleanly although its script ended with an error (time limit: Maximum execution time of 1 second exceeded in FOLDER/time.php:3), so nothing is recovered. With the ini setting win32service.errors_are_failures=1 such an end is a failure.
warning      1011  user error stopped cleanly although its script ended with an error (fatal error: by hand in FOLDER/user error.php:3), so nothing is recovered. With the ini setting win32service.errors_are_failures=1 such an end is a failure.
1
runs, runs
state 1, exit code 1067, specific 0
counts is STOPPED. Run 10.2 ended: its process ended with exit status 255 while RUNNING, without reporting STOPPED; the script says why: uncaught exception: Exception: oh in FOLDER/counts.php:3. Its process had run for %f %r(m?s)%r. That is the 2nd failure: a process that ends without reporting STOPPED has failed, whatever its exit status (R1, R2). No action follows: for the 2nd failure the list says none, and it stays down (R22, R25). Failures so far: 2; without another one the counter starts again (R12).
  | Fatal error: Uncaught Exception: oh in FOLDER/counts.php:3
  | Stack trace:
  | #0 {main}
  |   thrown in FOLDER/counts.php on line 3
  | Info: Win32Service exit without a report, which is a failure
state 1, exit code 1067, specific 0
string(1) "0"
array(1) {
  [0]=>
  string(32) "win32service.errors_are_failures"
}
