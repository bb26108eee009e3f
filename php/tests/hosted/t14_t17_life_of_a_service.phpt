--TEST--
R83, S12, S51, T14, T15, T16, T17, B9: a service is created, started, asked, stopped and deleted
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('life', <<<'PHP'
    tell('before: ' . win32_query_service_status('life')['CurrentState']);
    tell(var_export(win32_start_service_ctrl_dispatcher('life'), true));
    tell(thrown(fn () => win32_start_service_ctrl_dispatcher('life')));
    win32_set_service_status(WIN32_SERVICE_RUNNING);
    while (WIN32_SERVICE_CONTROL_STOP !== ($control = win32_get_last_control_message())) {
        if ($control === WIN32_SERVICE_CONTROL_INTERROGATE) {
            win32_set_service_status(WIN32_SERVICE_RUNNING);
        }
        doze();
    }
    win32_set_service_status(WIN32_SERVICE_STOPPED);
    PHP);
var_dump(win32_start_service('life'));
echo hear(), "\n", hear(), "\n", hear(), "\n";
await('life');
var_dump(win32_query_service_status('life'));
var_dump(win32_stop_service('life'));
await('life', 'stopped');
echo status_line('life'), "\n";
var_dump(win32_delete_service('life'));
// It goes when its process has ended too (C31), which STOPPED does not say.
await_event(null, 1010);
var_dump(win32_exists_service('life'));
?>
--EXPECTF--
NULL
before: 2
true
Win32ServiceException 0: Service ctrl dispatcher already running
array(9) {
  ["ServiceType"]=>
  int(16)
  ["CurrentState"]=>
  int(4)
  ["ControlsAccepted"]=>
  int(2047)
  ["Win32ExitCode"]=>
  int(0)
  ["ServiceSpecificExitCode"]=>
  int(0)
  ["CheckPoint"]=>
  int(0)
  ["WaitHint"]=>
  int(0)
  ["ProcessId"]=>
  int(%d)
  ["ServiceFlags"]=>
  int(0)
}
NULL
state 1, exit code 0, specific 0
NULL
bool(false)
