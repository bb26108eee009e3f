<?php
/**
 * A worker that runs as a service, on Windows and on Linux.
 *
 * It sets exit mode and exit code at its start. Without that every end of a script, a fatal error
 * included, counts as a clean stop, and no recovery action follows.
 *
 * Controls 128 to 130 let it fail on demand, so that recovery can be watched:
 *     relance control NAME 128      (on Windows: sc control NAME 128)
 */

declare(strict_types=1);

const CONTROL_GIVE_UP = 128;
const CONTROL_FATAL_ERROR = 129;
const CONTROL_FATAL_ERROR_GRACEFUL = 130;

$service = $argv[1] ?? exit("usage: worker.php SERVICE\n");

win32_start_service_ctrl_dispatcher($service);
win32_set_service_exit_mode(false);   // the end of this script is a failure, unless it says STOPPED
win32_set_service_exit_code(42);      // and this is the code that the event log shows
win32_set_service_status(WIN32_SERVICE_RUNNING);
fwrite(STDERR, "waiting for jobs\n");

while (true) {
    switch (win32_get_last_control_message()) {
        case WIN32_SERVICE_CONTROL_STOP:
        case WIN32_SERVICE_CONTROL_PRESHUTDOWN:   // the machine, or the manager, goes down
        case WIN32_SERVICE_CONTROL_SHUTDOWN:
            fwrite(STDERR, "asked to stop; the last job is done\n");
            win32_set_service_status(WIN32_SERVICE_STOPPED);
            exit;
        case CONTROL_GIVE_UP:
            fwrite(STDERR, "the queue is gone; giving up\n");
            exit;
        case CONTROL_FATAL_ERROR_GRACEFUL:
            win32_set_service_exit_mode(true);
            // no break: the same error, in the mode that PHP has by default
        case CONTROL_FATAL_ERROR:
            function_that_does_not_exist();
    }
    usleep(20_000);   // a job would be done here
}
