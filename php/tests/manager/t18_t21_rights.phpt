--TEST--
T18 to T21: the rights of an account are read, set, listed and removed
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('XX', '');
var_dump(win32_read_right_access_service('XX', 'mail'));
show(fn () => win32_add_right_access_service('XX', 'mail', WIN32_SERVICE_START | WIN32_SERVICE_STOP | WIN32_READ_CONTROL));
$right = win32_read_right_access_service('XX', 'mail');
var_dump($right->getFullUsername(), $right->getUsername(), $right->getDomain(), $right->isGrantAccess(), $right->isDenyAccess());
foreach (win32_read_all_rights_access_service('XX') as $right) {
    echo $right, ' ', json_encode($right->getRights()), "\n";
}
show(fn () => win32_remove_right_access_service('XX', 'mail'));
show(fn () => win32_remove_right_access_service('XX', 'mail'));
echo count(win32_read_all_rights_access_service('XX')), "\n";
var_dump(win32_read_right_access_service('XX', 'mail'));
show(fn () => win32_add_right_access_service('XX', 'no such account', 1));
show(fn () => win32_read_right_access_service('XX', 'no such account'));
show(fn () => win32_add_right_access_service('none', 'mail', 1));
show(fn () => win32_read_right_access_service('none', 'mail'));
show(fn () => win32_read_all_rights_access_service('none'));
?>
--EXPECTF--
object(Win32Service\RightInfo)#%d (0) {
}
NULL
string(4) "mail"
string(4) "mail"
NULL
bool(true)
bool(false)
%s\mail 131120 1 {"16":"SERVICE_START","32":"SERVICE_STOP","131072":"READ_CONTROL"}
NT AUTHORITY\SYSTEM 131581 1 {"8":"SERVICE_ENUMERATE_DEPENDENTS","128":"SERVICE_INTERROGATE","64":"SERVICE_PAUSE_CONTINUE","1":"SERVICE_QUERY_CONFIG","4":"SERVICE_QUERY_STATUS","16":"SERVICE_START","32":"SERVICE_STOP","256":"SERVICE_USER_DEFINED_CONTROL","131072":"READ_CONTROL"}
BUILTIN\Administrators 983551 1 {"983551":"SERVICE_ALL_ACCESS","2":"SERVICE_CHANGE_CONFIG","8":"SERVICE_ENUMERATE_DEPENDENTS","128":"SERVICE_INTERROGATE","64":"SERVICE_PAUSE_CONTINUE","1":"SERVICE_QUERY_CONFIG","4":"SERVICE_QUERY_STATUS","16":"SERVICE_START","32":"SERVICE_STOP","256":"SERVICE_USER_DEFINED_CONTROL","65536":"DELETE","131072":"READ_CONTROL","262144":"WRITE_DAC","524288":"WRITE_OWNER"}
NT AUTHORITY\INTERACTIVE 131213 1 {"8":"SERVICE_ENUMERATE_DEPENDENTS","128":"SERVICE_INTERROGATE","1":"SERVICE_QUERY_CONFIG","4":"SERVICE_QUERY_STATUS","131072":"READ_CONTROL"}
NT AUTHORITY\SERVICE 131469 1 {"8":"SERVICE_ENUMERATE_DEPENDENTS","128":"SERVICE_INTERROGATE","1":"SERVICE_QUERY_CONFIG","4":"SERVICE_QUERY_STATUS","256":"SERVICE_USER_DEFINED_CONTROL","131072":"READ_CONTROL"}
NULL
NULL
4
object(Win32Service\RightInfo)#%d (0) {
}
Win32ServiceException 1332: No mapping between account names and security IDs was done. (SetEntriesInAcl failed)
Win32ServiceException 1332: No mapping between account names and security IDs was done. (GetEffectiveRightsFromAcl Error)
Win32ServiceException 1060: Error service does not exist (OpenService failed)
Win32ServiceException 1060: Error service does not exist (GetNamedSecurityInfo Error)
Win32ServiceException 1060: Error service does not exist (GetNamedSecurityInfo Error)
