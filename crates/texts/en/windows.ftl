### What the service manager of Windows does not do, and what to do instead.

windows-access-denied = access is denied; run as administrator, or ask one for the right to do this
windows-connected-before = this process was connected to the service manager before; a process is one service, once: start another one
windows-console = there is no console { $service }, or it has never run; relance console install makes it and starts it
windows-dependents = other services need { $name }; stop these first: { $names }
windows-no-account = there is no account "{ $who }"; create it, or name another
windows-event-id = { $id } is not an id of an entry of Windows' log; use 0 to { $most }
windows-no-output = { $name } has printed nothing yet, or is a service of its own: only the output of programs that relance host keeps is stored
windows-output-unreadable = the output cannot be read: { $error }
windows-output-elsewhere = the output of { $name } lies on { $machine }; read it there
windows-usage-elsewhere = what processes of { $machine } use is known there only
windows-state = the service manager reports the state { $state }, which does not exist
windows-terminate = Windows cannot end { $name } by force without counting it as a failure; taskkill /f /pid with its process ends it, and its recovery actions follow
windows-cancel = Windows lets nobody cancel a pending recovery action; relance disable { $name } defeats a restart (R31)
windows-entries-here = entries are written to the log of this machine only
windows-output-mode = relance host writes output to a file, or throws it away: --output { $output } is for Linux
windows-host-sees-no = relance host sees exit statuses, crashes and starts that fail, and nothing of the cause { $cause }; leave the rule out
windows-host-no-reboot = relance host does not reboot the machine; take reboot out of the actions and rules, or leave out what Windows' manager cannot do itself
windows-own-affair = on Windows a service sets its working directory, output, processors and stop grace itself; create it as a program, which relance host keeps
windows-read-output = Windows has no right to read output; its folder says who may read it
