### What the system refuses: files, folders and programs.

file-not-read = { $path } cannot be read: { $reason }
file-not-written = { $path } cannot be written: { $reason }
file-not-opened = { $path } cannot be opened: { $reason }
file-not-copied = { $path } cannot be copied to { $target }: { $reason }
file-folder-not-made = the folder { $path } cannot be made: { $reason }
file-not-executed = { $path } cannot be executed: { $reason }
file-not-in-format = what stands here cannot be read; the reader of { $format } says: { $problem }
file-no-own-program = this program cannot be found again: { $reason }
file-input-not-read = the standard input cannot be read: { $reason }

file-output = the output cannot be written: { $reason }

## Reasons

file-not-there = it does not exist
file-denied = access is denied
file-is-folder = it is a folder
file-not-in-folder = something on its path is not a folder
file-there-already = it is there already
file-read-only = its file system is read-only
file-disk-full = the disk is full
file-not-text = it is not text in UTF-8
file-too-large = it is too large
file-not-regular = it is not a regular file, and only such a one is read here, since a pipe or a device could keep its reader waiting for ever; put one in its place
file-refused = connection refused
file-reset = the connection was broken off
file-unreachable = there is no way to that machine
file-no-answer = no answer in time

## Keys of files

file-no-key = there is no { $key } here; use { $keys }
file-key-nearly = there is no { $key } here; did you mean { $right }?
file-key-missing = { $key } is missing
file-not-one-of = "{ $value }" is not one of { $values }
file-form-list = a list
file-form-flag = true or false
file-form-number = a whole number, 0 or more

## The daemon

file-daemon-begins = the daemon cannot start: { $reason }
file-guardian-runs = the guardian cannot run: { $reason }
file-console-rights = the console cannot give up its rights: { $reason }
file-console-socket = the console has no socket: { $reason }
file-console-runs = the console cannot run: { $reason }

## Settings of the daemon

file-no-settings = there are no settings { $path }; name the file with --config
file-console-port = the console needs a port of its own; write its address like 127.0.0.1:7467
file-console-address = "{ $text }" is not an address for the console; write it like 127.0.0.1:7467
file-not-a-path = { $path } is not a path: { $reason }
file-no-home = neither HOME nor the XDG folders are set; name the folders with --state and --socket
file-no-group = there is no group { $group } (admin_group in the settings); make it (groupadd), or name another
