--TEST--
B30, B31: dependencies are a list with any keys, or one text; other scalars are ignored
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$base = ['service' => 'name', 'path' => 'x'];
foreach ([['a', 'b'], ['x' => 'a', 7 => 'b'], [], 'a', '', null, 5, 1.5, true, [1, 2.5, null]] as $dependencies) {
    try {
        win32_create_service($base + ['dependencies' => $dependencies]);
    } catch (Win32ServiceException $e) {
        echo $e->getCode(), "\n";
    }
}
show(fn () => win32_create_service($base + ['dependencies' => ['a', []]]));
show(fn () => win32_create_service($base + ['dependencies' => ['a', new stdClass()]]));
show(fn () => win32_create_service($base + ['dependencies' => new stdClass()]));
show(fn () => win32_create_service($base + ['dependencies' => ["\xFF"]]));
?>
--EXPECT--
1722
1722
1722
1722
1722
1722
1722
1722
1722
1722
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'dependencies' must be a string or a list of strings, array given
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'dependencies' must be a string or a list of strings, stdClass given
TypeError 0: win32_create_service(): Argument #1 ($details) the value for key 'dependencies' must be a string or a list of strings, stdClass given
ValueError 0: win32_create_service(): Argument #1 ($details) the value for key 'dependencies' must contain valid UTF-8 strings
