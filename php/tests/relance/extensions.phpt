--TEST--
Relance\get_extensions and the key 'extensions' of $details: settings that Windows does not have
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$name = new class {
    public function __toString(): string
    {
        return 'database';
    }
};
create('policy', '', ['extensions' => [
    'failure_rules' => ['memory-limit=restart/0', 'parse-error=none', 'exit:75=restart/0', 'gave-up=run/0'],
    'backoff' => 'exponential/2',
    'backoff_max_ms' => 60_000,
    'restart_jitter_ms' => '2s',
    'reset_after_run_ms' => '1h',
    'restart_limit' => 3,
    'restart_limit_period_ms' => '5m',
    'quiet_hours' => '02:00-04:00',
    'restart_group' => $name,
    'notify' => ['ops=give-up,recovery', 'pager'],
    'notify_down_after_ms' => 120_000,
    'restart_on_exit' => [0, 75],
    'retry_failed_starts' => true,
]]);
$given = Relance\get_extensions('policy');
echo json_encode($given, JSON_PRETTY_PRINT), "\n";
// What it gives, it takes; upstream's keys do not touch it, and it does not touch them.
create('copy', '', ['extensions' => $given, 'recovery_action_1' => WIN32_SC_ACTION_RESTART]);
var_dump(Relance\get_extensions('copy') === $given);
win32_update_service_config('copy', ['description' => 'a copy']);
win32_update_service_config('copy', ['extensions' => ['restart_limit' => null, 'restart_limit_period_ms' => null, 'backoff' => 'linear/10s']]);
$changed = Relance\get_extensions('copy');
var_dump(isset($changed['restart_limit']), $changed['backoff'], count($changed) - count($given));
var_dump(Relance\get_recovery_actions('copy'), win32_query_service_config('copy')['description']);
// What is wrong is named, and nothing is made or changed.
$create = fn (mixed $extensions) => show(fn () => create('wrong', '', ['extensions' => $extensions]));
$create(['backof' => 'linear']);
$create(['linear']);
$create(['restart_limit' => 0]);
$create(['restart_limit' => [[1]]]);
$create(['restart_limit' => new stdClass()]);
$create(['restart_group' => "a\0b"]);
$create(['restart_group' => "\xff"]);
$create(['failure_rules' => ['exit:1=heal/0']]);
$create('backoff');
$create(new stdClass());
$create(['watchdog_ms' => '10ms', 'probe' => 'tcp:127.0.0.1:1']);
var_dump(win32_exists_service('wrong'));
show(fn () => win32_update_service_config('copy', ['description' => 'b', 'extensions' => ['watchdog_ms' => 10]]));
var_dump(Relance\get_extensions('copy') === $changed, win32_query_service_config('copy')['description']);
show(fn () => Relance\get_extensions('none'));
create('plain', '', ['extensions' => null]);
var_dump(Relance\get_extensions('plain'));
?>
--EXPECT--
{
    "restart_on_exit": [
        0,
        75
    ],
    "retry_failed_starts": true,
    "failure_rules": [
        "memory-limit=restart\/0",
        "parse-error=none\/0",
        "exit:75=restart\/0",
        "gave-up=run\/0"
    ],
    "backoff": "exponential",
    "backoff_max_ms": 60000,
    "restart_jitter_ms": 2000,
    "reset_after_run_ms": 3600000,
    "restart_limit": 3,
    "restart_limit_period_ms": 300000,
    "quiet_hours": "02:00-04:00",
    "restart_group": "database",
    "notify": [
        "ops=recovery,give-up",
        "pager"
    ],
    "notify_down_after_ms": 120000
}
bool(true)
bool(false)
string(10) "linear/10s"
int(-2)
string(35) "restart/60000/none/60000/none/60000"
string(6) "a copy"
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' is wrong: there is no setting 'backof'; relance config shows all
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' is wrong: there is no setting '0'; relance config shows all
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' is wrong: restart_limit: "0" is not a number from 1 to 100
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' must be an array of texts, numbers, bools and lists of texts, something else given
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' must be an array of texts, numbers, bools and lists of texts, something else given
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' must not contain any null bytes
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' is wrong: restart_group: this is not valid UTF-8
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' is wrong: failure_rules: "heal" is not a recovery action; use restart, run, reboot or none
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' must be of type array, another type given
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'extensions' must be of type array, stdClass given
Win32ServiceException 87: Error invalid parameter (on create service)
  previous: Win32ServiceException 87: watchdog_ms is 0.01 s; give at least 0.1 s
bool(false)
Win32ServiceException 87: Error invalid parameter ()
  previous: Win32ServiceException 87: watchdog_ms is 0.01 s; give at least 0.1 s
bool(true)
string(6) "a copy"
Win32ServiceException 1060: Error service does not exist ()
array(0) {
}
