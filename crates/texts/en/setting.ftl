### What is wrong with a setting here: another kind of service, another system, somebody who may not set it.

## For programs only

setting-fail-on-exit-programs = fail-on-exit is for programs; a service says with its exit code how it ended
setting-ready-programs = ready is for programs; a service says RUNNING itself
setting-root-directory-programs = root-directory is for programs; a service needs the socket of its manager, which is not in there
setting-stop-command-programs = stop-command is for programs; a service takes the control STOP
setting-reload-signal-programs = reload-signal is for programs; a service takes the control PARAMCHANGE
setting-control-signals-programs = control-signals is for programs; a service gets the controls themselves

## Windows does not have it

setting-windows-no-exits = on Windows only relance host does this, and for programs: what follows the end of a service of its own, the service manager decides; leave it out
setting-windows-no-recycling = Windows has no such restarts; schedule relance restart as a task
setting-windows-no-delays = on Windows only relance host does this, and for programs; for a service of its own, write delays out in the list of actions (failure_actions)
setting-windows-no-restart-groups = on Windows nobody restarts several services one after the other; leave it out
setting-windows-no-policies = Windows keeps no policies; give each service its own recovery settings
setting-windows-no-notify = Windows tells nobody by itself; have a recovery command do it (relance failure NAME --actions …/run/0 --command "relance notify send TARGET …")
setting-windows-no-groups = Windows has no control groups; leave it out, or have the program limit itself with a job object
setting-windows-no-limits = Windows has no limits of this kind; leave it out
setting-windows-stop-signal = Windows has no signals; leave out the stop signal: a program is asked to stop by Ctrl-Break and WM_CLOSE
setting-windows-stop-command = relance host stops a program by Ctrl-Break and WM_CLOSE; leave the stop command out
setting-windows-reload-signal = Windows has no signals; leave the reload signal out
setting-windows-signals = Windows has no signals; leave them out
setting-windows-no-retries = on Windows only relance host does this, and for programs: Windows never retries a start that fails; leave it out
setting-windows-ready-at-once = on Windows a program counts as running at once; leave it out
setting-windows-no-probes = Windows does not check whether a service is alive; leave it out
setting-windows-no-deadline = Windows has no such deadline; leave it out
setting-windows-groups = on Windows the account has its groups; make it a member of them
setting-windows-no-such-programs = Windows has no such programs; leave it out
setting-windows-privileges = Windows has privileges instead (required_privileges)
setting-windows-no-oom = Windows does not kill processes when memory runs out; leave it out
setting-windows-priority = on Windows it follows the priority (priority); leave it out
setting-windows-no-parent = Windows has no signals; leave it out
setting-windows-tmp = set the variables TMP and TEMP to a folder of its own instead (environment)
setting-windows-read-only = on Windows give its account no right to write there (icacls)
setting-windows-no-root = Windows has no root directories; leave it out
setting-windows-no-umask = Windows has no umask; leave it out, and give the folder the rights that its files are to have
setting-windows-no-dependents = Windows leaves dependents alone when a service fails; leave it out
setting-windows-no-schedule = on Windows the Task Scheduler starts things by the clock; leave it out
setting-windows-no-files = relance host does not read environment files; give the variables one by one (environment)
setting-windows-environment = a service of Windows gets the environment of the system; set the variable there, or in the environment of the service
setting-windows-no-end = a service cannot end Windows' service manager; use the action reboot or run
setting-windows-no-heartbeats = Windows takes no heartbeats from services; leave it out
setting-windows-one-file = relance host writes to a file only; read it with relance logs
setting-windows-no-time = relance host writes output as it comes; have the program print the time
setting-windows-by-size = relance host rotates by size; leave it out
setting-windows-no-compression = relance host does not compress; have the folder compressed by Windows
setting-windows-no-owner = Windows has no owner of this kind; give rights to the folder instead
setting-windows-no-group = Windows has no group of this kind; give rights to the folder instead
setting-windows-no-modes = Windows has no file modes; give rights to the folder instead

