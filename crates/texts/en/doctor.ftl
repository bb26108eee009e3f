### What `relance doctor` finds, and what to do about it.

# $command is typed in a terminal.
doctor-run = { $command }
doctor-level-fine = fine
doctor-level-warning = warning
doctor-level-problem = problem
doctor-sum = problems: { $problems }, warnings: { $warnings }, as it should be: { $fine }

## The manager and its machine

doctor-answers = { $version } answers
doctor-unreachable = it cannot be reached: { $error } ({ $code })
# What the manager has found, as it says it.
doctor-notice = { $notice }
doctor-notice-do = find out who touched the state folder, or make room; what each trouble means and what mends it: docs/database.md; when it happened: relance events --level warning
doctor-no-settings = its settings cannot be read by this user, so its folder and limits were not looked at
doctor-no-settings-do = run this as root, or as the user that the daemon runs as
doctor-somebody-listens = a process listens there
doctor-no-socket = there is no socket
doctor-no-socket-do = start the daemon: relance daemon, or systemctl start relance
doctor-nobody-listens = the socket is there and nobody listens: the daemon was killed
doctor-nobody-listens-do = start the daemon again; it adopts what still runs
doctor-socket-denied = this user may not open it
doctor-socket-denied-do = run this as another user, or look at the rights of its folder
doctor-socket-error = it cannot be opened: { $error }
doctor-same-version = { $version }, the same as the daemon
doctor-other-version = this is { $own }, and the daemon is { $daemon }
doctor-other-version-do = relance upgrade lets the installed program take over; services run on
doctor-folder-error = the daemon's folder cannot be looked at: { $error }
doctor-folder-fine = it is for the daemon alone
doctor-folder-open = others may write to the daemon's folder (mode { $mode }), and so run what they like as any service
doctor-folder-read = others may read in the daemon's folder (mode { $mode }) what is secret in environments
doctor-room = { $mebibytes } MiB are left on its disk
doctor-room-do = free some room; until then changes of the configuration may be refused (112)
doctor-few-files = the daemon may have { $files } files open, some for each service
doctor-few-files-do = raise its limit (LimitNOFILE in the unit, ulimit -n in a container)
doctor-files = the daemon may have { $files } files open
# What the extension's check says.
doctor-php = { $said }
doctor-php-do = relance php doctor says more; a PHP that runs no services needs nothing
doctor-output-lost = what it prints is being lost: { $problem }
doctor-output-lost-do = relance events --service { $name } --id 1063 says since when; make room, or have the reader read faster
doctor-log-unreadable = it cannot be read ({ $error }); counters of failures and relance why depend on it
doctor-log-unreadable-do = run this as an administrator, or as a member of Event Log Readers

## The web console

doctor-no-landlock = this kernel has no Landlock, so only its account keeps the console from files
doctor-no-landlock-do = use a kernel that has it: lsm=...,landlock on its command line
doctor-no-console = there is none, or was none a moment ago: { $problem }
doctor-no-console-do = the daemon tries again by itself every few seconds; event 1132 says when it works
doctor-console-shared = it runs as user { $user }, and so do other programs, which may look into it
doctor-console-shared-do = restart the daemon, and name an account of its own in console_account
doctor-console-confined = it runs as user { $user }, confined
doctor-console-free = it runs as user { $user }, and may use every system call
doctor-console-free-do = use a kernel with seccomp filters (CONFIG_SECCOMP_FILTER)

## Services

doctor-system-part = a part of the system, { $path }, is not installed
doctor-missing-unused = its program { $path } is not there, and the service is disabled
doctor-missing-unused-do = relance delete { $name }, if nobody needs it
doctor-missing = its program { $path } is not there
doctor-missing-do = install the program, or correct the path: relance config { $name } --command-line
doctor-unquoted = the path { $path } has a blank and no quotes: a file planted at the part before the blank is started instead (C7)
doctor-unquoted-do = put the path in quotes: relance config { $name } --command-line
doctor-replaceable = others could replace its program, which runs with the manager's rights: { $said }
doctor-replaceable-do = do what it says, or give the service an account of its own: relance config { $name } --account
doctor-no-actions = nothing follows a failure: it stays stopped
doctor-powerful = { $who } (may: { $may }) can change its program and its account, and so have anything run under the account of the manager (A27)
doctor-powerful-do = relance revoke { $name } { $sid } config,rights, unless that is meant
doctor-user = user { $number }
doctor-group = group { $number }
doctor-deleted = it is deleted, and goes when it has stopped and nobody holds it open (C31, C33)
doctor-deleted-do = stop it; close services.msc and other tools that show it
doctor-stopped-own = it is started automatically, and has stopped with its own error code { $code }
doctor-stopped-error = it is started automatically, and has stopped with error { $code } ({ $error })
doctor-start-failed = its last start failed with { $code } ({ $error }), and nothing starts it again
doctor-start-failed-needed = its last start failed with 1068: it needs { $needed }, which is { $state }
doctor-start-failed-scheduled = its last start failed with { $code } ({ $error }); its schedule starts it again
doctor-start-failed-do = relance why { $name }; to have such starts retried: relance config { $name } --retry-failed-starts
doctor-not-running = it has been START_PENDING for { $seconds } s and has not said RUNNING
doctor-not-running-do = let it call win32_set_service_status(WIN32_SERVICE_RUNNING) when it is ready; until then it takes no stop
doctor-logon = its account { $account } could not log on: the password has changed or expired, or the right to log on as a service is gone (1069)
doctor-logon-do = give it the current password of the account, and the right: services.msc, { $name }, Log On
doctor-needs-missing = it needs the service { $needed }, which does not exist (1075)
doctor-needs-missing-do = create { $needed }, or take it out: relance config { $name } --depend ""
doctor-needs-disabled = it needs the service { $needed }, which is disabled (1068)
doctor-needs-disabled-do = relance enable { $needed }, or relance disable { $name }
doctor-due = { $action } is due in { $seconds } s, after failure { $count }

