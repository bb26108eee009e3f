--TEST--
B12: a shell script that starts PHP as a child is the service of its PHP
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$inner = implode(' ', array_map('escapeshellarg', php_command(script('inner', 'serve();'))));
file_put_contents(Manager::$folder . '/wrapper.sh', "#!/bin/sh\necho begins\n$inner\necho ends\n");
chmod(Manager::$folder . '/wrapper.sh', 0755);
win32_create_service(['service' => 'wrapped', 'path' => Manager::$folder . '/wrapper.sh', 'start_type' => 3]);
win32_start_service('wrapped');
await('wrapped');
show(fn () => win32_stop_service('wrapped'));
await('wrapped', 'stopped');
echo status_line('wrapped'), "\n";
?>
--EXPECT--
NULL
state 1, exit code 0, specific 0
