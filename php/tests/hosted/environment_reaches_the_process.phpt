--TEST--
C12: environment variables reach the process at its next start
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('env', 'win32_start_service_ctrl_dispatcher("any"); tell(json_encode([getenv("GREETING"), getenv("EMPTY"), getenv("PATH")]));');
win32_add_service_env_var('env', 'GREETING', 'hello = world');
win32_add_service_env_var('env', 'EMPTY', '');
win32_add_service_env_var('env', 'PATH', '/opt/bin:/bin');
win32_start_service('env');
echo hear(), "\n";
await('env', 'stopped');
win32_remove_service_env_var('env', 'GREETING');
win32_start_service('env');
echo hear(), "\n";
await('env', 'stopped');
?>
--EXPECT--
["hello = world","","\/opt\/bin:\/bin"]
[false,"","\/opt\/bin:\/bin"]
