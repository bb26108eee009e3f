### The pages of the web console.

## api-page

console-one-api-for-the = One API for the command line, PHP, this console and strangers: HTTP with JSON on the manager’s Unix socket. For instance:
console-operations = Operations
console-request = Request
console-what-it-does = What it does
console-takes = Takes
console-gives = Gives

## chart

console-legend = Legend
console-running = running
console-down-after-a-failure = down after a failure
console-what = What
console-stopped-on-request = stopped on request
console-failure = failure
console-recovery-action = recovery action

## control

console-delete-the-service = Delete the service
console-delete = Delete
console-its-configuration-is-gone = Its configuration is gone then; its events and its output stay. If it runs, it goes on until it stops.
console-keep = Keep

## create

console-new-service = New service
console-trail = Trail
console-services = Services
console-name = Name
console-n-1-to-256-characters = 1 to 256 characters without / and \; it cannot be changed later.
console-kind = Kind
console-any-program = Any program
console-runs-when-started-stopped = Runs when started; stopped by a signal.
console-a-service-that-speaks = A service that speaks to the manager
console-php-with-win32-start = PHP with win32_start_service_ctrl_dispatcher, for instance.
console-recovery = Recovery
console-dependencies-and-environment = Dependencies and environment
console-services-that-must-run = Services that must run first
console-one-to-a-line = One to a line; a group as +NAME
console-variables = Variables
console-one-to-a-line-name = One to a line: NAME=value
console-create = Create

## diff

console-at-once = at once
console-at-the-next-failure = at the next failure; what is queued stays
console-at-the-next-start = at the next start
console-at-the-next-shutdown = at the next shutdown
console-yes = yes
console-no = no
console-nothing-is-changed = Nothing is changed.
console-becomes = { $what } becomes { $after } (was { $before })
console-is-set = { $what } becomes { $after } (was empty)
console-is-emptied = { $what } becomes empty (was { $before })
console-the-failure = the { $number } failure
console-failure-and-later = the { $number } failure and all later ones
console-failure-delay = The delay after { $which } becomes { $after } (was { $before })
console-failure-action = After { $which }: { $after } (was: { $before })
console-action-after = { $what } after { $time }
console-action-at-once = { $what } at once
console-the-variable = The variable { $name }
console-variable-added = The variable { $after } is added
console-variable-removed = The variable { $before } is removed
console-line-added = { $what }: { $after } is added
console-line-removed = { $what }: { $before } is removed

## document

console-skip-to-the-content = Skip to the content

## history

console-window-of-time = Window of time
console-n-10-minutes = 10 minutes
console-n-1-hour = 1 hour
console-n-7-days = 7 days
console-n-30-days = 30 days
console-n-1-day = 1 day
console-available = available
console-time-line = Time line
console-availability-is-the-share = Availability is the share of the time the service ran, of the time it was meant to. Time after a failure, a start that failed or an end with an error counts as down; time that it was stopped on request, and before it existed, does not count.
console-there-are-more-events = There are more events than are drawn: choose a shorter time.
console-history = History
console-available-all-services-together = available, all services together
console-no-service-failed-in = No service failed in this time.

## lacking

console-windows-cannot-end-a = Windows cannot end a service by force without calling it a failure; taskkill ends its process, and its recovery actions follow.
console-windows-lets-nobody-cancel = Windows lets nobody cancel a pending recovery; disabling the service defeats a restart.
console-windows-has-no-signals = Windows has no signals: a program is asked to stop by Ctrl-Break and by closing its windows.
console-this-service-speaks-to = This service speaks to Windows itself, so the manager does not set its folder, its output or its end. Programs that relance host keeps have settings for them.
console-windows-service-manager-has = Windows’ service manager has interfaces of its own, which relance, sc, PowerShell and PHP use; there is no HTTP interface beside them. Scripts with a token may read /metrics here.
console-the-security-descriptor-of = The security descriptor of this service cannot be read, so it cannot be changed here; sc sdshow shows it.
console-windows-logs-every-start = Windows logs every start and stop only where it is told to (by default on servers), so a time without entries may have been quiet.

