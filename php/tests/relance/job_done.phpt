--TEST--
Relance\job_done tells a manager that counts jobs, which recycles the service after so many (X58)
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
show(fn () => Relance\job_done());
$code = 'win32_start_service_ctrl_dispatcher("any"); win32_set_service_status(WIN32_SERVICE_RUNNING);'
    . ' tell("begins"); Relance\job_done(2); tell(var_export(Relance\job_done(), true));'
    . ' while (Relance\wait_for_control() !== WIN32_SERVICE_CONTROL_STOP);'
    . ' win32_set_service_status(WIN32_SERVICE_STOPPED);';
create('queue', $code);
relance('config', 'queue', '--recycle-after-jobs', '3');
win32_start_service('queue');
echo hear(), "\n", hear(), "\n";
echo 'again: ', hear(), "\n";
relance('config', 'queue', '--recycle-after-jobs', '');
echo relance('why', 'queue');
?>
--EXPECTF--
bool(false)
begins
true
again: begins
%A it has done 3 jobs %A
