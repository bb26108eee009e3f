--TEST--
C10: a password is accepted and ignored, with a warning in the event log
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
win32_create_service(['service' => 'XX', 'path' => '/bin/true', 'user' => '.\\mail', 'password' => 'secret', 'start_type' => 3]);
echo events('--service', 'XX', '--id', '1008');
win32_update_service_config('XX', ['password' => 'other']);
echo events('--service', 'XX', '--id', '1008');
var_dump(str_contains(events() . file_get_contents(Manager::$folder . '/daemon.log'), 'secret'));
echo win32_query_service_config('XX')['user'], "\n";
?>
--EXPECTF--
warning      1008  A password was given for the account of XX. This manager needs none and did not keep it. (by %s)
warning      1008  A password was given for the account of XX. This manager needs none and did not keep it. (by %s)
warning      1008  A password was given for the account of XX. This manager needs none and did not keep it. (by %s)
bool(false)
.\mail
