### Why the service database cannot be opened, for clients and for the diagnostics of the daemon.

database-damaged = the service database is damaged ({ $error }) and was put aside as { $aside }; bring a backup back with `relance restore FILE`, or save what can be read with `sqlite3 { $aside } .recover | sqlite3 NEW` and restore NEW
database-put-aside = there is no service database: a damaged one was put aside as { $aside }; bring a backup back with `relance restore FILE`, or save what can be read with `sqlite3 { $aside } .recover | sqlite3 NEW` and restore NEW, or move the state folder away to begin with no services
database-missing = the service database { $path } is missing, and this is not the first start; put it back, or bring a backup back with `relance restore FILE`, or move the state folder away to begin with no services
database-replaced = { $path } is not the service database of this state folder but another one; put the right one back, or take this one as it is with `relance restore`
database-other-folder = { $folder } has become another state folder while the daemon was running; put the right one back, or stop the daemon and start it again to use this one
database-not-a-file = { $path } is not a file but a link or a folder, which the daemon does not follow; put the service database in its place, or bring a backup back with `relance restore FILE`
database-too-new = the service database has the format { $version } of a newer version of Relance; install that version, or restore an older backup with `relance restore FILE`
database-format = { $path } has the format number { $version } (user_version), which no version of Relance has written: something else has changed the file; bring a backup back with `relance restore FILE`
database-incomplete = { $path } lacks the table { $table }: something else has changed the file; bring a backup back with `relance restore FILE`
database-io = the service database cannot be opened: { $error }
database-other = the service database cannot be opened: { $error }; check the rights and the room of the state folder
database-row = the column { $place } of the service number { $number } is not valid ({ $reason }); bring a backup back with `relance restore FILE`, or mend the value with sqlite3 while the daemon is stopped
