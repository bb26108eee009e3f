### relance upgrade

upgrade-takes-over = { $version } takes over: { $same } of { $all } services run on in the same process
upgrade-ended = { $name } ended meanwhile; relance why { $name } says more
upgrade-process-1 = the manager is process 1 of its container, which would end with it, and its version cannot exchange its program; start a container of the new image
upgrade-stays-process-1 = the manager is process 1 of its container, which would end with it, so it cannot be ended and started again; relance upgrade without --no-start exchanges its program
upgrade-hand-over = this program does not understand hand-over { $version } of the manager that runs
upgrade-cannot-take-over = { $program } cannot take over: { $text }; the manager stays as it is
upgrade-not-exchanged = the manager cannot be asked to exchange its program ({ $reason }); be root, or its user
upgrade-not-begun = the manager was asked to exchange its program and has not begun; services run on: look at its messages
upgrade-not-executed = the manager could not execute { $program } and goes on as it is; its messages say why
upgrade-not-found = the manager's process cannot be found; run this on the machine and in the container where it runs
upgrade-denied = the manager's process cannot be looked at ({ $reason }); be root, or its user
upgrade-not-a-daemon = process { $pid } is not `relance daemon`; it is left alone
upgrade-other-user = the manager is a process of user { $owner }, and its program would be executed as you; run relance upgrade as that user
upgrade-not-killed = the manager cannot be ended ({ $reason }); be root, or its user
upgrade-no-end = the manager was told to end, and its end cannot be waited for: { $reason }
upgrade-not-started = { $program } cannot be started: { $reason }; services run on, start it with the options it had
upgrade-stays = { $problem }; the manager stays as it is
upgrade-no-version = { $program } does not say its version ("{ $text }")
upgrade-older = { $program } is version { $version }, older than the manager, which is { $running }; it may not read the service database: see docs/upgrade.md, "Going back"
upgrade-no-answer = no manager answers; services run on without one: look at its messages (journalctl --unit relance), and start it with the options it had
