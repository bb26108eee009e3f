--TEST--
Machine: null is taken in strict mode too
--EXTENSIONS--
win32service
--FILE--
<?php
declare(strict_types=1);
try {
    win32_start_service('service', null);
} catch (Win32ServiceException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
Unknow error no 1722 ()
