### What relance import says of the lines of other managers' files: why one changed or was lost, and what to do.

## Every kind

import-refused = relance does not take it: { $why }
import-not-understood = this line was not understood; set by hand what it does
import-unknown-key = { $key } is not a key that is known here; it may be misspelt, or of another version
import-set-again = the same key stands further down, and that one counts
import-no-command = there is no command to run; give it one with command_line
import-not-a-command = the command cannot be taken apart: a quote is not closed
import-not-a-number = { $value } is not a number that fits; set it by hand
import-not-a-time = { $value } is not a time; set it by hand
import-not-a-text = the value is not a text; write it as one
import-placeholder = { $value } stands for something that is filled in elsewhere; write the value itself
import-dependency-elsewhere = { $name } is not among the services that are imported; import it too, or leave the order to the system
import-dependency-in-circle = { $name } needs this service, too, directly or through others; this side of the circle is left out
import-name-taken = another service has this name already, so this one is called { $name }
import-display-name-taken = another service is called { $name } already, so this one is shown by its own name
import-log-elsewhere = stdout and stderr go to one log file of relance instead of { $path }; relance logs shows it
import-one-log = stdout and stderr go to one log file
import-one-log-file = the output goes to a log file of relance, without the mode { $path }
import-log-always-rotates = a log file is put aside when it is longer than 10 MiB, and three are kept; set log_max_size and log_files
import-log-by-day = a log file is put aside this long after it was begun, not at a time of the day
import-log-files-have-an-end = relance always deletes old log files; it keeps 3 unless log_files gives another number
import-whole-tree = relance sends the stop signal to the main process, and afterwards ends the whole tree, always
import-shell-fills-in = a shell fills in the variables at each start (relance itself replaces none in a command line)
import-variable-of-manager = { $name } comes from the environment of relance daemon at each start: set it there
import-dollar-stays = the reference to a variable in the value stays as it is, as before unless a shell reads it
import-group-of-account = the process has the group of its account; this one is added
import-set-folder = relative paths need a folder: set working_directory, or import by the whole path of the file
import-set-account = the file does not say under which account; set account_name
import-no-such-setting = relance has no setting for this
import-no-end-of-restarts = at most 100 restarts in a row are counted here (restart_limit); so it goes on being restarted
import-no-stop-command = the file gives no arguments for the stop; set stop_command by hand
import-one-stop-command = relance runs one stop command, the first; put several into a script
import-path-of-windows = the path is one of Windows: write where the program is on this machine
import-folder-of-windows = the folder is one of Windows; set working_directory to one of this machine
import-account-of-windows = the account is one of Windows; name one of this machine
import-password-needed = the password of the account is not taken over; give it to relance apply or relance config
import-priority-classes = relance has six classes of priority instead of nice values
import-recovery-added = the file says nothing of failures; restarts after 1 s, 5 s and 30 s were added

## supervisord

import-manager-settings = what is set here for all programs was given to each of them
import-manager-setting = a setting of supervisord itself; those of relance daemon are in docs/settings.md
import-control-socket = relance has its own socket, API and console, with rights for each service (docs/rights.md)
import-includes-nothing = no file matches; import the files themselves
import-variable-of-include = { $name } is not known here; say it with --set { $name }=VALUE, so that its files are read
import-group = members are called GROUP:PROGRAM, so that relance restart 'GROUP:*' means the group
import-priority-of-group = a group has no priority; its members have theirs
import-priority = groups start in this order at boot; a start by hand is not ordered
import-listener = an event listener speaks supervisord’s own protocol; use recovery.command, or relance events --follow --json
import-listener-of-fatal = for a container that is to end when a program is down for good, set end_manager_with on the program; else use recovery.command
import-listener-of-ticks = no command is run at every tick; to watch the program set probe, or watchdog_ms if it can tell that it lives; for a command at fixed times make a service with a schedule
import-number-unknown = { $value } is not known here, so there is one; set instances
import-too-many = there are at most 1000 instances
import-numbers-from-one = instances are numbered from 1, without zeros in front
import-name-of-process = the service is called after its program; several are NAME@1, NAME@2 and so on
import-retries = a program that is not restarted is not tried again when it ends early either
import-autorestart = failures count whether early or late: a restart waits 1 s, 2 s and so on, and after the last there is none; one that ran longer than the reset period begins again at 1 s
import-restarts-slower = it is restarted after 1 s instead of at once
import-stop-as-group = the stop signal goes to the main process alone; all others are killed when that has ended
import-events-of-output = output makes no events; relance logs --follow shows it
import-fcgi-socket = relance opens no socket for a program; let it open its own (php-fpm does)
import-started-in-order = started at boot, by relance instead of the plugin
import-waits-for-state = it waits until { $name } runs, not until it is { $state }
import-key-of-programs = this belongs in a [program:x] section; supervisord ignores it here, too

