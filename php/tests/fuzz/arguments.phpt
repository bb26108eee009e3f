--TEST--
Random arguments for every function: only documented exceptions come out, and PHP and the manager stay sound
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
final class Thrower { public function __toString(): string { throw new DomainException('from __toString'); } }
final class Text { public function __toString(): string { return "text\0"; } }

$seed = (int) (getenv('RELANCE_FUZZ_SEED') ?: 20261122);
$turns = (int) (getenv('RELANCE_FUZZ_TURNS') ?: 1500);
mt_srand($seed);
$scalar = function () {
    static $values = [
        null, true, false, 0, 1, -1, 4, 128, 255, 1 << 31, 1 << 32, PHP_INT_MAX, PHP_INT_MIN, 0.5, -1e300, NAN, INF, '', 'a',
        'fuzzed', 'fuzzed2', "\0", "a\0b", "\xFF\xFE", '../../etc', 'a/b', '\\\\host', 'localhost', '.', '%s%n', '0x10', '12', "\u{1F600}",
    ];
    return mt_rand(0, 20) === 0 ? str_repeat('x', 1 << mt_rand(0, 17)) : $values[array_rand($values)];
};
$array = function (int $depth) use (&$value, $scalar) {
    $keys = ['service', 'display', 'user', 'password', 'path', 'params', 'load_order', 'dependencies', 'description', 'svc_type',
        'start_type', 'error_control', 'delayed_start', 'base_priority', 'recovery_delay', 'recovery_action_1', 'recovery_action_3',
        'recovery_reset_period', 'recovery_enabled', 'recovery_command', 0, 'unknown'];
    $array = [];
    for ($i = mt_rand(0, 6); $i > 0; $i--) {
        $array[$keys[array_rand($keys)]] = $value($depth + 1);
    }
    if (mt_rand(0, 2) === 0) {
        $array += ['service' => 'fuzzed' . mt_rand(0, 9), 'path' => '/bin/true', 'start_type' => 3];
    }
    if (mt_rand(0, 9) === 0) {
        $array['dependencies'] = &$array;
    }
    return $array;
};
$value = fn (int $depth = 0) => match (mt_rand(0, $depth > 2 ? 5 : 9)) {
    6, 7 => $array($depth),
    8 => [new Thrower(), new Text(), new stdClass(), fn () => false, STDIN][mt_rand(0, 4)],
    default => $scalar(),
};

$functions = array_map(fn ($f) => $f->getName(), (new ReflectionExtension('win32service'))->getFunctions());
$functions[] = 'Relance\Service::run';
set_error_handler(fn () => true);
$done = 0;
for ($turn = 0; $turn < $turns; $turn++) {
    $function = $functions[array_rand($functions)];
    $arguments = array_map(fn () => $value(), array_fill(0, mt_rand(0, 5), null));
    try {
        $function(...$arguments);
        $done++;
    } catch (TypeError | ValueError | Win32ServiceException | DomainException) {
    } catch (Throwable $other) {
        echo "seed $seed, turn $turn: $function: ", get_class($other), ' ', $other->getMessage(), "\n";
    }
}
echo $done > 0 ? "some calls succeeded\n" : "no call succeeded\n";
// What refers to itself: PHP would leave it to the end of the process, a leak to valgrind.
unset($arguments, $other, $array, $value);
gc_collect_cycles();
restore_error_handler();
echo trim(strtok(relance('list'), "\n")) !== '' ? "the manager answers\n" : "the manager is gone\n";
?>
--EXPECT--
some calls succeeded
the manager answers