## Traps of recovery settings, also for `relance failure`

doctor-no-reset-period = with a reset period of 0 every failure is the first, and the later actions are never used (R14)
doctor-no-reset-period-do = give the list again with a period: { $change } --actions LIST --reset 1d
doctor-no-list-do = give a list with a period for what no rule decides ({ $change } --actions none/0 --reset 1d), or let it start again after a run that lasted (--reset-after-run 10m)
doctor-error-stops = it has recovery actions, and a stop with an error code does not count as a failure (R3)
doctor-restart-storm = its last action restarts it without end and almost without a pause (R21)
doctor-restart-storm-do = give the last action a delay: { $change } --actions LIST --reset 1d
doctor-backoff-unused = the back-off is never used: the last action is not a restart, or waits for nothing (X80)
doctor-backoff-unused-do = let the list end with a restart that waits ({ $change } --actions restart/1s), or give linear a step (--backoff linear/10s)
doctor-backoff-at-maximum = the back-off is never used: the last action waits for the longest time that --backoff-max allows (X80)
doctor-backoff-at-maximum-do = raise that time ({ $change } --backoff-max 2h), or shorten the last delay
doctor-limit-out-of-reach = the limit of restarts is never reached: so many restarts take longer than its period (X83)
doctor-limit-out-of-reach-do = make the period longer ({ $change } --restart-limit-period 1h), or the delays shorter
doctor-rule-never = rule { $number } by cause (--on) never decides anything: an earlier rule has its causes, or they are never failures of this service (X85)
doctor-rule-never-do = put it before the wider rule, or take it out; relance explain X85 says what is never a failure
doctor-reset-in-delay = a restart waits as long as the reset period, and the failure after it is the first again (R13)
doctor-reset-in-run = with its last run, a restart takes as long as the reset period, and the failure after it is the first again (R13)
doctor-longer-period-do = make the period longer than each delay and the usual run together: { $change } --actions LIST --reset 1d
doctor-no-command = a program is to be run after a failure, and none is given (R43)
doctor-ends-with-nothing = the list ends with no action: after that it stays down until somebody starts it (R22)
doctor-reboot = it reboots the machine, if the daemon's settings allow it (R46)
doctor-reboot-refused = a reboot is configured, and the daemon's settings do not allow it: it ends in event 7032 (R46)
doctor-reboot-do = set allow_reboot = true in relance.toml, or take the action out

## Notices

doctor-notice-file-do = correct the file; relance notify check says whether it is right
doctor-target-away-do = relance notify list says when the next try is; relance notify test { $target } tries it now
doctor-nobody-of-name-do = write [target.{ $target }] into { $file }; relance notify list names the targets that there are

## Windows

doctor-administrator = this runs as an administrator
doctor-no-administrator = this does not run as an administrator: it may see most, and change little
doctor-no-administrator-do = start the prompt with "Run as administrator"
doctor-rights-unknown = Windows does not say which rights this has
doctor-source = Relance is registered ({ $program })
doctor-source-missing = it names { $program }, which is not there: our entries read as numbers
doctor-source-none = Relance is not registered yet; it is registered when relance host first logs something, as an administrator or LocalSystem
doctor-source-do = it is registered when relance host first logs something, as an administrator or LocalSystem
doctor-in-path = { $folder } is in it
doctor-not-in-path = { $folder } is not in it
doctor-not-in-path-do = add the folder, so that scripts and recovery commands find relance

## Limits of control groups

doctor-limits-do = run the manager where it has these controllers (docs/limits.md), or leave the limits out
doctor-no-controllers = services have none, so limits of memory, processor and processes are not held
doctor-controllers = services have { $names }
doctor-background = it went into the background, where it cannot be kept running, and was killed (X63)
doctor-background-do = give it its option for the foreground, like nginx -g 'daemon off;' or redis-server --daemonize no
doctor-not-loaded = it is stored and was not loaded: { $problem }

## What a finding is about

doctor-about-notices = notices
doctor-about-manager = manager
doctor-about-daemon = daemon
doctor-about-version = version
doctor-about-limits = limits
doctor-about-rights = rights
doctor-about-controllers = controllers of control groups
doctor-about-database = service database
doctor-about-event-log = event log