## systemd

import-drop-in-alone = { $unit } itself was not given, and this adds to it; import the unit, too
import-which-instances = the file does not say which instances there are: say --instances A,B, or copy the service for each
import-unit-of-other-kind = relance has services only: keep this unit with systemd
import-specifier = { $specifier } is not filled in; write its value
import-no-documentation = relance keeps no links; put them into the description
import-dependency-must-run = relance has no optional dependencies: { $unit } is started first and must run
import-no-unit = { $unit } is a unit of systemd that relance does not run; order relance itself after it
import-after-the-manager = relance daemon is started at that time, and starts its services then
import-no-order-alone = an order without a need is not kept: add { $unit } to dependencies if it is a service of relance
import-on-failure = no unit is started on a failure; say it as recovery.command with the action run
import-no-propagation = relance propagates stops along dependencies only
import-no-jobs = relance has no jobs as systemd has them
import-no-mounts = relance waits for no mounts; let systemd order relance after them
import-no-conditions = relance tests no condition before a start; a start whose program or folder is missing fails
import-no-aliases = a service has one name; the alias is not kept
import-no-exec-start-post = no command is run after the start; let the program do it
import-no-exec-stop-post = no command is run after the stop; after failures there is recovery.command
import-dynamic-user = relance makes no accounts; create one and set account_name
import-files-lose = variables of the service win over those of environment files; with systemd it is the reverse
import-kill-mode = relance always ends the whole tree after the main process; a process that has to survive belongs to a service of its own
import-always-killed = a program that has not stopped in its time is killed, always; set a long stop_grace_ms
import-grace-has-an-end = the wait for the stop lasts one day at most
import-notify-access = only the processes of the service may say that it is ready
import-name-in-log = the lines carry the name of the service
import-folder-must-exist = the folder must exist: a start without it fails
import-home-of-account = ~ is not filled in; write the path of the home folder
import-strict = /usr, /boot and /etc are read-only, not the whole file system; add others to read_only_paths
import-capabilities-but = relance lists the capabilities that are kept, not those that are taken
import-bounding-set = under its account the process has none anyway; set no_new_privileges so that it cannot get them back
import-no-sandbox = relance has no such confinement: it has private_tmp, read_only_paths, capabilities, no_new_privileges; or run relance itself in a unit that has it
import-folders = the rights of folders are not set
import-make-folders = folders are not made: create { $folders } for the account
import-before-is-unprivileged = it runs with the rights of the service, not of the manager
import-before-in-shell = it runs before the program in the same shell, at each start
import-reload-is-a-signal = relance reload sends a signal (reload_signal) or PARAMCHANGE, and runs no command
import-failure-counts = an exit status that is not 0 is a failure all the same; set fail_on_exit
import-oneshot = it runs once and is then STOPPED, which is not a failure; what needs it does not wait for its end
import-idle = it is started without waiting for other jobs
import-forking = relance watches the process it starts: give the program its option to stay in the foreground
import-pid-file = no PID file is read; the program has to stay in the foreground
import-dbus = relance does not wait for a name on D-Bus; the service counts as running at once
import-remain-after-exit = a program that has ended is STOPPED
import-delegate = a run has a control group of its own, which is not handed to the program
import-on-watchdog = every crash is followed by a restart, not only the end by the watchdog
import-signals-are-failures = { $signals }: the end by a signal that nobody asked for is a failure
import-not-counted = such an end does not count as a failure, and is always followed by a start
import-no-schedule = not taken over: { $service } is not among these files, or the time is counted from a boot or from its last start; let the timer, or cron, run relance start { $service }
import-at-fixed-times = it is started at fixed times, not at an interval after its last start
import-not-after-boot = a schedule knows no time after boot; the first start comes with the schedule
import-no-spread = schedules are not spread: give each service a different minute or second
import-to-the-second = it is started at the exact second
import-runtime-max = it is asked to stop and started again (recycle_after_ms), which is not a failure
import-no-runtime-max = a run that is not started again has no longest time here; let the program end itself, or start it with timeout(1)
import-timer-only = this belongs to the timer alone

