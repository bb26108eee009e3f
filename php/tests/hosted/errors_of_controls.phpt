--TEST--
Controls that a service cannot take: 1062, 1061, 1052, 1051
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('base', 'serve();');
create('above', 'serve();', ['dependencies' => ['base']]);
foreach (['win32_stop_service', 'win32_pause_service', 'win32_continue_service'] as $control) {
    show(fn () => $control('base'));
}
create('starting', 'win32_start_service_ctrl_dispatcher("any"); gate();');
win32_start_service('starting');
echo hear(), "\n";
show(fn () => win32_stop_service('starting'));
show(fn () => win32_pause_service('starting'));
win32_start_service('above');
await('above');
echo status_line('base'), "\n";
show(fn () => win32_stop_service('base'));
win32_stop_service('above');
await('above', 'stopped');
show(fn () => win32_stop_service('base'));
await('base', 'stopped');
?>
--EXPECT--
Win32ServiceException 1062: Error service not active (on send control)
Win32ServiceException 1062: Error service not active (on send control)
Win32ServiceException 1062: Error service not active (on send control)
at the gate
Win32ServiceException 1052: Error invalid service control (on send control)
Win32ServiceException 1061: Error service cannot accept ctrl (on send control)
state 4, exit code 0, specific 0
Win32ServiceException 1051: Error dependent services running (on send control)
NULL
