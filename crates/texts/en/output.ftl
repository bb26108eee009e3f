### Why what a service prints is not kept as it is to be.

output-not-a-file = { $path } is not a file of its own (a folder, a link, a pipe, a second name of another file), so nothing is written to it; remove it
output-folder-unfit = the folder of { $path } is not used: { $problem }
output-denied = { $path } cannot be written to ({ $error }); check who owns it and its folder, and their modes
output-read-only = { $path } cannot be written to ({ $error }); make its file system writable
output-full = { $path } cannot be written to ({ $error }); make room there
output-no-descriptor = { $path } cannot be opened, because the manager has no file descriptors left; raise its limit (LimitNOFILE in the unit, ulimit -n in a container) and start it again, or stop services that need not run
output-not-written = { $path } cannot be written to: { $error }
output-not-given = { $path } cannot get the owner, the group or the mode that is set for it ({ $error }); change log_owner, log_group or log_mode, or run the daemon as root
output-not-watched = it cannot be read from its pipe ({ $error }), and the service blocks when the pipe is full; start the service again
output-lost = What it prints is lost: { $problem }.
output-kept-otherwise = What it prints is kept, but { $problem }.