## pm2

import-no-deploy = relance does not deploy; docs/deploy.md shows how releases are changed
import-computed = the file was computed by node; its values are in the result, its lines are code
import-folder-of-file = the file does not say where: it runs in the folder of the file
import-instances-of-dump = the entries of { $name } are the instances of one service
import-other-environment = one environment is imported: env; for another one change the variables
import-cluster = there is no shared port: instances of a server need a port each (PORT and %i), or SO_REUSEPORT
import-min-uptime = a run that lasts longer than the reset period has the counter begin again
import-wait-ready = process.send('ready') is not heard; set ready_after_ms, or ready = notify if the program speaks it
import-cron-restart = relance recycles once a day (recycle_at) or by age (recycle_after_ms); for other times make a service with a schedule that runs relance restart
import-cron-restart-beside = a service of its own restarts it at these times (relance restart); instances are restarted together, not one by one
import-no-watch = relance watches no files; use the watch mode of the program while developing
import-log-of-each = each instance has its own log; relance logs 'NAME@' shows all
import-one-form-of-time = time stamps have one form, like 2026-11-28T09:30:00.123Z
import-namespace = there are no namespaces; patterns of names (relance restart 'shop-*') do it
import-instance-variable = the number of an instance is in RELANCE_INSTANCE and %i, beginning at 1
import-as-many-as-processors = the number of processors cannot be named; set instances to a number
import-of-pm2-itself = this is about pm2 itself

## Windows: NSSM, WinSW, Servy

import-of-windows = this exists on Windows only
import-hooks-of-nssm = no program is run before or after starts and stops; a shell in the command line can do it before
import-no-groups-elsewhere = a group of services of Windows; set dependencies by hand
import-environment-added = the variables are added to those that every service gets; they do not replace them
import-throttle = restarts wait 2 s, 4 s and so on up to 256 s after failures that follow one another; a long run begins again
import-stop-methods = the times of the ways to stop are added up, and one signal is sent
import-actions-of-nssm = these were for the end of nssm.exe itself; the program is restarted by AppExit
import-not-of-nssm = a command that is not one of nssm; do by hand what it does
import-command-of-script = an import starts and stops nothing; use relance start and relance stop
import-base-of-winsw = %BASE% is the folder of the wrapper; write the path itself
import-log-reset = the old file is put aside, not emptied
import-no-download = relance downloads nothing; let a deployment do it (docs/deploy.md)
import-no-extensions-of-winsw = extensions of WinSW are programs of its own
import-seen-at-once = the end of the process is seen at once, without an interval
import-attempts-of-servy = that many restarts, 1 s after each end; after 10 min without a failure counting begins again
import-no-heartbeat-url = relance calls no URL; have a command of yours do it (docs/alerts.md)
import-failure-program = it is run after the last restart
import-failure-program-not-run = no command is run after so many restarts; have relance notify run one when it gives up (docs/notify.md)
import-folder-of-command = the command runs in the folder of the service

## Procfile and cron