## States, actions, start types

console-state-stopped = Stopped
console-state-start-pending = Starting
console-state-stop-pending = Stopping
console-state-running = Running
console-state-continue-pending = Continuing
console-state-pause-pending = Pausing
console-state-paused = Paused
console-action-none = Take no action
console-action-restart = Restart the service
console-action-reboot = Reboot the computer
console-action-run = Run a program
console-action-own-restart = Restart in its own process
console-waits-quiet-hours = it waits until its quiet hours end
console-waits-quiet-hours-of-all = it waits until the quiet hours of the machine end
console-waits-for-its-group = it waits while another of its group starts
console-waits-for-a-restart = it waits for its turn: too many restarts on this machine
console-waits-for-a-reboot = it waits for its turn: too many reboots
console-start-auto-delayed = Automatic (delayed)
console-start-auto = Automatic
console-start-disabled = Disabled
console-start-demand = Manual

## layout

console-events = Events
console-main = Main
console-the-connection-is-lost = The connection is lost. Trying again…
console-menu = Menu
console-administrator = Administrator
console-read-only = Read-only
console-sessions-and-tokens = Sessions and tokens
console-api = API
console-sign-out = Sign out
console-language = Language
console-colours = Colours
console-as-the-system = As the system
console-light = Light
console-dark = Dark
console-apply = Apply

## log

console-event-log = Event log
console-search = Search
console-in-names-parameters-causes = In names, parameters, causes and output
console-service = Service
console-level = Level
console-all = All
console-warnings-and-errors = Warnings and errors
console-errors = Errors
console-asked-for = Asked for by somebody
console-event-ids = Event ids
console-from-utc = From (UTC)
console-until-utc = Until (UTC)
console-filter = Filter
console-follow = Follow
console-export = Export
console-when = When
console-id = Id
console-event = Event
console-no-event-matches = No event matches.
console-pages = Pages
console-newest = Newest
console-older = Older
console-error = Error
console-warning = Warning
console-information = Information
console-number = number
console-log-event-log = Event log
console-why = Why
console-what-it-means = What it means
console-what-to-do = What to do
console-details = Details
console-source = Source
console-log-number = Number
console-run = Run
console-the-process-ended-with = The process ended with
console-the-action-was-due = The action was due
console-parameters = Parameters
console-the-last-lines-it = The last lines it printed

## reply

console-not-found = Not found
console-to-the-services = To the services

## script

console-show-me-how-to = Show me how to script this
console-nothing-to-do-or = Nothing to do, or not possible with this.

## service

console-about-the-service = About the service
console-saved = Saved.
console-start = Start
console-stop = Stop
console-restart = Restart
console-restart-one-by-one = Restart one by one
console-pause = Pause
console-continue = Continue
console-end-by-force = End by force
console-cancel-recovery = Cancel recovery
console-controls = Controls
console-load-it-again = Load it again
console-this-service-was-deleted = This service was deleted.
console-save = Save…

## access

console-who-may-do-what = Who may do what
console-this-is-the-default = This is the default; nothing is stored.
console-give-rights = Give rights
console-give-somebody-rights = Give somebody rights
console-user-or-group = User or group
console-as-alice-user-alice = As alice, user:alice or group:web
console-give = Give…
console-access-list = Access list
console-who = Who
console-may-do = May do
console-change = Change
console-remove = Remove…
console-the-manager-itself = The manager itself
console-administrators = Administrators
console-anybody-on-this-machine = Anybody on this machine
console-everybody = Everybody
console-everybody-with-an-account = Everybody with an account
console-user = User
console-group = Group
console-may = may
console-may-not = may not
console-see-it = see it
console-start-it = start it
console-stop-it = stop it
console-pause-it = pause it
console-send-its-own-controls = send its own controls
console-read-what-it-prints = read what it prints
console-change-it = change it
console-delete-it = delete it
console-say-who-may-do = say who may do what
console-restart-it = restart it
console-do-everything = do everything
console-not-saved = Not saved
console-back = Back
console-who-could-do-what = Who could do what then
console-access-save = Save
console-do-not-save = Do not save

