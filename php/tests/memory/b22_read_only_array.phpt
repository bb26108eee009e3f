--TEST--
A literal array, which PHP keeps for all calls, stays as it is
--EXTENSIONS--
win32service
--FILE--
<?php
function details(): array
{
    return ['service' => 12345, 'path' => 'x', 'dependencies' => ['a', 5, true]];
}
for ($i = 0; $i < 3; $i++) {
    try {
        win32_create_service(details());
    } catch (Win32ServiceException $e) {
        echo $e->getCode(), ' ', json_encode(details()), "\n";
    }
}
?>
--EXPECT--
1722 {"service":12345,"path":"x","dependencies":["a",5,true]}
1722 {"service":12345,"path":"x","dependencies":["a",5,true]}
1722 {"service":12345,"path":"x","dependencies":["a",5,true]}
