--TEST--
T32: texts that are not UTF-8, with the context of the part they belong to
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$base = ['service' => 'name', 'path' => 'x'];
foreach (['service', 'display', 'user', 'password', 'path', 'params', 'load_order', 'description', 'recovery_reboot_msg', 'recovery_command'] as $key) {
    try {
        win32_create_service([$key => "bad\xFF"] + $base);
    } catch (ValueError $e) {
        echo $key, ': ', $e->getMessage(), "\n";
    }
}
show(fn () => win32_create_service($base, "bad\xFF"));
?>
--EXPECT--
service: A string argument must be valid UTF-8 (on create service)
display: A string argument must be valid UTF-8 (on create service)
user: A string argument must be valid UTF-8 (on create service)
password: A string argument must be valid UTF-8 (on create service)
path: A string argument must be valid UTF-8 (on create service)
params: A string argument must be valid UTF-8 (on create service)
load_order: A string argument must be valid UTF-8 (on create service)
description: A string argument must be valid UTF-8 (service partially configured, error when defining the description)
recovery_reboot_msg: A string argument must be valid UTF-8 (service partially configured, error on change the failure action)
recovery_command: A string argument must be valid UTF-8 (service partially configured, error on change the failure action)
ValueError 0: A string argument must be valid UTF-8
