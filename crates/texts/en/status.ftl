### What `relance status`, `list` and `health` show.

status-state = state
status-process = process
status-exit-code = exit code
status-last-end = last end
status-failures = failures
status-pending = pending
status-memory = memory
status-processor-time = processor time
status-processes = processes

status-marked-for-delete = marked for deletion
# $state has lasted so long; $cause is why it was started.
status-for = { $state } for { $time } (run { $run }, { $cause })
status-for-started = { $state } for { $time } (run { $run }, { $cause }, started { $age } ago)
status-step = step { $step }
status-own-code = 1066, its own code { $code }
status-code = { $code } ({ $error })
status-end = { $summary } at { $time }
status-end-exit = { $summary } at { $time }, { $exit }
status-counted-again = counted from zero again in { $time }
status-next-one = the next one: { $action }
status-no-actions = no recovery actions
status-action-after = { $action } after { $time }
status-action-between = { $action } after { $least } and up to { $more } more
status-due = { $action } in { $time }
status-due-failure = { $action } in { $time } (failure { $number })
status-due-delayed = { $action } in { $time } at most (failure { $number }), because of { $budget }
status-now-failure = { $action } now (failure { $number })
status-failed = { $state }, failed
status-gave-up = { $state }, gave up
status-gave-up-start = gave up after too many restarts; relance start { $name } begins again

## Why it was started, in a word

status-cause-demand = demand
status-cause-auto = auto
status-cause-dependency = dependency
status-cause-recovery = recovery
status-cause-recycle = recycle
status-cause-restart = restart

## Limits

status-peak = at most { $size } so far
status-limits = limits
status-not-held = not held here: { $limits }
status-limit = limit { $limit }
status-limit-share = limit { $share }% of one
status-limit-threads = limit { $count } with their threads

## The table

status-none-yet = There are no services yet; relance create makes one.
status-none-like-that = No service matches.
status-column-name = NAME
status-column-state = STATE
status-column-for = FOR
status-column-memory = MEMORY
status-column-start = START
status-column-failures = FAILURES
status-column-next = NEXT

## Health

status-well-none = well: no service has to run
status-well = { $count ->
    [one] well: { $count } service
   *[other] well: { $count } services
}
status-not-well = not well: { $problems } (of { $count })
status-not-well-and-more = not well: { $problems }; and { $more } more (of { $count })
status-waits = waits for its restart
status-is-stopped = is stopped
status-is-down = is down ({ $end })
status-never-started = was never started
status-is = is { $state }

## How it ended, in a word

status-summary-crashed = crashed
status-summary-stopped = stopped
status-summary-error = stopped with an error
status-summary-start-failed = start failed
status-summary-killed = killed
status-summary-terminated = terminated
status-summary-recycled = recycled
status-summary-for-good = stopped for good
status-summary-shut-down = shut down

## What it says and waits for

status-says = says
status-next-start = next start
status-next-start-at = { $moment }, in { $time } ({ $schedule })
status-held = held
status-told = notices
status-reloading = reads its settings again
status-needed-down = { $needed }, which it needs, is down; it starts when that is back
status-needed-back = { $needed } is back; it starts in { $time }
status-main-process = { $first } (its main process: { $main })
status-start-in = start in { $time }
status-start-with = start with { $needed }
status-column-says = SAYS
status-summary-background = went into the background
status-output = output
status-with-output-problem = { $state }, output not kept
status-not-loaded = the service { $name } is stored and was not loaded: { $problem }

## The summary

status-manager-runs = relance { $version } runs (process { $pid })
status-counted = { $count ->
    [one] { $count } service: { $states }
   *[other] { $count } services: { $states }
}
status-count-running = { $count } running
status-count-stopped = { $count } stopped
status-count-failed = { $count } failed
status-count-other = { $count } changing state
status-nothing-needed = Nothing needs attention.
status-needed = Needs attention:
status-foreign = { $text }
status-waits-for = held until { $needed } is back
status-given-up = { $end } { $time } ago, and nothing follows
status-lasts = { $state } for { $time }
status-still-runs = marked for deletion, and still runs
status-no-terminal = --watch draws on a terminal; relance events --follow tells of changes anywhere
