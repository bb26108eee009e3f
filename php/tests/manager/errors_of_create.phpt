--TEST--
B28, B33: what the manager refuses at creation: names, accounts, circles, deleted services
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$create = fn (array $details) => show(fn () => win32_create_service($details + ['path' => '/bin/true', 'start_type' => 3]));
$create(['service' => 'AA', 'display' => 'Shown', 'dependencies' => 'BB']);
$create(['service' => 'BB', 'display' => 'shown']);
$create(['service' => 'b/b']);
$create(['service' => 'BB', 'user' => '.\\no such account']);
$create(['service' => 'BB', 'dependencies' => ['CC', 'AA']]);
$create(['service' => 'BB', 'svc_type' => 256]);
$create(['service' => 'BB', 'start_type' => 0]);
$create(['service' => 'DD', 'start_type' => 3, 'delayed_start' => true]);
var_dump(win32_exists_service('BB'));
show(fn () => win32_update_service_config('AA', ['display' => 'BB']));
show(fn () => win32_update_service_config('AA', ['user' => 'no such account']));
show(fn () => win32_update_service_config('AA', ['dependencies' => ['aa']]));
?>
--EXPECT--
NULL
Win32ServiceException 1078: Error duplicate service name (on create service)
Win32ServiceException 123: Error invalid name (on create service)
Win32ServiceException 1057: Error invalid service account (on create service)
Win32ServiceException 1059: Error circular dependency (on create service)
Win32ServiceException 87: Error invalid parameter (on create service)
Win32ServiceException 87: Error invalid parameter (on create service)
Win32ServiceException 87: Error invalid parameter (service partially configured, error on change the start type)
bool(false)
NULL
Win32ServiceException 1057: Error invalid service account ()
Win32ServiceException 1059: Error circular dependency ()
