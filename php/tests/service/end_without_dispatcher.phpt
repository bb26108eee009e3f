--TEST--
The end of a script without a dispatcher logs nothing
--EXTENSIONS--
win32service
--INI--
log_errors=1
error_log=
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
win32_set_service_exit_mode(false);
echo "done\n";
?>
--EXPECT--
done
