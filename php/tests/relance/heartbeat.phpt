--TEST--
Relance\heartbeat tells a manager that waits for it; Relance\Service::run does so by itself
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
show(fn () => Relance\heartbeat());
$code = 'win32_start_service_ctrl_dispatcher("any"); win32_set_service_status(WIN32_SERVICE_RUNNING);'
    . ' tell(var_export(Relance\heartbeat(), true));';
create('not watched', $code);
create('watched', $code);
relance('config', 'watched', '--watchdog', '10m');
foreach (['not watched', 'watched'] as $name) {
    win32_start_service($name);
    echo $name, ': ', hear(), "\n";
}
// A turn that takes long to come: the wait for it beats too.
$socket = Manager::$folder . '/beats';
$beats = stream_socket_server("udg://$socket", $code, $message, STREAM_SERVER_BIND);
create('loop', "putenv('NOTIFY_SOCKET=$socket'); putenv('WATCHDOG_USEC=300000');"
    . "Relance\\Service::run('any', function () { tell('a turn'); }, 3600000);");
win32_start_service('loop');
echo hear(), "\n";
for ($i = 0; $i < 4; $i++) {
    echo stream_socket_recvfrom($beats, 100), "\n";
}
win32_stop_service('loop');
await('loop', 'stopped');
?>
--EXPECT--
bool(false)
not watched: false
watched: true
a turn
WATCHDOG=1
WATCHDOG=1
WATCHDOG=1
WATCHDOG=1