## Only administrators may set it

setting-administrators-file = the manager reads an environment file with its own rights, so only an administrator may name one
setting-administrators-environment = the manager's environment may hold secrets, so only an administrator may pass it on
setting-administrators-probe = the manager connects there with its own rights, so only an administrator may say where
setting-administrators-everybody = it stops the services of everybody, so only an administrator may set it
setting-administrators-log-place = the manager writes log files with its own rights, so only an administrator may say where they are
setting-administrators-log-owner = the manager gives log files away with its own rights, so only an administrator may say to whom
setting-administrators-log-mode = log files may hold what only few may read, so only an administrator may open them to others

## What values a setting takes

setting-range-text = text
setting-range-path = an absolute path
setting-range-flag = yes or no
setting-range-numbers = { $least } to { $most }
setting-range-size = a size, like 500K, 10M or 1G
setting-range-size-or-zero = a size, like 500K, 10M or 1G, or 0
setting-range-percent = { $least }% to { $most }%
setting-range-time-of-day = an hour and minute, like 03:00
setting-range-quiet-hours = hours of each day, like 02:00-04:00
setting-range-octal = 0 to { $most }, octal
setting-range-count = a number, unlimited, or SOFT:HARD
setting-range-bytes = a size like 64M, unlimited, or SOFT:HARD
setting-range-seconds = a time like 30s, unlimited, or SOFT:HARD
setting-range-time = a time
setting-range-signal = a signal
setting-range-controls = controls from 128 to 255 with signals
setting-range-readiness = notify, fd:3, tcp:ADDRESS:PORT, unix:/PATH or output:TEXT
setting-range-probe = http://ADDRESS:PORT/PATH, tcp:ADDRESS:PORT, unix:/PATH, command:LINE or output
setting-range-rules = causes and actions, like exit:75=restart/0
setting-range-policy = the name of a policy, or none
setting-range-notify = a target and notices, like ops=give-up,recovery
setting-range-backoff = exponential, exponential/1.5, linear or linear/10s
setting-range-schedule = like Mon..Fri 02:30, *:0/15, daily, or 30 2 * * 1-5 as in cron
setting-range-statuses = exit statuses, 0 to 255
setting-range-processors = processors, 0 to 63
setting-range-capabilities = capabilities, or none
setting-range-list = a list
setting-range-actions = recovery actions
setting-range-period = a time, or INFINITE

# Headings of groups of settings.
setting-subject-service = The service
setting-subject-start = Start and schedule
setting-subject-stop = Stop and reload
setting-subject-recovery = After a failure
setting-subject-exits = Exit statuses
setting-subject-liveness = Watchdog and probes
setting-subject-recycling = Recycling
setting-subject-process = Process and environment
setting-subject-rights = Rights of the process
setting-subject-limits = Limits and priorities
setting-subject-output = Output and log files

## Settings that do nothing because of others

setting-without-effect = { $option } has no effect without { $needed } (X47)
setting-without-effect-do = give { $needed } too, or take { $option } out
setting-for-programs = { $option } has no effect on a service that speaks to the manager: it is for programs (X47)
setting-for-services = { $option } has no effect on a program: it is for services that speak to the manager (X47)
setting-single-quotes = single quotes hold no words together in a command line ({ $part }): the program gets them as they stand
setting-single-quotes-do = write double quotes, in a file \" within "…" or '…' around the whole line
setting-other-kind-do = take { $option } out, or change the kind
setting-never-ready = it is never ready: it has to stay up for { $time }, and is killed at its start deadline of { $deadline } (X47)
setting-never-ready-do = make { $deadline } longer, or { $time } shorter
setting-never-recycled = it is never recycled for its memory: the kernel gives it no more than { $most }, and the line is { $line } (X47)
setting-never-slowed = it is never slowed down for its memory: the kernel gives it no more than { $most }, and the line is { $line } (X47)
setting-below-most = set { $line } below { $most }
