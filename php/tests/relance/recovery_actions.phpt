--TEST--
Relance\set_recovery_actions: any number of actions, each with its delay, in the notation of sc
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('many', '');
var_dump(Relance\get_recovery_actions('many'));
show(fn () => Relance\set_recovery_actions('many', 'restart/0/restart/1000/run/5000/restart/60000/none/0', 300));
var_dump(Relance\get_recovery_actions('many'));
echo win32_query_service_config('many')['recovery_reset_period'], "\n";
// Upstream's keys leave the others alone (B37).
win32_update_service_config('many', ['recovery_action_1' => WIN32_SC_ACTION_NONE, 'recovery_command' => '/bin/true']);
var_dump(Relance\get_recovery_actions('many'));
show(fn () => Relance\set_recovery_actions('many', ''));
var_dump(Relance\get_recovery_actions('many'));
show(fn () => Relance\set_recovery_actions('many', 'heal/60000'));
show(fn () => Relance\set_recovery_actions('many', 'restart'));
show(fn () => Relance\set_recovery_actions('many', 'restart/1', -1));
show(fn () => Relance\set_recovery_actions('', 'restart/1'));
show(fn () => Relance\set_recovery_actions('none', 'restart/1'));
show(fn () => Relance\get_recovery_actions('none'));
?>
--EXPECT--
string(0) ""
NULL
string(52) "restart/0/restart/1000/run/5000/restart/60000/none/0"
300
string(49) "none/0/restart/1000/run/5000/restart/60000/none/0"
NULL
string(0) ""
ValueError 0: Relance\set_recovery_actions(): Argument #2 ($actions) is not a list of actions: "heal" is not a recovery action; use restart, run, reboot or none
ValueError 0: Relance\set_recovery_actions(): Argument #2 ($actions) is not a list of actions: the action "restart" has no delay; write restart/60000 for one minute
ValueError 0: Relance\set_recovery_actions(): Argument #3 ($resetPeriodSecs) the value must be between 0 and 4294967295. Got -1
ValueError 0: Relance\set_recovery_actions(): Argument #1 ($servicename) the value cannot be empty
Win32ServiceException 1060: Error service does not exist ()
Win32ServiceException 1060: Error service does not exist ()
