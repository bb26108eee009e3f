### The words of the command line, beside what the manager says.

command-error = error: { $text }

## Refusals of commands

command-no-state = "{ $text }" is not a state; use { $names }
command-no-duration = "{ $text }" is not a duration; write { $examples }
command-no-moment = "{ $text }" is not a moment; write 10m for ten minutes ago, today, yesterday, or 2026-11-22T14:00
command-name-services = name a service, a pattern like 'worker*', a group like +workers, or --all
command-no-match = no service matches "{ $pattern }"; relance list shows those there are
command-left-out = left as it is, since { $failed } failed
command-gone = { $name } is gone
command-not-explained = "{ $word }" is not a rule (R1, S10, C3 ...), an entry of the log (7031) or an error code (1053, ERROR_SERVICE_DISABLED); { $pages } lists the rules
command-of-file = { $name }: { $problem }
command-template-count = instances is a number from 1 to { $most }
command-template-on-windows = instances are for Relance's own manager, which fills in %i; on Windows create each service by its name
command-template-exists = { $name } exists already; relance scale { $template } { $count } changes how many there are, relance config { $template } their settings
command-how-many = { $name } is the name of a template: say how many services with --instances, or name one, like { $name }1
command-what-to-change = say what to change, or name one instance, like { $name }1, to see its configuration
command-from-next-start = { $settings }: in effect from the next start of { $name }, which runs on as it was started; relance restart { $name } applies it now
command-command-missing = give the command after --: relance create { $name } -- /path/to/program argument
command-not-granted = no entry gives { $who } that; relance access { $name } shows who gets it from where
command-no-console = this manager runs no console; start it with relance daemon --console 127.0.0.1:7467
command-links-there = links to a console are made on its own machine; run this there
command-no-pause = { $name } cannot be paused: it is a program, and only a service that speaks to the manager takes PAUSE and CONTINUE; relance stop { $name } and relance start { $name } do for a program
command-no-signal-of-control = { $name } takes no control { $number }: it is a program, and relance config { $name } --control-signals { $number }=USR1 gives it a signal for that
command-commas = { $text } is not a service; separate names by blanks: { $names }
command-no-control = there is no control { $word }; send stop, pause, continue, interrogate, paramchange, or a number from 128 to 255
command-signal-no-control = { $signal } is a signal, and this command sends controls. With relance config { $name } --control-signals 200={ $signal } a program gets that signal from relance control { $name } 200, with --reload-signal { $signal } from relance reload { $name }; relance stop { $name } and relance terminate { $name } end it
command-no-reload = { $name } cannot be told to reload: a program needs a reload signal (relance config { $name } --reload-signal HUP), a service has to accept PARAMCHANGE; relance restart { $name } works with every service
command-no-times = the lines of { $name } carry no time; relance config { $name } --log-timestamps yes puts it before each line from the next start on
command-no-windows-settings = Linux gives processes neither service SIDs nor Windows' privileges; leave out --sid-type and --required-privilege, and give the service an account of its own (--account)
command-started-by-windows = this is started by the service control manager; { $who } asks it to
command-engine-by-daemon = the engine is started by relance daemon, not by hand

## Starting, waiting

