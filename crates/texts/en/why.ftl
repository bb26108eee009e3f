### Why a service is as it is: `relance why`, and the first card of a service in the console.
### Rules stand in brackets at the end.

## What it is now

# In capitals: the names that tools and programs use.
why-stopped = { $name } is STOPPED.
why-never-started = { $name } is STOPPED; it was not started since the manager's boot.
why-running = { $name } is { $state }: run { $run }, started { $ago } ago because { $cause }.
why-running-waits = { $name } is { $state }: run { $run }, started { $ago } ago because { $cause }; { $waits }.

why-cause-demand = somebody asked for it
why-cause-auto = its start type is auto
why-cause-dependency = another service needs it
why-cause-recovery = a recovery action restarted it
why-cause-recycle = its exit status asked for a new start
why-cause-schedule = its schedule came
why-cause-restart = a restart was asked for
why-cause-dependency-back = something that it needs is back
why-cause-needed-back = { $needed }, which it needs, is back

why-cause-ceiling = the run before had reached a soft ceiling

# $ceiling: "it uses 301.0 MiB of memory".
why-recycling = It reached a soft ceiling { $ago } ago ({ $ceiling }): { $waits } (X55).
why-recycle-spread = it is recycled in { $time }, by its jitter
why-recycle-turn = it is recycled when the other instances of its template run
why-recycle-stopping = it was asked to stop, may take as long as its job needs, and is then started again
why-recycle-refused = it could not be stopped, and goes on
why-ended-ceiling = Run { $run } ended { $ago } ago: { $what }, to be recycled: { $ceiling } (X55).

why-waits-dependencies = it waits for services that must run first
why-waits-previous = it waits for the process of the run before to end
why-waits-recycle = its process is created in { $time }
why-waits-connect = it has not connected to the manager yet
# The state, and since when it is that.
why-state-for = { $state } (for { $time })
why-waits-running = it has connected and has not said RUNNING, which it does with win32_set_service_status(WIN32_SERVICE_RUNNING); until then it takes no stop
why-waits-ready = it is RUNNING if it stays up for { $time } more
why-waits-sign = it has not said that it is ready ({ $sign }); in { $time } it is killed if it still has not

why-restart-wanted = A restart was asked for { $ago } ago: { $waits }; relance stop { $name } takes it back (X22).
why-restarted-with-needed = { $needed }, which it needs, failed { $ago } ago: { $waits } (X71).
why-restart-waits-needed = it starts again once what it needs has been restarted
why-restart-waits-dependents = it is told to stop once those that need it have stopped
why-restart-waits-stop = it starts again once it has stopped, however long that takes

why-scheduled = Its schedule starts it: { $schedule }.
why-queued-start = Its schedule came while it ran; it is started once it has stopped (X74).
# Of another service, which this one waits for.
why-needs-starting = It needs { $name }, which has been starting for { $time } and has not said that it runs: relance why { $name } says what it lacks (X114).
why-needs-stopped = It needs { $name }, which does not run: relance why { $name } says why.
why-needed-down = { $needed }, which it needs, has been down for { $ago }: until it is back, ends of this service do not count (X70).
why-held = { $needed }, which it needs, is down; since { $ago } it is held, and it starts when { $needed } is back: relance why { $needed } says what is wrong there, relance stop { $name } ends the wait (X70).
why-held-starts = { $needed }, which it needs, is back; it starts in { $time } (X70).

## How its last run ended

why-ended = Run { $run } ended { $ago } ago: { $what }.
# The kernel's memory, for instance.
why-ended-cause = Run { $run } ended { $ago } ago: { $what }; { $cause }.
why-ended-script = Run { $run } ended { $ago } ago: { $what }; the script says why: { $cause }.
why-lived = Its process had run for { $lived }.
why-lived-killed = Its process had run for { $lived }, and was killed at the end of the { $time } that it was given.

# $exit is "exit status 3" or "signal 9 (KILL)".
why-end-crashed = its process ended with { $exit } while { $state }, without reporting STOPPED
why-end-unseen = its process ended while { $state }, without reporting STOPPED
why-end-start-failed = the start failed with { $text } ({ $error })
why-end-terminated = it was ended by force because somebody asked
why-end-not-connected = the start failed: its process ended with { $exit } before it connected to the manager
why-end-start-overdue = it had not come to RUNNING by its start deadline, and was killed
why-end-start-overdue-sign = it had not come to RUNNING by its start deadline, for which it has to say that it is ready ({ $sign }), and was killed
why-end-stop-overdue = it was asked to stop, had not stopped by its stop deadline, and was killed
why-end-recycled = it ended with exit status { $status }
why-end-shutdown = the manager was shut down
why-end-stopped = it stopped with { $code }
why-end-stopped-asked = it stopped with { $code }, after a stop was requested
why-end-stopped-with-needed = it stopped with { $code }, because { $needed }, which it needs, had failed (X71)

why-code-success = exit code 0
why-code-error = error { $code } ({ $text })
why-code-status = exit status { $code }
why-code-signal = { $exit }
why-code-own = its own error code { $code } (1066)

## Whether that was a failure

