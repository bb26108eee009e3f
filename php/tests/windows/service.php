<?php
/**
 * The service of the test on Windows: answers controls and writes down what it was told.
 *
 * Arguments: the name of the service, the file to write to, and how to end: `graceful`, or a number (not
 * graceful, with this exit code).
 */
[, $name, $file, $end] = $argv;

function note(string $line): void
{
    global $file;
    file_put_contents($file, $line . "\n", FILE_APPEND);
}

set_exception_handler(function (Throwable $e) {
    note(get_class($e) . ' ' . $e->getCode() . ' ' . $e->getMessage());
});

note('before ' . win32_query_service_status($name)['CurrentState']);
note('dispatcher ' . var_export(win32_start_service_ctrl_dispatcher($name), true));
try {
    win32_start_service_ctrl_dispatcher($name);
} catch (Win32ServiceException $e) {
    note('again ' . $e->getCode() . ' ' . $e->getMessage());
}
if (is_numeric($end)) {
    win32_set_service_exit_mode(false);
    win32_set_service_exit_code((int) $end);
}
win32_set_service_status(WIN32_SERVICE_RUNNING);
note('running');

$answers = [
    WIN32_SERVICE_CONTROL_PAUSE => WIN32_SERVICE_PAUSED,
    WIN32_SERVICE_CONTROL_CONTINUE => WIN32_SERVICE_RUNNING,
];
while (true) {
    $control = Relance\wait_for_control();
    note("control $control");
    if (win32_get_last_control_message() !== $control) {
        note('last control ' . win32_get_last_control_message());
    }
    if (isset($answers[$control])) {
        win32_set_service_status($answers[$control]);
    }
    if ($control === WIN32_SERVICE_CONTROL_STOP) {
        note('end');
        exit;
    }
}
