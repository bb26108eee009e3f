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
--EXPECTF--
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
Unknow error no 1722 () | no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
