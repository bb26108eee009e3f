### Targets of notices: what is wrong with the file, and why one was not told. The latter is kept in the queue and in the log as English, and found again by it.

target-file-at = { $path }: { $problem }
target-file-line = line { $line }: what stands there cannot be read; the reader of TOML says: { $problem }
target-file-owner = it belongs to user { $owner }, who could change it; run: chown { $user } { $path }
target-file-mode = others may read or change it, and it has secrets; run: chmod 600 { $path }
target-file-writable = others may change it; run: chmod go-w { $path }
target-in-section = { $section }: { $problem }
target-no-table = [{ $section }] is not a table; write [{ $section }] on a line of its own
target-flapping = flapping is a number from 0 to 100
target-too-many-targets = there are at most { $most } targets
target-timeout = timeout is at most 5m, and not 0
target-keep = keep is how long a message is tried, and not 0; without it: 24h
target-token = token is one line of letters, digits and signs
target-language = language is en or fr
target-command-path = command is a list that begins with the whole path of a program
target-account = account is "manager" or "service": as whom the command runs
target-no-authority = { $key }: { $path } has no certificate of an authority; it is a file in PEM, with lines like -----BEGIN CERTIFICATE-----
target-journal = journal is true or left out
target-one-way = it needs one way: { $ways }
target-not-web = { $key } is not a whole address like https://host/path
target-no-sender = from is missing: the sender's address
target-addresses = mail and from are addresses like ops@example.org
target-server = server is an address like smtps://mail.example.org or smtp://mail.example.org:587
target-password = user and password belong together
target-text = { $key } is a text
target-texts = { $key } is a text or a list of texts
target-secret-file = { $key }: { $path }: { $reason }
target-either = write either { $key } or { $file }
target-time = { $key } is a time like 10s, 5m or 1h
target-unknown-key = nothing is called { $key }; docs/notify.md lists what there is

## A target that was not told

target-only-linux = this way to tell somebody is for Linux alone
target-not-reached = it cannot be reached: { $reason }
target-no-host = no machine is known by that name
target-certificate = its certificate is not accepted: { $reason }
target-elsewhere = it answered { $status } and points elsewhere, which is not followed; put the right address into the file
target-answered = it answered { $status }
target-answered-text = it answered { $status }: { $text }
target-send-account = it runs as the account of the service, which the manager alone knows; relance notify test tries it
target-program = { $program } could not be run: { $reason }
target-program-slow = { $program } took longer than { $time } and was killed
target-program-failed = { $program } ended with { $status }
target-no-program = no program is named
target-mail = the mail was not taken: { $reason }
target-no-journal = { $path } cannot be written to: { $reason }
target-too-many-waited = too many waited
target-too-old = it was too old