# $what says how it ended.
command-ended = { $name } was started and has stopped again: { $what }; relance why { $name } says more
command-ended-pending = { $name } was started and has stopped again: { $what }; a restart is pending; relance why { $name } says more
command-stopped-meanwhile = { $name } does not run: somebody has stopped it meanwhile; relance why { $name } says more
command-done-instead = { $name } is { $state } instead; relance why { $name } says more
command-process-ended = its process ended with { $exit }
command-no-progress = { $name } is still { $state } after { $time } without progress; it goes on by itself (relance status { $name }), --timeout waits longer
command-no-progress-gone = { $name } is gone after { $time } without progress
command-restart-goes-on = { $name } is { $state } and has not stopped in { $time }; the restart goes on by itself, and relance why { $name } says what it waits for (--timeout waits longer, relance terminate { $name } ends the old process by force)
command-restart-waits = waiting until { $name } has stopped and runs again; the restart goes on if you interrupt this
command-restart-interrupted = the restart goes on without this command; relance list shows how far it is
command-progress = { $name } is { $state }
command-progress-step = step { $step }
command-progress-next = next within { $time }
command-progress-restart = then it starts again, even after Ctrl-C
command-restart-pending = { $name } has stopped, and a restart is still pending from a failure before; relance cancel-recovery { $name } cancels it
command-missing-program = { $name } was created, but its program { $path } is not there: until it is, a start fails with error 2
command-program-is-folder = { $name } was created, but its program { $path } is a folder: until it names a program, a start fails with error 5
command-quoted-whole = { $name } was created, but there is no program { $path }. A program with its arguments is written without quotes around all of it: -- { $path }
command-shell-variable = { $name } was created, but { $path } is not a program. Variables are given with --env { $path }, before --
command-shell-home = { $name } was created, but only a shell reads ~ in { $path }; give the program by its absolute path
command-shell-folder = { $name } was created, but cd is a word of the shell. The folder is given with --working-directory, before --
command-shell-builtin = { $name } was created, but { $path } is a word of the shell; for a line of shell write -- sh -c '…'
command-other-user = { $name } was created, but { $path } was not found. The user that it runs as is given with --account, before --
# Such as && or 2>&1.
command-shell-operator = { $word } in the command is for a shell; the program gets it as an argument. For a line of shell write -- sh -c '…'
command-missing-in-path = { $name } was created, but its program { $path } is in none of the folders where the manager looks: until it is, a start fails with error 2; better give its absolute path
command-missing-probe = { $name } was created, but the program of its probe, { $path }, is not there: until it is, its probes fail
command-starts-elsewhere = { $name } was created, but it starts in the folder /, where { $file } is not there; to start it here: relance config { $name } --working-directory { $folder }
command-start-would-fail = { $name }: as things stand, a start fails: { $problem }
command-in-background = { $name } was started and went into the background, where it cannot be kept running, so it was killed; have it stay in the foreground, like nginx -g 'daemon off;' or redis-server --daemonize no; relance why { $name } says more
command-reference-command = { $reference } in the command is not expanded; start a shell (sh -c '...') for that
command-reference-variable = { $reference } in { $place } is not expanded; pass a variable of the manager on with --pass-env, or write the line into a file for --env-file
command-note = note: { $text }
command-warning = warning: { $text }

## What was done with a service

command-done-started = started
command-done-stopped = stopped
command-done-restarted = restarted
command-done-restart-asked = restart asked for
command-done-ended = ended
command-delete-all = no service is called all, and relance deletes all services only by its option: relance delete --all
command-still-runs = { $name } still runs, and is gone when it has stopped: relance stop { $name }
command-done-deleted = deleted
command-done-changed = changed
command-done-added = added and started
command-done-surplus = stopped and deleted
command-done-reload = told to reload
command-done-recovery = recovery cancelled
command-done-paused = paused
command-done-running = running
command-done-waited = in that state
command-done-enabled = enabled
command-done-disabled = disabled
command-applied = { $done } { $name }

## Backups

command-no-database = there is no database { $path }; name the daemon's state folder with --state
command-not-copied = { $path } cannot be copied: { $error }
command-in-state-folder = { $path } is in the state folder, whose files the daemon uses; name a file elsewhere
command-not-a-file = { $path } is not a regular file and is left as it is; name another file
command-file-exists = { $path } is there already; name another file, or replace it with --force
command-file-exists-remove = { $path } is there already; remove it
command-no-state-folder = there is no folder { $path }; name the daemon's state folder, or make it (mkdir -m 700)
command-database-used = the daemon uses the database in { $folder }; stop it first (systemctl stop relance), which stops the services, too
command-database-silent = a daemon uses { $folder }, and { $socket } does not say whether its database is open ({ $error }); stop it, or name its socket with --socket
command-not-a-backup = { $path } is not a backup that can be used: { $problem }; name a file that relance backup has written
command-of-another = { $path } is of another state folder; take it with --force if it is the one you mean
command-backup-of-another = { $path } belongs to user { $owner }, who could have written services into it that run as you; give it to yourself (chown) if you know where it is from, or take it with --force
command-backup-for-all = everybody may write to { $path }, and so have written services into it that run as you; take it with --force if you know that nobody has
command-state-of-another = { $folder } belongs to user { $owner }, who could lead this command to other files by what is in it; run it as that user (sudo -u '#{ $owner }' relance …)
command-unreadable-service = { $path }: { $name }: { $problem }; restore the others with --force
command-backup-newer = its format { $version } is that of a newer version of Relance
command-backup-format = no version of Relance writes its format number { $version } (user_version)
command-backup-table = it lacks the table { $table }
command-not-put-in-place = the backup could not be put in its place: { $error }
command-backup-holds = { $services ->
    [one] { $services } service
   *[other] { $services } services
}, the event log up to entry { $entry }
command-restored = restored: { $contents }
command-kept-as = what was there before is kept as { $path }
command-restore-waited = the daemon continues with it within seconds; relance doctor shows its state
command-restore-start = start the daemon now: systemctl start relance, or relance daemon

