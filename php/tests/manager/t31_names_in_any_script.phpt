--TEST--
T31: names, texts and descriptions in any script come back as they were
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$details = [
    'service' => 'Überwachung', 'display' => '監視サービス', 'description' => 'à la carte – Ω', 'path' => '/bin/true',
    'start_type' => 3,
];
show(fn () => win32_create_service($details));
var_dump(win32_exists_service('Überwachung'));
$config = win32_query_service_config('Überwachung');
foreach (['service', 'display', 'description'] as $key) {
    var_dump($config[$key] === $details[$key]);
}
show(fn () => win32_delete_service('Überwachung'));
?>
--EXPECTF--
NULL
bool(true)
bool(true)
bool(true)
bool(true)
NULL
