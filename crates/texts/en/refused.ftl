### Why a request about a service is refused as things stand.

refused-shutting-down = the system is shutting down; { $service } can be used again after the boot
refused-marked-for-delete = { $service } is marked for deletion; it is gone when it has stopped
refused-disabled = { $service } is disabled; change its start type first (relance enable { $service })
    .page = { $service } is disabled; choose another start type on its tab General first
refused-already-running = { $service } is running already, or on its way
refused-not-active = { $service } is not running; start it first
refused-restart-pending = { $service } is not running, but a restart is pending and goes on; relance cancel-recovery { $service } cancels it, and relance stop --cancel { $service } does both
    .page = { $service } is not running, but a restart is pending and goes on; Cancel recovery cancels it
refused-cannot-accept = { $service } cannot take controls in its present state; wait until it runs
refused-stop-delivered = { $service } was told to stop and gets no other control; wait, or terminate it
    .page = { $service } was told to stop and gets no other control; wait, or press End by force
refused-control = { $service } does not take this control
refused-not-ready = { $service } has not said RUNNING yet and takes no controls before; it says so with win32_set_service_status(WIN32_SERVICE_RUNNING); relance terminate { $service } ends it by force
    .page = { $service } has not said yet that it runs, and takes no controls before; wait, or press End by force
refused-not-connected = { $service } has not connected to the manager yet and takes no controls before; wait, or end it by force: relance terminate { $service }
    .page = { $service } has not connected to the manager yet and takes no controls before; wait, or press End by force
refused-dependents = services that depend on { $service } are running; stop them first
refused-dependents-named = { $service } is needed by { $names }, which must be stopped first; relance restart --dependents { $service } stops them, restarts { $service }, and starts them again
    .page = { $service } is needed by { $names }, which must be stopped first
refused-dependents-of-stopped = { $service } is needed by { $names }, which must be stopped first: relance stop { $first }
    .page = { $service } is needed by { $names }, which must be stopped first
refused-controls-waiting = too many controls wait for { $service } already; it does not answer
refused-run-over = this run of { $service } is over and cannot report any more
refused-no-pending = no recovery action of { $service } is pending; see relance status { $service }
    .page = no recovery action of { $service } is pending
