--TEST--
B61: a control is not cut to 32 bits before it is checked
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_send_custom_control('service', 0x1_0000_0080));
show(fn () => win32_send_custom_control('service', 127));
show(fn () => win32_send_custom_control('service', 256));
show(fn () => win32_send_custom_control('service', -1));
?>
--EXPECT--
ValueError 0: win32_send_custom_control(): Argument #2 ($control) the value must be between 128 and 255. Got 4294967424
ValueError 0: win32_send_custom_control(): Argument #2 ($control) the value must be between 128 and 255. Got 127
ValueError 0: win32_send_custom_control(): Argument #2 ($control) the value must be between 128 and 255. Got 256
ValueError 0: win32_send_custom_control(): Argument #2 ($control) the value must be between 128 and 255. Got -1
