--TEST--
B35: a wrong priority is blamed on argument 2
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_set_service_priority('', 8));
show(fn () => win32_set_service_priority('service', 8));
show(fn () => win32_set_service_priority('service', 0x1_0000_0020));
show(fn () => win32_get_service_priority(''));
?>
--EXPECT--
ValueError 0: win32_set_service_priority(): Argument #1 ($servicename) the value cannot be empty
ValueError 0: win32_set_service_priority(): Argument #2 ($priority) the value 8 for priority argument is wrong, Use WIN32_ABOVE_NORMAL_PRIORITY_CLASS, WIN32_BELOW_NORMAL_PRIORITY_CLASS, WIN32_HIGH_PRIORITY_CLASS, WIN32_IDLE_PRIORITY_CLASS, WIN32_NORMAL_PRIORITY_CLASS or WIN32_REALTIME_PRIORITY_CLASS constants
ValueError 0: win32_set_service_priority(): Argument #2 ($priority) the value 4294967328 for priority argument is wrong, Use WIN32_ABOVE_NORMAL_PRIORITY_CLASS, WIN32_BELOW_NORMAL_PRIORITY_CLASS, WIN32_HIGH_PRIORITY_CLASS, WIN32_IDLE_PRIORITY_CLASS, WIN32_NORMAL_PRIORITY_CLASS or WIN32_REALTIME_PRIORITY_CLASS constants
ValueError 0: win32_get_service_priority(): Argument #1 ($servicename) the value cannot be empty