## dependencies

console-needs = Needs
console-is-needed-by = Is needed by
console-nothing = Nothing.
console-dependencies-group = group
console-does-not-exist = does not exist

## edit

console-what-you-typed-is-kept = What you typed is still in the form below.
console-to-the-field = To the field
console-back-to-editing = Back to editing
console-this-would-change = This would change
console-somebody-else-has-changed = Somebody else has changed this service since you opened the form:
console-changed-on-another-tab = Nothing on this tab; it stays as they left it.
console-what-you-change = What you change
console-both-have-changed-this = Both of you have changed this. Which one is to stay?
console-keep-mine = Mine:
console-keep-theirs = Theirs:
console-taken-away = taken away
console-empty = empty

## environment

console-environment = Environment
console-values-are-shown-to = Values are shown to administrators only.

## general

console-what-happened-and-what = What happened, and what comes next
console-general-delete-the-service = Delete the service…
console-more = More
console-beyond-windows = Beyond Windows
console-extension = extension
console-not-set = not set

## log-on

console-account = Account
console-localsystem-is-the-managers = LocalSystem is the manager’s own account. Any account of this machine can be named; a manager that does not run as root can only use its own.
console-no-password-is-needed = No password is needed here.

## output

console-output = Output
console-standard-output = Standard output
console-standard-error = Standard error

## preview

console-changes = Changes
console-if-it-fails-now = If it fails now, then…
console-every-failure = every failure
console-nothing-no-actions-are = nothing: no actions are configured
console-nothing-it-stays-down = nothing; it stays down until somebody starts it
console-preview-at-once = at once
console-the-counter-goes-up = The counter goes up until the machine boots.
console-the-counter-is-never = The counter is never reset until the machine boots.
console-the-counter-begins-again = The counter begins again at every failure.
console-with-a-reset-period = With a reset period of 0 every failure is the first: the later actions are never used.
console-a-stop-with-an = A stop with an error code is not a failure: tick the box below the actions if it should be.
console-the-list-ends-with = The list ends with no action: after that the service stays down, also when the reset period is over.
console-a-service-that-fails = A service that fails at once is restarted without end and almost without a pause: give the last action a delay.
console-counter-run = The failure counter starts again after a run that lasts { $time }.
console-restarts-limited = At most { $count } restarts follow failures within { $time }; after one failure more it gives up, and stays down until somebody starts it.
console-backoff-unused = The back-off is never used: it grows the delay of the last action, which is not a restart, or waits for nothing. Let the list end with a restart that waits, or give linear a step.
console-backoff-at-maximum = The back-off is never used: the last action waits for the longest time already. Raise that time, or shorten the last delay.
console-limit-out-of-reach = The limit of restarts is never reached: so many restarts take longer than its period. Make the period longer, or the delays shorter.
console-rule-never = A rule by cause never decides anything: an earlier rule has its causes, or they are never failures of this service.
console-a-restart-outlasts = A restart waits as long as the reset period, so the failure after it counts as the first again: make the period longer than each delay and the usual run together.
console-run-a-program-is = Run a program is chosen, and no program is given.
console-the-computer-is-rebooted = The computer is rebooted, with everything that runs on it.
console-the-computer-is-rebooted-only = The computer is rebooted only if the manager’s settings say allow_reboot; else event 7032 says that it was not.
console-stops-with-an-error = stops with an error
console-stops-without-an-error = stops without an error
console-is-started-by-hand = is started by hand
console-crashes = crashes
console-what-if = What if…
console-click-on-the-line = Click on the line where the service should fail, or add a moment below. What follows is worked out by the manager’s own rules.
console-what-would-follow = What would follow
console-seconds = Seconds
console-the-service = the service
console-add = Add
console-axis = Axis
console-preview-remove = Remove
console-in-words = In words

