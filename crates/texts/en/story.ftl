### What a simulation tells: `relance simulate`, and what-if in the console.

# $what is a line of the script: crash, stop.
story-quiet = nothing happens
story-happened = script: { $what }
story-ignored = script: { $what } (ignored: nothing is running)
story-refused = refused with { $code }: { $text }
story-counter-reset = the reset period is over: the counter starts again
story-logged = { $id } { $sentence }
story-command = runs the command: { $command }
story-rebooted = the machine reboots
story-the-service = the service
story-and-so-on = and so on
story-end = { $state }, failures counted: { $count }
story-scheduled-start = the time of a start by its schedule
story-finished = the run ends by itself
