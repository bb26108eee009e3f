### Why the manager ended a run, or found that it is not well. Kept in records and the log as English, and found again by it.

cause-one-process = 1 process
cause-processes = { $count } processes
cause-kernel-killed = the kernel killed { $count } of its processes
cause-no-heartbeat = no heartbeat for { $time }
cause-said-so = it said so (WATCHDOG=trigger)

## Probes

cause-probe = { $probe }: { $problem }
cause-probe-failed = { $probe } failed { $times } times in a row: { $problem }
cause-no-answer = it closed the connection without an answer
cause-not-http = its answer is not HTTP
cause-status = status { $status }
cause-lacks-text = its answer lacks the text
