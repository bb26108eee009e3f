--TEST--
1069: an account that is gone when the service starts
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
exec('useradd --system relance-gone 2>&1', $output, $status);
register_shutdown_function(fn () => exec('userdel relance-gone 2>&1'));
create('gone', 'serve();', ['user' => '.\\relance-gone']);
exec('userdel relance-gone 2>&1');
show(fn () => win32_start_service('gone'));
echo events('--service', 'gone', '--id', '7038,7000');
?>
--EXPECT--
Win32ServiceException 1069: Error service logon failed ()
error        7038  gone could not use its account .\relance-gone: the service's account could not be used (1069).
error        7000  gone could not be started: the service's account could not be used (1069).
