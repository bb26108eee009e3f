### Why a service could not be started, or did not take a control: what the caller and `relance why` are told.

start-not-connected = { $name } did not connect to the service manager: its process ended before, or did not call the dispatcher within 30 s; relance logs { $name } shows its output (a program that does not speak to the manager is created with kind = program)
    .page = { $name } did not connect to the service manager: its process ended before, or did not call the dispatcher within 30 s; its tab Output shows what it printed
start-dependency-failed = a service that { $name } needs did not start; relance events --service { $name } says which
    .page = a service that { $name } needs did not start; the tab Dependencies of { $name } shows which
start-dependency-missing = a service that { $name } needs does not exist; relance events --service { $name } says which
    .page = a service that { $name } needs does not exist; the tab Dependencies of { $name } shows which
start-cut-short = the start of { $name } was cut short
start-failed = { $name } could not be started: { $error }

## Controls

start-control-silent = { $name } did not answer the control within 30 s; it is left alone (relance terminate { $name } ends it by force)
    .page = { $name } did not answer the control within 30 s; it is left alone, and End by force ends it
start-control-ended = the process of { $name } ended while it handled the control
start-control-stopped = { $name } stopped before the control could be sent
start-control-error = { $name } answered the control with an error: { $error }

## Its process could not be created

# $problem is one of the sentences below.
start-impossible = { $name } cannot be started: { $problem }
start-directory = its working directory { $folder } cannot be entered ({ $error }); create it or change the setting
start-account = the daemon cannot change to its account ({ $error }); run the daemon as root
start-no-descriptor = the daemon has no file descriptors left for one more service; raise its limit (LimitNOFILE in the unit, ulimit -n in a container) and start the daemon again, or stop services that need not run
start-null-character = its command line or environment contains a null character; remove it
start-no-process = no more processes can be created; raise the limit of processes (TasksMax, ulimit -u)
start-priority = its priority cannot be set ({ $error }); choose a lower one or run the daemon as root
start-limits = its limits cannot be set ({ $error }); choose lower ones (limit_nofile and the like), or run the daemon as root with a higher one
start-group-limits = the kernel does not take the limits of its control group ({ $error }); choose others (memory_max and the like)
start-affinity = it cannot run on the processors it is bound to ({ $error }); name some that this machine has and the daemon may use (affinity)
start-stage = its process could not be set up at the stage { $stage }: { $error }
start-carriage-return = the first line of { $program } ends with a carriage return, as on Windows, so its interpreter is not found; save it with line ends of Linux (sed -i 's/\r$//' FILE)
start-interpreter = the interpreter that { $program } names in its first line does not exist; install it or correct the line
start-no-folder = the folder of the program { $program } does not exist; correct the command line
start-no-program = the program { $program } was not found; correct the command line
start-path = the path of the program { $program } leads nowhere ({ $error }); correct the command line
start-program-is-folder = { $program } is a folder; name the program in it
start-not-executable = the program { $program } may not be executed by its account; make it executable (chmod +x)
start-not-a-program = { $program } is not a program that can run here; a script needs a first line like #!/bin/sh
start-too-long = its command line and environment are too long for the system; shorten them
start-being-written = somebody is writing to { $program }; start again when that is done
start-no-memory = there is not enough memory to execute { $program }
start-held-up = { $program } was not executed in time, and its process was killed: the file system does not answer, somebody holds a lease on the file, or its account has stopped the process; for a minute no other start under that account is waited for
start-processes-of-account = the account { $account } has as many processes as it may have, all services and users of that name together; raise the limit (limit_nproc of the service, LimitNPROC in the unit, ulimit -u), or end some of them
start-not-executed = { $program } cannot be executed: { $error }
start-oom-score = its OOM score cannot be set ({ $error }); choose a higher one (oom_score_adjust), or run the daemon as root
start-scheduling = its scheduling cannot be set ({ $error }); leave it out (scheduling), or run the daemon as root
start-io-priority = its I/O priority cannot be set ({ $error }); choose best-effort or idle (io_priority), or run the daemon as root
start-mounts = it cannot have folders of its own (private_tmp, read_only_paths) ({ $error }); run the daemon as root with the capability SYS_ADMIN, or leave them out
start-read-only = { $path } cannot be made read-only for it ({ $error }); correct the path (read_only_paths), or write - before it if it may be missing
start-root = { $path } cannot be its root directory ({ $error }); create the folder or correct root_directory; only root can set one
start-groups = its supplementary groups cannot be set ({ $error }); leave them out (supplementary_groups), or run the daemon as root
start-capabilities = its capabilities cannot be set ({ $error }); the daemon can give no more than it has itself: leave them out (capabilities), or run it as root
start-heartbeats = the socket for what it says of itself (watchdog, ready = notify) cannot be made ({ $error }); give the daemon a short socket path in a folder of its own (relance daemon --socket)
    .page = the socket for what it says of itself (watchdog, ready = notify) cannot be made ({ $error }); the daemon needs a short socket path in a folder of its own
start-older-guardian = ready = fd needs a newer guardian; relance upgrade replaces the one that runs
start-given-up = its process could not be created, and a later start has followed; the event log shows the outcome of that one

## Its environment files

start-file-line = its environment file { $path } cannot be read at line { $line }: { $mistake }
start-file = its environment file { $path } cannot be read ({ $error }); create it, or write -{ $path } if it may be missing
start-file-unreadable = its environment file { $path } cannot be read: { $reason }
start-mistake-variable = a name is empty, or something contains a null character
start-mistake-no-equals = there is no =; write NAME=value
start-mistake-name = the name before = has other characters than letters, digits and _
start-mistake-single-quote = a single quote is not closed
start-mistake-double-quote = a double quote is not closed
start-mistake-after-quote = something follows the closing quote
