--TEST--
Settings in the key 'extensions' that have no effect are notices; the service is created and changed (X47)
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
set_error_handler(function (int $kind, string $text): bool {
    echo $kind === E_NOTICE ? 'notice' : $kind, ': ', $text, "\n";
    return true;
});
create('a', '', ['extensions' => ['probe_interval_ms' => '3s', 'stop_grace_ms' => '3s']]);
win32_update_service_config('a', ['description' => 'nothing of it changes']);
win32_update_service_config('a', ['extensions' => ['stop_grace_ms' => null]]);
win32_update_service_config('a', ['extensions' => ['probe' => 'tcp:127.0.0.1:1']]);
echo json_encode(Relance\get_extensions('a')), "\n";
// A handler that throws: the service is there.
set_error_handler(fn (int $kind, string $text) => throw new ErrorException($text, 0, $kind));
show(fn () => create('b', '', ['extensions' => ['recycle_jitter_ms' => '3s']]));
var_dump(win32_exists_service('b'));
?>
--EXPECT--
notice: win32_create_service(): a: probe_interval_ms has no effect without probe (X47); give probe too, or take probe_interval_ms out
notice: win32_create_service(): a: stop_grace_ms has no effect on a service that speaks to the manager: it is for programs (X47); take stop_grace_ms out, or change the kind
notice: win32_update_service_config(): a: probe_interval_ms has no effect without probe (X47); give probe too, or take probe_interval_ms out
{"probe":"tcp:127.0.0.1:1","probe_interval_ms":3000}
