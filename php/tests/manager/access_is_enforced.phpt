--TEST--
A18 to A28, B64: who may do what is enforced: another user reads, and does what an entry grants
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('guarded', 'serve();');
win32_add_service_env_var('guarded', 'TOKEN', 'top secret');
win32_start_service('guarded');
await('guarded');
$try = <<<'PHP'
    show(fn () => win32_query_service_status('guarded')['CurrentState']);
    show(fn () => win32_query_service_config('guarded')['start_type']);
    show(fn () => win32_pause_service('guarded'));
    show(fn () => win32_stop_service('guarded'));
    PHP;
$administer = <<<'PHP'
    show(fn () => win32_create_service(['service' => 'mine', 'path' => '/bin/true']));
    show(fn () => win32_update_service_config('guarded', ['display' => 'mine']));
    show(fn () => win32_send_custom_control('guarded', 200));
    show(fn () => win32_delete_service('guarded'));
    show(fn () => win32_add_right_access_service('guarded', 'mail', WIN32_SERVICE_ALL_ACCESS));
    show(fn () => win32_get_service_env_vars('guarded'));
    show(fn () => win32_add_service_env_var('guarded', 'A', 'b'));
    show(fn () => win32_set_service_priority('guarded', WIN32_HIGH_PRIORITY_CLASS));
    PHP;
echo "-- without an entry\n", as_user('mail', $try), as_user('mail', $administer);
win32_add_right_access_service('guarded', 'mail', WIN32_SERVICE_STOP | WIN32_SERVICE_PAUSE_CONTINUE);
var_dump(str_contains(as_user('mail', 'echo shell_exec(' . var_export(relance_binary() . ' config guarded --json', true) . ');'), 'secret'));
echo "-- STOP and PAUSE granted, and by IU still what all may\n", as_user('mail', $try);
await('guarded', 'stopped');
echo "-- of another user\n", as_user('www-data', 'show(fn () => win32_start_service("guarded"));');
win32_remove_right_access_service('guarded', 'mail');
echo "-- taken away\n", as_user('mail', 'show(fn () => win32_start_service("guarded"));');
win32_add_right_access_service('guarded', 'mail', WIN32_SERVICE_ALL_ACCESS);
echo "-- everything\n", as_user('mail', 'show(fn () => win32_start_service("guarded")); show(fn () => win32_delete_service("guarded"));');
await('guarded');
win32_stop_service('guarded');
?>
--EXPECT--
-- without an entry
int(4)
int(3)
Win32ServiceException 5: Error access denied (on openning service)
Win32ServiceException 5: Error access denied (on openning service)
Win32ServiceException 5: Error access denied (on create service)
Win32ServiceException 5: Error access denied ()
Win32ServiceException 5: Error access denied ()
Win32ServiceException 5: Error access denied ()
Win32ServiceException 5: Error access denied (SetServiceObjectSecurity failed)
Win32ServiceException 5: Error access denied (Error on read service environment variables)
Win32ServiceException 5: Error access denied (Error open key)
Win32ServiceException 5: Error access denied (On set base_priority)
bool(false)
-- STOP and PAUSE granted, and by IU still what all may
int(4)
int(3)
NULL
NULL
-- of another user
Win32ServiceException 5: Error access denied ()
-- taken away
Win32ServiceException 5: Error access denied ()
-- everything
NULL
NULL
