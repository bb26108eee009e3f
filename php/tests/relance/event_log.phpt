--TEST--
win32_send_log and Relance\log_event write to the event log
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
show(fn () => win32_send_log('My App', 42, 2, 'disk nearly full'));
show(fn () => win32_send_log('My App', 43, 1, 'disk full'));
show(fn () => Relance\log_event('by hand'));
create('logs', 'win32_start_service_ctrl_dispatcher("any"); Relance\log_event("from a service", level: 2, eventCode: 7); tell("done");');
win32_start_service('logs');
echo hear(), "\n";
echo events('--text', 'My App'), events('--text', 'by hand'), events('--service', 'logs', '--id', '7');
show(fn () => win32_send_log('', 1, 1, 'x'));
show(fn () => win32_send_log('a', -1, 1, 'x'));
show(fn () => win32_send_log('a', 1, 3, 'x'));
show(fn () => win32_send_log('a', 1, 1, "\xFF"));
show(fn () => win32_send_log(str_repeat('a', 257), 1, 1, 'x'));
show(fn () => win32_send_log('a', 1, 1, str_repeat('x', 31840)));
show(fn () => Relance\log_event('x', 5));
show(fn () => win32_send_log('Relance', 1, 1, 'x'));
echo as_user('mail', 'show(fn () => win32_send_log("of a user", 1, 4, "not everybody may"));');
?>
--EXPECT--
NULL
NULL
NULL
done
warning      42  My App wrote: disk nearly full (by root)
error        43  My App wrote: disk full (by root)
information  1  php wrote: by hand (by root)
warning      7  logs wrote: from a service (by root, service logs)
ValueError 0: win32_send_log(): Argument #1 ($appname) the value cannot be empty
ValueError 0: win32_send_log(): Argument #2 ($eventCode) the value must be between 0 and 4294967295. Got -1
ValueError 0: win32_send_log(): Argument #3 ($eventLevel) the value must be 1 (error), 2 (warning) or 4 (information). Got 3
ValueError 0: A string argument must be valid UTF-8
Win32ServiceException 87: Error invalid parameter ()
Win32ServiceException 87: Error invalid parameter ()
ValueError 0: Relance\log_event(): Argument #2 ($level) the value must be 1 (error), 2 (warning) or 4 (information). Got 5
Win32ServiceException 87: Error invalid parameter ()
Win32ServiceException 5: Error access denied ()
