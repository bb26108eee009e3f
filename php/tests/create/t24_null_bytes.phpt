--TEST--
T24, B24: null bytes, found while the values are read, in the order of reading
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$keys = ['service', 'display', 'user', 'password', 'path', 'params', 'load_order', 'dependencies', 'description',
    'recovery_reboot_msg', 'recovery_command'];
$details = array_fill_keys($keys, "a\0b");
foreach ($keys as $key) {
    try {
        win32_create_service($details);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
    $details[$key] = 'ab';
}
show(fn () => win32_create_service(['dependencies' => ['good', "bad\0"]]));
?>
--EXPECT--
win32_create_service(): Argument #1 ($details) the value for key 'service' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'display' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'user' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'password' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'path' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'params' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'load_order' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'dependencies' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'description' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'recovery_reboot_msg' must not contain any null bytes
win32_create_service(): Argument #1 ($details) the value for key 'recovery_command' must not contain any null bytes
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'dependencies' must not contain any null bytes
