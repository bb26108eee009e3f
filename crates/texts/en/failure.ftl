### What `relance failure` shows.

failure-one-failure = { $failure } failure
failure-last-failure = { $failure } failure and later
failure-failures = failures
failure-no-actions = no recovery actions
failure-reset-period = reset period
failure-no-period = none
failure-infinite = INFINITE: counted until the machine boots
failure-command = command
failure-reboot-message = reboot message
failure-on-error-stop = on error stop
failure-error-stops = yes: a stop with an error is a failure too
failure-only-crashes = no: only crashes
