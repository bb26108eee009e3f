--TEST--
R85, B25, B26, B36, B44: the command line of path and params; interactive types change nothing of it
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$line = function (array $details): void {
    win32_create_service($details + ['service' => 'line', 'start_type' => 3]);
    $config = win32_query_service_config('line');
    echo '[', $config['path'], '] ', $config['svc_type'], "\n";
    win32_delete_service('line');
};
$line(['path' => '/bin/true']);
$line(['path' => '/bin/true', 'params' => '"a b" c']);
$line(['path' => '/opt/my app/run', 'params' => 'x']);
$line(['path' => '"/opt/my app/run"', 'params' => 'x']);
$line(['path' => '/bin/true', 'svc_type' => WIN32_SERVICE_WIN32_OWN_PROCESS_INTERACTIVE]);
$line(['path' => 'C:\\php\\php-win.exe', 'params' => '--version']);
win32_create_service(['service' => 'params', 'path' => '/bin/true', 'params' => 'a', 'start_type' => 3]);
win32_update_service_config('params', ['params' => 'b']);
echo win32_query_service_config('params')['path'], "\n";
win32_update_service_config('params', ['path' => '/bin/false']);
echo '[', win32_query_service_config('params')['path'], "]\n";
?>
--EXPECTF--
[/bin/true ] 16
[/bin/true "a b" c] 16
["/opt/my app/run" x] 16
["/opt/my app/run" x] 16
[/bin/true ] 272
[%s --version] 16
/bin/true a
[/bin/false ]
