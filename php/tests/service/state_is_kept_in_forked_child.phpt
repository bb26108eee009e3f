--TEST--
A forked child has its own copy of the state; its end does not end the service
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (!function_exists('pcntl_fork')) die('skip needs pcntl');
?>
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
win32_set_service_exit_code(5);
$child = pcntl_fork();
if ($child === 0) {
    var_dump(win32_set_service_exit_code(6));
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status), win32_set_service_exit_code());
?>
--EXPECT--
int(5)
int(0)
int(5)
