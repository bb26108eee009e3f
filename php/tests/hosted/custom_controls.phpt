--TEST--
S20: custom controls 128 to 255 arrive with their number, whatever is accepted
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('custom', 'serve(on_control: fn (int $control) => tell("control $control"));');
win32_start_service('custom');
await('custom');
foreach ([128, 200, 255] as $control) {
    show(fn () => win32_send_custom_control('custom', $control));
    echo hear(), "\n";
}
win32_stop_service('custom');
await('custom', 'stopped');
show(fn () => win32_send_custom_control('custom', 200));
?>
--EXPECT--
NULL
control 128
NULL
control 200
NULL
control 255
Win32ServiceException 1062: Error service not active ()
