### Why a folder, a socket or a file is not used by the daemon.

# $what is what the daemon wanted to do with it.
place-cannot = { $path } cannot be { $what ->
    [read] read
    [made] made
    [opened] opened
    [found] found
    [followed] followed as a link
    [removed] removed
    [closed] closed to others
    [written] written
   *[looked-at] looked at
}: { $reason }
place-advice-read-only = { $problem }; make its file system writable, or name another place
place-advice-full = { $problem }; make space
place-advice-denied = { $problem }; check who owns the folder, and its mode

# What a path leads to.
place-state-folder = the state folder
place-log-folder = the log folder
place-log-file = the log file
place-settings = the settings
place-socket = the socket
place-program = the program
place-script = the script

place-user = user { $uid }
place-ancestor-owner = the folder { $folder } on the way to { $to } belongs to { $owner }, who may put something else there; give it to root (chown root { $folder }), or name another place
place-ancestor-mode = others may write to the folder { $folder } on the way to { $to } (mode { $mode }), and so put something else there; close it (chmod go-w { $folder }), or name another place
place-ancestor-shared = everybody may put something into the folder { $folder } on the way to { $to }, where it may be looked for; copy it to a folder of your own
place-link-open = { $path } on the way to { $to } is a link in a folder that others may write to; name the folder that it should lead to instead
place-not-a-folder = { $path } on the way to { $to } is not a folder; move it away, or name another place
place-state-owner = the state folder { $folder } belongs to { $owner }, and the daemon runs as { $own }; give it to that user (chown { $own } { $folder }), or name another with --state
place-state-read = others may read the state folder { $folder } (mode { $mode }), where the services and their environments are; close it: chmod 700 { $folder }
place-state-written = others may write to the state folder { $folder } (mode { $mode }), where the services and their environments are; close it: chmod 700 { $folder }
place-entry-link = { $file } is a link, and the daemon follows none in its state folder; look where it comes from, and remove it: rm { $file }
place-entry-owner = { $file } belongs to { $owner }, not to the daemon; look where it comes from, and remove it: rm { $file }
place-entry-second-name = { $file } has a second name elsewhere, by which others may reach it; look where it comes from, and remove it: rm { $file }
place-entry-mode = { $file } may be written to by others (mode { $mode }); close it: chmod go-rwx { $file }
place-file-kind = { $what } { $file } is not a regular file
place-file-owner = { $what } { $file } belongs to { $owner }; give it to root: chown root { $file }
place-file-mode = { $what } { $file } may be written to by others (mode { $mode }); close it: chmod go-w { $file }
place-not-a-lock = { $file } is not the lock of a daemon of this user; look where it comes from and remove it, or name another socket with --socket
place-logs-mode = everybody may write to the log folder { $folder } (mode { $mode }); close it: chmod o-w { $folder }
place-output-folder-mode = everybody may write to the folder { $folder }, so a log file would not be safe there; name a folder of its own
place-no-socket = { $path } cannot be a socket; name a file with --socket
place-served = another daemon (process { $pid }) serves { $path }; stop it, or name another socket with --socket
place-served-silent = another daemon serves { $path } and does not answer; stop it, or name another socket with --socket
place-is-used = another daemon (process { $pid }) uses { $path }; stop it, or name another folder with --state
place-in-the-way = { $path } is { $what ->
    [file] a file
    [folder] a folder
    [link] a link
   *[other] not a socket
}, and only the socket of a daemon that has ended is replaced; move it away, or name another socket with --socket
place-socket-in-use = { $path } is a socket that is in use or not for this user ({ $reason }); name another with --socket