## policy

console-said-by-policy = The policy { $policy } said what follows
console-by-cause = By cause
console-rule-in-words = { $causes }: { $actions }
console-cause = Cause
console-what-follows = What follows
console-or = or
console-first-rule-decides = The first rule that has the cause decides. What no rule decides follows the list below.
console-write-a-rule = Write a rule
console-cause-detail = Which one
console-add-the-rule = Add the rule
console-fails-of = fails: { $cause }
console-cause-exit = any exit status
console-cause-exit-range = exit status { $first } to { $last }
console-cause-error = stop with an error of Windows
console-cause-crash = crash: it ended without reporting STOPPED
console-cause-signal = any signal
console-cause-watchdog = no heartbeat
console-cause-probe = failed probes
console-cause-start = failed start
console-cause-dependency = something that it needs did not start
console-cause-gave-up = too many restarts: it gives up
console-cause-parse-error = parse error of PHP
console-cause-missing-extension = missing extension of PHP
console-cause-exception = uncaught exception { $class }
console-cause-any = every other cause
console-delay-is-multiplied = While it goes on failing, the last delay is multiplied by { $factor } each time, up to { $most }.
console-delay-grows = While it goes on failing, the last delay grows by { $step } each time, up to { $most }.
console-delay-grows-by-itself = While it goes on failing, the last delay grows by itself each time, up to { $most }.
console-delay-between = { $least } and up to { $more }
console-delay-jitter = Up to { $time } are added to each delay before a restart, so that services that failed together come back one by one.
console-quiet-hours = Between { $begins } and { $ends }, in the machine’s time zone, nothing begins: an action whose time comes then waits until the quiet hours end.
console-one-of-the-group = A restart waits while another service of the group “{ $group }” starts, at most 5 min.
console-who-is-told = Who is told
console-told-as-the-file-says = The targets of the manager’s file of targets, as it says.
console-nobody-is-told = Nobody is told.
console-as-the-file-says = as the file of targets says
console-still-down-after = “Still down” is told after { $time }.
console-told-failure = each failure
console-told-recovery = that it is well again
console-told-give-up = that it stays down
console-told-flapping = that it fails again and again
console-told-still-down = that it is still down
console-told-recycling = planned restarts
console-told-test = tests

## recovery

console-if-the-service-fails = If the service fails
console-and-all-later-ones = and all later ones
console-one-more-failure = One more failure
console-enable-actions-for-stops = Enable actions for stops with errors
console-without-it-only-a = Without it only a process that ends unannounced counts as a failure. With it a stop with an error code does too; for a program that is every exit status but 0.
console-restart-computer-options = Restart computer options
console-message-before-a-reboot = Message before a reboot
console-the-manager-reboots-only = The manager reboots only if its settings say allow_reboot.
console-action = action
console-as-the-one-before = — as the one before
console-after = after
console-delay = delay
console-unit = unit
console-reset-the-fail-count = Reset the fail count
console-reset-period = Reset period
console-reset-period-unit = Reset period: unit
console-without-a-failure = without a failure
console-never-infinite = never (INFINITE)
console-run-program = Run program
console-command-line = Command line
console-runs-under-the-account = Runs under the account of the service; %1% becomes the fail count.
console-append-fail-count-to = Append fail count to end of command line

## security

console-as-sddl-text = As SDDL text
console-empty-goes-back-to = Empty goes back to the default.

## services

console-services-services = services
console-of = of
console-services-running = running
console-failed = failed
console-services-stopped = Stopped
console-pending = Pending
console-services-failed = Failed
console-any = Any
console-name-or-description = Name or description  ( / )
console-state = State
console-start-type = Start type
console-show = Show
console-none-selected = None selected
console-custom-control-128-255 = Custom control (128–255)
console-send = Send
console-cancel-pending-recovery = Cancel pending recovery
console-services-start = Start
console-uptime = Uptime
console-cpu = CPU
console-memory = Memory
console-failures = Failures
console-last-failure = Last failure
console-next-recovery = Next recovery
console-select-all-rows = Select all rows
console-no-service-matches = No service matches.
console-previous = Previous
console-next = Next

