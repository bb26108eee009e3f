--TEST--
T25, T26, B50, B53: environment variables are added, replaced in place, removed
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('XX', '');
show(fn () => win32_remove_service_env_var('XX', 'var1'));
show(fn () => win32_get_service_env_vars('XX'));
win32_add_service_env_var('XX', 'var1', 'one');
echo json_encode(win32_get_service_env_vars('XX')), "\n";
win32_add_service_env_var('XX', 'var2', 'two=2');
win32_add_service_env_var('XX', 'var3', '');
echo json_encode(win32_get_service_env_vars('XX')), "\n";
win32_add_service_env_var('XX', 'var1', 'ONE');
win32_remove_service_env_var('XX', 'no such');
echo json_encode(win32_get_service_env_vars('XX')), "\n";
win32_remove_service_env_var('XX', 'var1');
echo json_encode(win32_get_service_env_vars('XX')), "\n";
win32_remove_service_env_var('XX', 'var2');
win32_remove_service_env_var('XX', 'var3');
echo json_encode(win32_get_service_env_vars('XX')), "\n";
show(fn () => win32_remove_service_env_var('XX', 'var1'));
show(fn () => win32_get_service_env_vars('none'));
show(fn () => win32_add_service_env_var('none', 'a', 'b'));
show(fn () => win32_remove_service_env_var('none', 'a'));
?>
--EXPECTF--
Win32ServiceException 2: Unknow error no 2 (Error on read service environment variables)
array(0) {
}
{"var1":"one"}
{"var1":"one","var2":"two=2","var3":""}
{"var1":"ONE","var2":"two=2","var3":""}
{"var2":"two=2","var3":""}
[]
Win32ServiceException 2: Unknow error no 2 (Error on read service environment variables)
Win32ServiceException 1060: Error service does not exist (Error on read service environment variables)
Win32ServiceException 1060: Error service does not exist (none)
Win32ServiceException 1060: Error service does not exist (none)