why-failure-crashed-stopping = That is the { $number } failure, although a stop was requested: STOPPED was never reported (R8.2).
why-failure-crashed = That is the { $number } failure: a process that ends without reporting STOPPED has failed, whatever its exit status (R1, R2).
why-failure-error-stop = That is the { $number } failure: a stop with an error counts, because failure actions on non-crash failures are on (R3).
why-no-failure-script = That is not a failure, although the script ended with an error: it reported STOPPED without an error; to have such ends recovered, set win32service.errors_are_failures=1 in PHP's ini (R8.4).
why-no-failure-clean = That is not a failure: it reported STOPPED without an error (R8.4).
why-failure-start-overdue = That is the { $number } failure: a start that misses its deadline has failed (X16).
why-no-failure-stop-overdue = That is not a failure: it was asked to stop (X16).
why-no-failure-status = That is not a failure: a program that ends with exit status 0 has done its work (X1).
why-no-failure-background = That is not a failure by itself, but its other processes were killed: a program that goes into the background cannot be kept running. Have it stay in the foreground, like nginx -g 'daemon off;', redis-server --daemonize no or php-fpm --nodaemonize; in a script write exec before the last command (X1, X63).
why-no-failure-clean-status = That is not a failure: it reported STOPPED without an error, although its process then ended with exit status { $status }. To have such ends recovered, set win32service.errors_are_failures=exit_status in PHP's ini; or win32_set_service_exit_mode(false) in the script, and relance failure NAME --on-error-stop (R8.4).
why-no-failure-connect = A start that fails is not a failure and is not tried again. It is configured as a service, which must call win32_start_service_ctrl_dispatcher; a command that does not is a program: delete { $name } and create it with --kind program (R8.8).
why-no-failure-flag = That is not a failure, because failure actions on non-crash failures are off; to have such stops recovered: relance failure { $name } --on-error-stop (in PHP: 'recovery_enabled' => true) (R8.5).
why-no-failure-actions = That is not a failure, because no recovery actions are configured; to configure them: relance failure { $name } --actions restart/1m --reset 1d (R5).
why-no-failure-requested = That is not a failure: a program that was asked to stop may end as it likes.
why-failure-start = That is the { $number } failure: starts that fail count for this service (X14).
why-no-failure-start = A start that fails is not a failure and is not tried again; to have such starts retried: relance config { $name } --retry-failed-starts (R8.8, R8.9, R35).
why-no-failure-terminated = That is not a failure.
why-no-failure-recycled = That is not a failure: this exit status asks for a new start (restart on exit).
why-failure-recycled = That is the { $number } failure: this exit status asks for a new start, and has done so more often than its limit allows (X11).
why-no-failure-final = Nothing follows this exit status (no-restart-on-exit, X12).
why-no-failure-not-listed = That is not a failure: this exit status is not one of those that are (fail-on-exit, X13).
why-no-failure-shutdown = Nothing that ends in a shutdown is a failure (R8.12).
why-no-failure-held = That was not counted: { $needed }, which it needs, was down (X70).

## What comes next

why-next-now = Next, now: { $action }, for the { $number } failure.
why-next = Next, in { $time }: { $action }, for the { $number } failure.
why-next-delayed = Next, in { $time } at most: { $action }, for the { $number } failure. It waits because of the budget { $budget } (X95).
why-next-command = { $action } (the service stays stopped unless the command starts it: R41)
why-next-no-command = { $action } (none is configured, so nothing will run: R43)

why-nothing-configured = No action follows, because none are configured (R16).
why-nothing-listed = No action follows: for the { $number } failure the list says none, and it stays down (R22, R25).
why-decided-by = What follows is the { $number } action of the rule { $rule } (X84).
why-by-policy = What follows a failure is said by the policy { $policy }; relance policy show { $policy } says what, and who else uses it (X101).
why-gave-up = It gave up: its limit of restarts, { $limit } within { $time }, is reached (X83). It stays down until somebody starts it: relance start { $name }.
why-nothing-refused = The action for it ({ $action }) was refused or cancelled; the event log says which and why (7032, 1009).
why-nothing-over = The action for it ({ $action }) is over; if it failed or was cancelled, the event log says so (7032, 1009).

## The counter

why-counter-no-actions = Failures since boot: { $count }; without actions the counter never starts again (R16).
why-counter-infinite = Failures since boot: { $count }; the reset period is INFINITE (R15).
why-counter-run = Failures so far: { $count }; the counter starts again after a run that lasts { $time } (X82).
why-counter-run-over = The counter was at { $count }; this run has lasted { $time }, the next failure is the first again (X82).
why-counter-zero = The reset period is 0, so every failure counts as the first (R14).
why-counter-over = The counter was at { $count }; the reset period is over, the next failure is the first again (R13).
why-counter = Failures so far: { $count }; without another one the counter starts again in { $time } (R12).

## What the manager of Windows adds

why-windows-never-started = { $name } is STOPPED; it was not started since Windows started.
why-windows-clean = { $name } is STOPPED and said that all was well, which is not a failure (R8.4).
why-windows-crashed = { $name } is STOPPED because its process ended without saying so, which is a failure (R1).
why-windows-running = { $name } is { $state }, process { $process }.
why-windows-counts = { $name } has STOPPED with { $code }, which counts as a failure, because the flag is set (R8.5).
why-windows-counts-not = { $name } has STOPPED with { $code }, which counts only with the flag for stops with errors; relance failure --on-error-stop sets it (R3).
why-windows-host-waits = { $name } is PAUSED: its program has ended, and relance host, process { $process }, starts it again. relance continue { $name } starts it at once, relance stop { $name } ends that.
why-windows-host-ended = { $name } has STOPPED with { $code }. relance host recovers its program and has ended: nothing more follows from it.
why-windows-host-gave-up = It gave up after too many restarts: relance start { $name } begins again (X83).
why-windows-host-pending = { $action } follows in { $time }, from relance host.
why-windows-code-own = its own error code { $code }
why-windows-deleted = It will be deleted when it has stopped and nobody holds it open.
why-windows-pending = { $action } follows in { $time }; Windows lets nobody cancel it, but disabling the service defeats a restart (R31, R33).
why-windows-no-actions = No recovery actions are configured; relance failure sets them.
why-windows-next = Failures that count, by the event log: { $count }; the next one would be answered with: { $action } after { $time }.
why-windows-no-log = The event log cannot be read: { $problem }.
