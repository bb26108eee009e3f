--TEST--
Relance\Service::run: a callable as a service: turns, pause, custom controls, stop
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('five lines', <<<'PHP'
    $turns = 0;
    Relance\Service::run('five lines', function (?int $control) use (&$turns): void {
        if ($control !== null) {
            tell("control $control");
        } elseif (++$turns === 3) {
            tell('three turns');
        }
    }, intervalMs: 10);
    tell('after run: ' . win32_query_service_status('five lines')['CurrentState']);
    PHP);
win32_start_service('five lines');
echo hear(), "\n";
win32_send_custom_control('five lines', 222);
echo hear(), "\n";
win32_pause_service('five lines');
await('five lines', 'paused');
win32_continue_service('five lines');
await('five lines');
win32_stop_service('five lines');
echo hear(), "\n";
await('five lines', 'stopped');
echo status_line('five lines'), "\n";

create('until false', 'Relance\Service::run("any", function () { static $n = 0; return ++$n < 3; }, 0); tell("ended");');
win32_start_service('until false');
echo hear(), "\n";
create('throws', 'tell(thrown(fn () => Relance\Service::run("any", fn () => throw new LogicException("from a turn"))));');
win32_start_service('throws');
echo hear(), "\n";
create('exits', 'Relance\Service::run("any", function () { exit; });');
win32_start_service('exits');
await('exits', 'stopped');
echo status_line('exits'), "\n";
create('arguments', <<<'PHP'
    tell(thrown(fn () => Relance\Service::run('any')));
    tell(thrown(fn () => Relance\Service::run('any', 'no such function')));
    tell(thrown(fn () => Relance\Service::run('any', fn () => false, -1)));
    tell(thrown(fn () => Relance\Service::run('', fn () => false)));
    tell(thrown(fn () => Relance\Service::run('any', fn () => false)));
    tell(thrown(fn () => Relance\Service::run('any', fn () => false)));
    PHP);
win32_start_service('arguments');
for ($i = 0; $i < 6; $i++) {
    echo hear(), "\n";
}
show(fn () => Relance\Service::run('any', fn () => false));
show(fn () => new Relance\Service());
?>
--EXPECT--
three turns
control 222
after run: 3
state 1, exit code 0, specific 0
ended
LogicException 0: from a turn
state 1, exit code 0, specific 0
ArgumentCountError 0: Relance\Service::run() expects at least 2 arguments, 1 given
TypeError 0: Relance\Service::run(): Argument #2 ($turn) must be a valid callback
ValueError 0: Relance\Service::run(): Argument #3 ($intervalMs) the value must be 0 or more milliseconds
ValueError 0: Relance\Service::run(): Argument #1 ($name) the value cannot be empty
returned NULL
Win32ServiceException 0: Service ctrl dispatcher already running
Win32ServiceException 0: This function work only when using the CLI SAPI and called into the service code.
Error 0: Cannot instantiate abstract class Relance\Service
