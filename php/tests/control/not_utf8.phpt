--TEST--
T32: the context says which text is not UTF-8
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

show(fn () => win32_query_service_status("bad\xFF"));
show(fn () => win32_start_service('service', "bad\xFF"));
show(fn () => win32_stop_service("bad\xFF"));
show(fn () => win32_pause_service('service', "bad\xFF"));
show(fn () => win32_get_service_priority("bad\xFF"));
show(fn () => win32_set_service_priority("bad\xFF", 32));
show(fn () => win32_get_service_env_vars("bad\xFF"));
show(fn () => win32_add_service_env_var('service', 'name', "bad\xFF"));
show(fn () => win32_read_right_access_service("bad\xFF", 'user'));
show(fn () => win32_read_right_access_service('service', "bad\xFF"));
show(fn () => win32_read_right_access_service('service', 'user', "bad\xFF"));
show(fn () => win32_add_right_access_service("bad\xFF", 'user', 1));
show(fn () => win32_remove_right_access_service('service', "bad\xFF"));
?>
--EXPECT--
ValueError 0: A string argument must be valid UTF-8
ValueError 0: A string argument must be valid UTF-8
ValueError 0: A string argument must be valid UTF-8 (on openning service)
ValueError 0: A string argument must be valid UTF-8 (on openning manager)
ValueError 0: A string argument must be valid UTF-8 (On get base_priority)
ValueError 0: A string argument must be valid UTF-8 (On set base_priority)
ValueError 0: A string argument must be valid UTF-8 (Error on read service environment variables)
ValueError 0: A string argument must be valid UTF-8 (Error create key)
ValueError 0: A string argument must be valid UTF-8 (service name)
ValueError 0: A string argument must be valid UTF-8 (username)
ValueError 0: A string argument must be valid UTF-8 (machine name)
ValueError 0: A string argument must be valid UTF-8 (OpenService failed)
ValueError 0: A string argument must be valid UTF-8 (Invalid username)
