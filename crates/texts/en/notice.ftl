# What the manager tells people by itself: chat, mail, pagers. crates/notify says these.
notice-failure = { $count ->
    [one] { $service } failed on { $machine }
   *[other] { $count } services failed on { $machine }
}
notice-give-up = { $count ->
    [one] { $service } failed on { $machine } and stays down
   *[other] { $count } services failed on { $machine } and stay down
}
notice-flapping = { $count ->
    [one] { $service } fails again and again on { $machine }
   *[other] { $count } services fail again and again on { $machine }
}
notice-still-down = { $count ->
    [one] { $service } is still down on { $machine }
   *[other] { $count } services are still down on { $machine }
}
notice-recovery = { $count ->
    [one] { $service } is well again on { $machine }
   *[other] { $count } services are well again on { $machine }
}
notice-recycling = { $count ->
    [one] { $service } was restarted as planned on { $machine }
   *[other] { $count } services were restarted as planned on { $machine }
}
notice-test = A test by { $caller }: Relance on { $machine } can reach you
notice-cause = Cause: { $cause }
notice-next-failure = Failure { $count }. What follows in { $time }: { $action }
notice-stays-down = Nothing follows. See why: relance why { $service }. Start it: relance start { $service }
notice-down-for = Down for { $time }
notice-more = …and { $count } more
notice-target-told = { $target } was told. See whether it arrived.
notice-target-not-told = { $target } was not told: { $problem }
notice-no-answer = the test was not taken within { $time }: is there a file of targets (notify.toml beside the daemon's settings, or relance daemon --notify)? See relance events --id 1159
notice-no-targets = Nobody is told of anything. Write a file of targets, notify.toml beside the daemon's settings, then try relance notify test.
notice-no-targets-in = Nobody is told of anything. Write the file of targets, { $file }, then try relance notify test.
notice-no-file-of-manager = the manager looks for the file of targets at { $file }, and it is not there; write it (docs/notify.md), or start the daemon with --notify FILE
notice-nothing-told = Nothing waits, and nothing was told.
notice-unusable = The file of targets cannot be used, and what was read before stays in use: { $problem }
notice-checked = { $count ->
    [one] { $file } is right: one target
   *[other] { $file } is right: { $count } targets
}
notice-no-such-target = there is no target { $target } in { $file }
notice-nobody-of-name = it names the target { $target }, which is not in { $file }: nobody is told (X86)
notice-bad-file = the file of targets is wrong: { $problem }
notice-no-file-at = there is no file of targets at { $file }; write it, or name the one that the daemon was given with --notify
notice-no-file = name the file of targets
notice-told-of-it = Told { $target } ({ $kind }) { $when }.
notice-waits-for-it = A message to { $target } ({ $kind }) waits.
notice-waits-with-problem = A message to { $target } ({ $kind }) waits; the last try failed: { $problem }
notice-dropped-of-it = A message to { $target } ({ $kind }) was dropped: { $problem }
notice-column-target = TARGET
notice-column-how = HOW
notice-column-where = WHERE
notice-column-notices = NOTICES
notice-column-services = SERVICES
notice-column-waiting = WAITING
notice-column-problem = PROBLEM
notice-column-at = AT
notice-column-notice = NOTICE
notice-column-state = STATE
notice-column-tries = TRIES
notice-column-title = TITLE
