--TEST--
B60: another computer is out of reach: 1722 with the context of opening the manager
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$machine = '\\\\elsewhere';
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x'], $machine));
show(fn () => win32_stop_service('service', $machine));
show(fn () => win32_add_right_access_service('service', 'user', 1, $machine));
show(fn () => win32_read_right_access_service('service', 'user', $machine));
show(fn () => win32_read_all_rights_access_service('service', $machine));
?>
--EXPECT--
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: the service manager of \\elsewhere cannot be reached from here; name this machine or leave it out
Win32ServiceException 1722: Unknow error no 1722 (on openning manager)
  previous: Win32ServiceException 1722: the service manager of \\elsewhere cannot be reached from here; name this machine or leave it out
Win32ServiceException 1722: Unknow error no 1722 (OpenSCManager failed)
  previous: Win32ServiceException 1722: the service manager of \\elsewhere cannot be reached from here; name this machine or leave it out
Win32ServiceException 1722: Unknow error no 1722 (GetNamedSecurityInfo Error)
  previous: Win32ServiceException 1722: the service manager of \\elsewhere cannot be reached from here; name this machine or leave it out
Win32ServiceException 1722: Unknow error no 1722 (GetNamedSecurityInfo Error)
  previous: Win32ServiceException 1722: the service manager of \\elsewhere cannot be reached from here; name this machine or leave it out
