--TEST--
S35: why a start is refused or fails: 1056, 1058, 2, 3, 1053, 1068, 1075, 1069
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('runs', 'serve();');
win32_start_service('runs');
await('runs');
show(fn () => win32_start_service('runs'));
$make = fn (string $name, array $details) => win32_create_service($details + ['service' => $name, 'start_type' => 3, 'path' => '/bin/true']);
$make('disabled', ['start_type' => WIN32_SERVICE_DISABLED]);
$make('no file', ['path' => '/bin/no-such-program']);
$make('no folder', ['path' => '/no/such/folder/program']);
$make('no service', []);
$make('needs disabled', ['dependencies' => 'disabled']);
$make('needs nobody', ['dependencies' => 'not there']);
$make('needs group', ['dependencies' => '+empty']);
foreach (['disabled', 'no file', 'no folder', 'no service', 'needs disabled', 'needs nobody', 'needs group'] as $name) {
    echo $name, ': ';
    show(fn () => win32_start_service($name));
}
echo status_line('no service'), "\n";
win32_delete_service('runs');
show(fn () => win32_delete_service('runs'));
show(fn () => win32_start_service('runs'));
var_dump(win32_exists_service('runs'));
win32_stop_service('runs');
?>
--EXPECT--
Win32ServiceException 1056: Error service already running ()
disabled: Win32ServiceException 1058: Error service disabled ()
no file: Win32ServiceException 2: Unknow error no 2 ()
no folder: Win32ServiceException 3: Error path not found ()
no service: Win32ServiceException 1053: Error service request timeout ()
needs disabled: Win32ServiceException 1068: Error service dependency fail ()
needs nobody: Win32ServiceException 1075: Error service dependency deleted ()
needs group: Win32ServiceException 1068: Error service dependency fail ()
state 1, exit code 1053, specific 0
Win32ServiceException 1072: Error service marked for delete ()
Win32ServiceException 1072: Error service marked for delete ()
bool(true)
