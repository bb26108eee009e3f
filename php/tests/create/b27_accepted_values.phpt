--TEST--
B27: type 256 and the start types of drivers pass the checks
--EXTENSIONS--
win32service
--FILE--
<?php
$base = ['service' => 'name', 'path' => 'x'];
foreach ([['svc_type' => 256], ['svc_type' => 272], ['start_type' => 0], ['start_type' => 1], ['start_type' => null]] as $more) {
    try {
        win32_create_service($base + $more);
    } catch (Win32ServiceException $e) {
        echo $e->getCode(), "\n";
    }
}
?>
--EXPECT--
1722
1722
1722
1722
1722
