--TEST--
T33, B32: priorities are stored and given back
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('XX', '');
show(fn () => win32_get_service_priority('XX'));
show(fn () => win32_set_service_priority('XX', WIN32_NORMAL_PRIORITY_CLASS));
var_dump(win32_get_service_priority('XX') === WIN32_NORMAL_PRIORITY_CLASS);
create('YY', '', ['base_priority' => WIN32_BELOW_NORMAL_PRIORITY_CLASS]);
var_dump(win32_get_service_priority('YY') === WIN32_BELOW_NORMAL_PRIORITY_CLASS);
show(fn () => win32_set_service_priority('none', WIN32_NORMAL_PRIORITY_CLASS));
show(fn () => win32_get_service_priority('none'));
?>
--EXPECTF--
int(32)
NULL
bool(true)
bool(true)
Win32ServiceException 1060: Error service does not exist (On set base_priority)
Win32ServiceException 1060: Error service does not exist (On get base_priority)