# What a program printed last, below the sentence.
command-ended-lines = { $ended }{ $lines }
command-done-created = created

## What commands show

command-beyond-windows = a setting that Windows does not have
command-kind = Kind
command-administrators-always = administrators can always see this, and change who may do what
command-default-access = this is the default; nothing is stored
command-powerful = { $who } can have anything run under the account of the manager: anyone who may change a service's program and account has its power
command-no-entries = No entries.
command-waiting-for-manager = the service manager is away; waiting for it
command-other-log = the event log has no entry with the remembered number, so it is another log; it is read from its beginning
command-no-place = { $path } does not hold the number of an entry; name another file, or delete this one
command-note-run = run { $run }
command-note-policy = by the policy { $policy }
command-note-due = due { $time }
command-note-repeated = the first at { $first }, the last at { $last }

## Tests of policies

command-simulate-next-starts = next starts: { $moments }
command-simulate-no-start = no start follows by its schedule
command-test-actions = what follows the failures is { $found }, not { $expected }
command-test-never = { $what } must never happen, and happens at +{ $at }
command-test-down = it is down for { $time }, more than { $most }
command-test-down-for-good = it stays down
command-test-ends = it ends { $found }, not { $expected }
command-test-told = it told { $found } instead of { $expected }
command-test-endless = it never comes to an end
command-test-summary = { $kept } of { $all } scenarios hold, in { $time }
command-test-of-nothing = { $name } has no scenario; add [[scenario]] or [[invariant]]
command-test-of = scenario "{ $scenario }": { $problem }
command-test-which-service = there are several services, or none; name one: service = "NAME", or a policy of the files: policy = "NAME"
command-test-no-policy = none of the files of services describes a policy "{ $name }"
command-test-no-service = none of the files of services has "{ $name }"
command-test-no-word = "{ $text }" cannot be expected; write restart, run, reboot, none or restart/1s in expect, these words or gave-up in never, running or stopped in ends
command-test-up = it is down from +{ $at } on for { $time }, more than { $most }
command-test-stays-down = it is down from +{ $at } on, and stays down
command-test-counterexample = random scenario { $number } of seed { $seed } shows it; the smallest like it: { $script }
command-test-random = { $count } random scenarios, seed { $seed }
command-test-no-promise = "{ $text }" cannot be promised; write up within 5m, or up within 5m while failures are at least 1m apart
command-test-no-failure = "{ $text }" is not a failure; write crash, exit 75, kill SEGV, memory-limit or another one of relance simulate --script, without a time
command-test-promises-nothing = it promises nothing; write never or always, and at least one cause, failure and scenario, or leave those keys out
command-test-expects-nothing = it expects nothing; write expect, never, down_at_most or ends

## Policies side by side

command-compare-failures = failures
command-compare-restarts = restarts
command-compare-commands = commands run
command-compare-reboots = reboots
command-compare-spared = failures spared, as it was down
command-compare-gave-up = gave up
command-compare-down = time down
command-compare-time = { $time }
command-compare-stays-down = { $time }, and it stays down
command-compare-failure = failure { $number }
command-compare-more = { $count } more
command-compare-as-is = as it is
command-compare-changed = changed
command-compare-truncated = this is only the beginning: there is more than a simulation holds
command-compare-what = say what is compared: two services, or one with options for the policy or --with FILE
command-compare-not-in-files = the service { $name } is not in the files of --with; name one that has it
command-replay-with = say what the policy would have been: by options like --actions, or by --with FILE
command-replay-head = { $name }: { $count ->
    [one] { $count } failure
   *[other] { $count } failures
} recorded since { $since }
command-replay-not-in-files = none of the services that have failed since { $since } is in the files of --with; name files that have them
command-replay-nothing = nothing has failed since { $since }
