--TEST--
The setting recovery_policy of $details: a service uses a named policy, reads what it says, and leaves it
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
echo relance('policy', 'set', 'workers', '--actions', 'restart/1s', '--reset', '1h', '--restart-limit', '3');
create('worker', '', ['extensions' => ['recovery_policy' => 'Workers']]);
echo json_encode(Relance\get_extensions('worker')), ' ', Relance\get_recovery_actions('worker'), "\n";
// Changed once, for all that use it.
relance('policy', 'set', 'workers', '--actions', 'restart/7s');
var_dump(Relance\get_recovery_actions('worker'));
// It has no such settings of its own.
foreach ([
    fn () => Relance\set_recovery_actions('worker', 'restart/1000'),
    fn () => win32_update_service_config('worker', ['extensions' => ['restart_limit' => 9]]),
    fn () => win32_update_service_config('worker', ['extensions' => ['recovery_policy' => 'nobody']]),
    fn () => create('other', '', ['extensions' => ['recovery_policy' => 'no such name']]),
] as $change) {
    try {
        $change();
        echo "not refused\n";
    } catch (Throwable $thrown) {
        echo get_class($thrown), ' ', $thrown->getCode(), "\n";
    }
}
var_dump(Relance\get_recovery_actions('worker'), win32_exists_service('other'));
// Null takes it out: it keeps what the policy said.
win32_update_service_config('worker', ['extensions' => ['recovery_policy' => null]]);
Relance\set_recovery_actions('worker', 'restart/2000');
var_dump(isset(Relance\get_extensions('worker')['recovery_policy']), Relance\get_recovery_actions('worker'));
echo relance('policy', 'delete', 'workers');
?>
--EXPECT--
The policy workers was made.
{"restart_limit":3,"recovery_policy":"workers"} restart/1000
string(12) "restart/7000"
Win32ServiceException 87
Win32ServiceException 87
Win32ServiceException 1168
ValueError 0
string(12) "restart/7000"
bool(false)
bool(false)
string(12) "restart/2000"
The policy workers was deleted.
