--TEST--
Machine: these names all mean the local computer, and null is taken without a word
--EXTENSIONS--
win32service
--FILE--
<?php
foreach (['', null, '.', 'localhost', 'LOCALHOST', '\\\\.', '\\\\localhost', gethostname(), '\\\\' . gethostname()] as $machine) {
    try {
        win32_start_service('service', $machine);
    } catch (Win32ServiceException $e) {
        echo $e->getMessage(), ' | ', $e->getPrevious()->getMessage(), "\n";
    }
}
?>
--EXPECT--
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
Unknow error no 1722 () | no service manager is running; start one with `relance daemon`
