--TEST--
D8, D11, C14, C16: at boot group after group, what is needed first, delayed ones late, disabled ones never
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager('load_order_groups = ["network", "base"]', ['--clock', 'manual']);
$say = 'tell(getenv("RELANCE_SERVICE")); serve();';
$auto = ['start_type' => WIN32_SERVICE_AUTO_START];
create('no group', $say, $auto);
create('in base', $say, $auto + ['load_order' => 'BASE', 'dependencies' => ['on demand']]);
create('in network', $say, $auto + ['load_order' => 'network']);
create('on demand', $say);
create('disabled', $say, ['start_type' => WIN32_SERVICE_DISABLED]);
create('delayed', $say, $auto + ['delayed_start' => true]);
create('above', $say, $auto + ['load_order' => 'other', 'dependencies' => ['below']]);
create('below', $say, $auto + ['load_order' => 'other']);
Manager::shut_down();
Manager::boot();
for ($i = 0; $i < 6; $i++) {
    echo hear(), "\n";
}
await('no group');
foreach (['delayed', 'disabled'] as $name) {
    echo $name, ': ', status_line($name), "\n";
}
relance('clock', 'advance', '--by', '120s');
echo hear(), "\n";
await('delayed');
echo status_line('disabled'), "\n";
?>
--EXPECT--
in network
on demand
in base
below
above
no group
delayed: state 1, exit code 1077, specific 0
disabled: state 1, exit code 1077, specific 0
delayed
state 1, exit code 1077, specific 0
