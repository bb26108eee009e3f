--TEST--
B41: exists asks for the minimum: any user may ask
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('here', '');
echo as_user('mail', 'show(fn () => win32_exists_service("here")); show(fn () => win32_exists_service("not here"));');
?>
--EXPECT--
bool(true)
bool(false)