## sign-in

console-sign-in = Sign in
console-this-link-signs-you = This link signs you in once.
console-sign-in-sign-in = Sign in
console-there-are-no-passwords = There are no passwords. An administrator of this machine makes a link that signs in once:
console-to-look-without-changing = To look without changing anything: relance console --role reader
console-the-new-token-it = The new token. It is shown once; keep it where only its script can read it.
console-token = Token
console-new-token = New token
console-what-it-is-for = What it is for
console-sign-in-may = May
console-see = see
console-days = Days
console-make-the-token = Make the token
console-whose = Whose
console-role = Role
console-made = Made
console-ends = Ends
console-end = End
console-this-one = this one
console-session = Session

## tab

console-general = General
console-log-on = Log On
console-dependencies = Dependencies
console-security = Security

## table

console-being-deleted = being deleted
console-output-not-kept = output not kept
console-not-loaded = The service { $name } is stored and was not loaded: { $problem }.
console-in-progress = In progress
console-held = starts with { $needed }
console-starts-next = starts { $time }
console-now = now
console-ended-unseen = ended unseen
console-create-no-such = There is no service { $name } yet; this one cannot start before there is.
console-failures-count = { $count ->
    [one] { $count } failure
   *[other] { $count } failures
}
console-failures-counted = { $count ->
    [one] { $number } failure counted
   *[other] { $number } failures counted
}
console-failure-number = { $number } failure
console-since = for { $time }
console-resets = reset { $time }
console-ended = ended { $time }
console-changed-elsewhere = This service was changed elsewhere meanwhile. { $link }
console-powerful = { $who } can have anything run under the account of the manager: a user who may change a service’s program and account has its power.
console-this-one-is-number = — this one would be number { $number }
console-and-later = { $number } and every later one
console-at-the-end = At the end: { $state }, { $failures }
console-step = step { $number }
console-select = Select { $name }
console-counter-period = The counter begins again when { $time } have passed since the last failure.
console-error-number = error { $code }
console-exit-number = exit status { $status }
console-signal-number = signal { $signal }
console-not-possible = Not possible
console-this-is-not-possible = This is not possible
console-other-name = this console does not go by that name; open it by its address, or add the name to console_names in relance.toml
console-other-site = this request was made by a page of another site; open the console itself and try there
console-too-long = this request is too long, or came too slowly
console-ago = { $time } ago
console-in = in { $time }
console-day = d
console-selected = { $count ->
    [one] { $number } selected
   *[other] { $number } selected
}
console-found = { $count ->
    [one] { $number } found
   *[other] { $number } found
}
console-no-answer = The console does not answer.
console-not-saved-no-answer = Not saved: the console does not answer. What you typed is still here; try again.
console-not-saved-signed-out = Not saved: you are signed out. Sign in, on another page for instance, and save again; what you typed is still here.
console-done = { $what }: done
console-you-may-see-only = You are signed in as a reader: you may see and not change. An administrator of this machine can give you a link for the role administrator.
console-failure-part = { $failure }: { $what }
console-restart-with-dependents = Restart with what needs it
console-restart-dependents-question = Restart the services that need it, too? They stop before it and start after it.
console-restart-all = Restart all
console-leave-them = Leave them
console-reload = Reload settings
console-settings-set = { $number } set
console-new-lines = { $count ->
    [one] { $number } new line, jump to the end
   *[other] { $number } new lines, jump to the end
}
console-jump-to-the-end = Jump to the end
console-find = Find
console-download = Download
console-output-skipped = { $size } came too fast to be shown; look at them
console-overview = Overview
console-needs-a-person = Needs attention
console-nothing-needs-you = Nothing needs attention.
console-nothing-brings-it-back = nothing will start it again
console-fails-again = It has failed { $count } times since its counter began.
console-about-to-happen = About to happen
console-nothing-is-due = No recovery is pending, and no schedule comes.
console-starts-by-schedule = start by its schedule
console-failed-since-yesterday = Failed in the last 24 hours
console-nothing-has-failed = Nothing has failed in the last 24 hours.
console-deleted-since = deleted since
console-the-last = the last { $time }
console-who-changed-what = Changed in the last 24 hours
console-other-services = Other services
console-all-that-was-asked-for = Everything that was asked for
console-nothing-was-changed = Nobody has changed or controlled a service.
console-and-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
console-earlier = Earlier
console-later = Later
console-now-live = Now
console-n-1-minute = 1 minute
console-as-a-table = As a table
console-by-force-question = End the processes at once? Data that they have not saved is lost.
console-many-question = { $what }: for all that are selected?
console-instances = { $count ->
    [one] { $count } instance
   *[other] { $count } instances
}
console-instances-of = { $count } of { $all } instances
console-select-instances = Select { $count } instances of { $template }
console-asked-by = Asked for by
console-by-the-manager = the manager itself: nobody asked
console-by-the-schedule = the schedule of the service
console-by-somebody-hidden = somebody whom you may not see: you lack the right to read the settings of the service (QUERY_CONFIG)

