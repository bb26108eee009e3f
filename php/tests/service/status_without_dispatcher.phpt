--TEST--
A status without a dispatcher is 6, whatever it is
--EXTENSIONS--
win32service
--ENV--
RELANCE_PHP_GUARD=pass
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_set_service_status(WIN32_SERVICE_RUNNING));
show(fn () => win32_set_service_status(0));
show(fn () => win32_set_service_status(120, 1));
?>
--EXPECT--
Win32ServiceException 6: Error invalid handle ()
Win32ServiceException 6: Error invalid handle ()
Win32ServiceException 6: Error invalid handle ()
