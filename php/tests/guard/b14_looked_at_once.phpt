--TEST--
B14: what the script does to its environment later changes nothing
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

putenv('RELANCE_CHANNEL=3');
show(fn () => win32_get_last_control_message());
echo php_process('putenv("RELANCE_RUN"); var_dump(win32_get_last_control_message());', ['RELANCE_RUN' => '1:secret']);
?>
--EXPECT--
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
int(0)
