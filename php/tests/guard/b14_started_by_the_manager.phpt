--TEST--
B14: a process is in service context when the manager gave it a channel or a run
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$code = 'var_dump(win32_get_last_control_message());';
echo php_process($code, ['RELANCE_CHANNEL' => '3']);
echo php_process($code, ['RELANCE_RUN' => '1:secret']);
echo php_process($code, ['RELANCE_PHP_GUARD' => 'pass']);
echo strstr(php_process($code, ['RELANCE_PHP_GUARD' => 'yes']), 'This function', false) ? "refused\n" : "passed\n";
?>
--EXPECT--
int(0)
int(0)
int(0)
refused
