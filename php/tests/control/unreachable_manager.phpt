--TEST--
No manager: upstream's text with each function's context, and how to start one behind it
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_create_service(['service' => 'name', 'path' => 'x']));
show(fn () => win32_update_service_config('service', []));
show(fn () => win32_set_service_priority('service', WIN32_NORMAL_PRIORITY_CLASS));
show(fn () => win32_get_service_priority('service'));
show(fn () => win32_get_service_env_vars('service'));
show(fn () => win32_read_all_rights_access_service('service'));
show(fn () => win32_remove_right_access_service('service', 'user'));
?>
--EXPECTF--
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 (On set base_priority)
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 (On get base_priority)
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 (Error on read service environment variables)
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 (GetNamedSecurityInfo Error)
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Win32ServiceException 1722: Unknow error no 1722 (OpenSCManager failed)
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
