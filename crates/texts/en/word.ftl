### Words that stand in many sentences: states, actions, how a process ended.

## States, as tools and programs name them

word-state-stopped = STOPPED
word-state-start-pending = START_PENDING
word-state-stop-pending = STOP_PENDING
word-state-running = RUNNING
word-state-continue-pending = CONTINUE_PENDING
word-state-pause-pending = PAUSE_PENDING
word-state-paused = PAUSED

## What follows a failure

word-action-none = No action
word-action-restart = Restart the service
word-action-reboot = Reboot the computer
word-action-run = Run the configured recovery program
word-action-own-restart = Restart the service in a separate process

## Soft ceilings

word-ceiling-memory = it uses { $size } of memory
word-ceiling-age = it has run for { $time }
word-ceiling-time-of-day = it is the time of day that is set
word-ceiling-jobs = { $count ->
    [one] it has done { $count } job
   *[other] it has done { $count } jobs
}

## How a process ended

word-exit-status = exit status { $status }
word-exit-signal = signal { $signal }
word-exit-signal-named = signal { $signal } ({ $name })
word-exit-unknown = an end that nobody saw

## Numbers that order

word-ordinal = { NUMBER($number, type: "ordinal") ->
    [one] { $number }st
    [two] { $number }nd
    [few] { $number }rd
   *[other] { $number }th
}

## Why a service ended

word-cause-end-of-script = end of the script
word-cause-uncaught-exception = uncaught exception
word-cause-fatal-error = fatal error
word-cause-memory-limit = memory limit
word-cause-time-limit = time limit
word-cause-out-of-memory = out of memory
word-cause-hung = hung
word-cause-cannot-start = could not be started
word-cause-left-processes = left processes behind
# $text is what the run time said.
word-cause-text = { $kind }: { $text }

## What the event log says of states, start types and errors

word-entered-running = running
word-entered-paused = paused
word-entered-stopped = stopped
word-start-boot = boot start
word-start-system = system start
word-start-auto = auto start
word-start-demand = demand start
word-start-disabled = disabled
word-error = { $text } ({ $code })
word-wrote = { $name } wrote: { $words } (by { $author })
word-by = by { $who }
word-by-schedule = by its schedule
word-with-author = { $text } ({ $by })
word-repeated = { $text } (the last of { $times } such entries, the others are left out)

# A code without a text of ours: its name in words.
word-error-name = { $name }

# How a duration is typed.
word-duration-examples = 500ms, 30s, 5m, 1h30m or 2d