## Policies

console-policies = Policies
console-what-policies-are = A policy says what follows a failure, for all services that use it.
console-no-policies = There are no policies yet: relance policy set NAME --actions LIST makes one.
console-policy = Policy
console-policy-named = Policy { $policy }
console-policy-changed-meanwhile = Somebody has changed the policy meanwhile. This is what your form would change now.
console-nobody-uses-it = No service uses it yet.
console-nobody-else-uses-it = No other service uses it.
console-used-by = Used by
console-also-used-by = Also used by
console-next-failure-of-each = What follows the next failure of each service
console-policy-says-what-follows = The policy { $policy } says what follows a failure of this service. To give it settings of its own again, write none in the field below.
console-change-for-all = Change it for all

## How many instances there are

console-scale = Instances of { $template }
console-scale-about = Copies of the lowest one; those with higher numbers are told to stop, and are gone then
console-save-for-all = Save for all { $count } instances
console-save-for-some = Save for { $count } of { $all } instances
console-other-settings = Other settings, left as they are:
console-scale-set = Set
console-scale-number = Set number
console-scale-number-of = Set number of instances of { $template }
console-scale-question = { $count ->
    [one] One instance is told to stop, within its own grace, and is deleted with its configuration:
   *[other] { $count } instances are told to stop, each within its own grace, and are deleted with their configurations:
}
console-scale-stop-and-delete = Stop and delete
console-scaled-started = { $count ->
    [one] Instance { $numbers } of { $template } was started.
   *[other] Instances { $numbers } of { $template } were started.
}
console-scaled-added = { $count ->
    [one] Instance { $numbers } of { $template } was added; it is not started, since the lowest one does not run.
   *[other] Instances { $numbers } of { $template } were added; they are not started, since the lowest one does not run.
}
console-scaled-removed = { $count ->
    [one] Instance { $numbers } of { $template } stops, and is deleted then.
   *[other] Instances { $numbers } of { $template } stop, and are deleted then.
}
console-scaled-nothing = { $template } has these instances already; nothing was changed.

## What recorded failures would have been on a changed policy

console-replay = What the last 30 days would have been
console-replay-how = Each failure in the event log happens again at its time, if the service runs then.
console-replay-nothing = Nothing that the event log has of the last 30 days is a failure.
console-replay-since = There are so many entries that only those since { $since } were played.
console-replay-hours = Quiet hours are not kept here; relance replay keeps them.
console-replay-of = { $service }: { $before }; changed: { $after }
console-replay-totals = { $failures ->
    [one] one failure
   *[other] { $failures } failures
}, { $restarts ->
    [one] one restart
   *[other] { $restarts } restarts
}, time down { $down }
