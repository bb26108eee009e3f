--TEST--
B23: values are converted as PHP does, in copies; what cannot be converted is a TypeError
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

class Text
{
    public function __toString(): string
    {
        return '';
    }
}
$details = ['service' => 12345, 'path' => 1.5, 'display' => true, 'svc_type' => '16', 'delayed_start' => 'yes', 'start_type' => true];
$copy = $details;
try {
    win32_create_service($details);
} catch (Win32ServiceException | ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump($details === $copy);
show(fn () => win32_create_service(['service' => new Text(), 'path' => 'x']));
show(fn () => win32_create_service(['service' => [], 'path' => 'x']));
show(fn () => win32_create_service(['service' => 'name', 'path' => new stdClass()]));
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'start_type' => new stdClass()]));
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'start_type' => 'many']));
?>
--EXPECTF--
Unknow error no 1722 ()
bool(true)
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' cannot be empty
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'service' must be of type string, array given
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'path' must be of type string, stdClass given
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'start_type' must be of type int, stdClass given
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
