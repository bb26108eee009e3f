--TEST--
null for a scalar: deprecated and false or 0 in weak mode, an error in strict mode
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

var_dump(win32_set_service_exit_mode(null));
var_dump(win32_set_service_exit_mode());
echo php_process('declare(strict_types=1); try { win32_set_service_exit_mode(null); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }', ['RELANCE_PHP_GUARD' => 'pass']);
show(fn () => true);
?>
--EXPECTF--
Deprecated: win32_set_service_exit_mode(): Passing null to parameter #1 ($gracefulExit) of type bool is deprecated in %s on line %d
bool(true)
bool(false)
win32_set_service_exit_mode(): Argument #1 ($gracefulExit) must be of type bool, null given
bool(true)
