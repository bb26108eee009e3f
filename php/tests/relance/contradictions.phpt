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
create('web', '', ['extensions' => ['probe_interval_ms' => '3s', 'stop_grace_ms' => '3s']]);
win32_update_service_config('web', ['description' => 'nothing of it changes']);
win32_update_service_config('web', ['extensions' => ['stop_grace_ms' => null]]);
win32_update_service_config('web', ['extensions' => ['probe' => 'tcp:127.0.0.1:1']]);
echo json_encode(Relance\get_extensions('web')), "\n";
// A handler that throws: the service is there.
set_error_handler(fn (int $kind, string $text) => throw new ErrorException($text, 0, $kind));
show(fn () => create('mail', '', ['extensions' => ['recycle_jitter_ms' => '3s']]));
var_dump(win32_exists_service('mail'));
?>
--EXPECT--
notice: win32_create_service(): web: stop_grace_ms has no effect on a service that speaks to the manager: it is for programs (X47); take stop_grace_ms out, or change the kind
notice: win32_create_service(): web: probe_interval_ms has no effect without probe (X47); give probe too, or take probe_interval_ms out
notice: win32_update_service_config(): web: probe_interval_ms has no effect without probe (X47); give probe too, or take probe_interval_ms out
{"probe":"tcp:127.0.0.1:1","probe_interval_ms":3000}
ErrorException 0: win32_create_service(): mail: recycle_jitter_ms has no effect without recycle_above, recycle_after_ms, recycle_at, recycle_after_jobs (X47); give recycle_above, recycle_after_ms, recycle_at, recycle_after_jobs too, or take recycle_jitter_ms out
bool(true)