import-release = it is meant to run once for each release: start it by hand or from the deployment
import-set-port = relance sets no PORT; add it to environment
import-file-of-foreman = foreman and its like read { $path } too; so does the service, at each start
import-no-mail = cron mails the output; relance logs and relance events have it, and a target of relance notify mails failures
import-deletes-key = it deletes a key, which describes no service
import-no-apps = it exports no apps: pm2 reads module.exports = {"{"} apps: [...] {"}"}
import-endless-restart = with systemd the restart never comes; here it comes after 46 days, the longest wait there is
import-include-of-included = supervisord reads no includes in a file that is included itself; import the files that are meant
import-not-below-services = docker compose reads only what stands below services:; put the services there
import-named-twice = { $name } stands here a second time, which docker compose refuses; give it another name or take it out
import-percent-in-cron = what follows the first % becomes the input of the command, through a shell

## docker-compose

import-stays-in-container = the service stays in its container: docker compose run is the program that relance keeps
import-restart-of-docker = relance restarts the container instead of Docker, with the same delays
import-condition-of-compose = it waits until the other one runs, not for its health or its end
import-health-in-docker = docker ps shows the health; relance does not act on it: set probe to have relance look itself
import-health-is-probe = Docker only shows this; relance ends and restarts a service after as many failed checks (probe)
import-time-bounded = { $given } is more or less than the setting takes, so this is { $taken }
import-number-bounded = { $value } is more than the setting takes, so this is { $taken }
import-one-interval = the time between two checks is always the same (probe_interval_ms)
import-health-of-instances = docker ps shows the health; a probe would ask one of the instances for all of them
import-extended = these settings come from { $name }, by extends
import-extends-nothing = { $name } is not there, or extends itself
import-container-name = docker compose run gives the container a name of its own
import-log-of-docker = the output goes to relance as well (relance logs)
import-of-swarm = this is for Docker Swarm
import-overridden = docker compose reads it after { $path }; what it says of restarts, order and checks is not taken over: set it by hand
import-included-by-compose = docker compose reads these files as before; import them, too, to have their services kept
import-default-taken = { $value } was taken; docker compose asks its environment each time

## The report of relance import

import-fate-kept = kept
import-fate-changed = changed
import-fate-lost = lost
import-total = { $kept } lines kept, { $changed } changed, { $lost } lost; { $silent } say nothing
import-after-failures = What follows failures that come right after each start (simulated):
import-same = the same as before
import-restart-after = restart after { $delay }
import-stays-stopped = stays stopped
import-failure-row = failure { $number }: before { $before }, now { $now }
import-skipped = { $path } is of none of the known kinds and was passed over
import-next = Nothing was changed. Read { $path }, then: relance apply --file { $path }
import-unknown-kind = { $path } is of none of the known kinds; say which with --from: { $kinds }
import-bad-syntax = { $path }, line { $line }: { $problem }
import-nothing-there = { $path } holds nothing that can be imported
import-not-a-variable = { $text } is not NAME=VALUE; write --set NAME=VALUE
import-no-node = its values are computed, and node cannot be run: { $why }; install node, or write the file as JSON
import-node-said = node could not read it: { $said }
import-node-not-run = its values are computed, and node would run with your rights what others can write: { $problem }; or import it as the user whose file it is, or write its values as JSON
import-not-for-author = the file that names it is one that { $author } can write, and { $author } may not read it; read it as that user, or give it to the import by its name
import-anybody = anybody
import-cannot-write = { $path } cannot be written: { $reason }; name a file that is not there yet

## What is wrong with a file

import-more-than-one-value = there is more than one value
import-comment-without-end = a comment does not end
import-text-without-end = a text does not end
import-nested-too-deeply = it is nested too deeply
import-expected-value = a value is missing
import-expected-key = a key is missing
import-expected-colon = a : is missing after a key
import-expected-comma = a comma is missing; or the value is computed, which needs a file that ends in .js and node
import-expected-number = a number is wrong
import-expected-escape = four digits are missing after \u
import-value-is-computed = the value is computed, which needs a file that ends in .js and node
import-alias-of-nothing = an alias names nothing
import-too-many-values = there are too many values
import-no-service = no service came out of this; the report says why
