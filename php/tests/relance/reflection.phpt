--TEST--
Relance: signatures as reflection reports them
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
foreach ((new ReflectionExtension('win32service'))->getFunctions() as $function) {
    if (str_starts_with($function->getName(), 'Relance\\') || $function->getName() === 'win32_send_log') {
        echo signature($function);
    }
}
$class = new ReflectionClass('Relance\Service');
var_dump($class->isFinal(), $class->isInstantiable());
foreach ($class->getMethods() as $method) {
    echo $method->isStatic() ? 'static ' : '', signature($method);
}
function signature(ReflectionFunctionAbstract $function): string
{
    $parameters = array_map(
        fn ($p) => $p->getType() . ' $' . $p->getName()
            . ($p->isOptional() ? ' = ' . var_export($p->getDefaultValue(), true) : ''),
        $function->getParameters(),
    );
    return $function->getName() . '(' . implode(', ', $parameters) . '): ' . $function->getReturnType() . "\n";
}
?>
--EXPECT--
win32_send_log(string $appname, int $eventCode, int $eventLevel, string $description): void
Relance\wait_for_control(int $timeoutMs = -1): ?int
Relance\heartbeat(): bool
Relance\job_done(int $jobs = 1): bool
Relance\log_event(string $message, int $level = 4, int $eventCode = 1): void
Relance\set_recovery_actions(string $servicename, string $actions, int $resetPeriodSecs = 86400, string $machine = ''): void
Relance\get_recovery_actions(string $servicename, string $machine = ''): string
Relance\get_extensions(string $servicename, string $machine = ''): array
Relance\restart_service(string $servicename, bool $dependents = false, string $machine = ''): void
Relance\reload_service(string $servicename, string $machine = ''): void
Relance\scale(string $template, int $instances, string $machine = ''): array
bool(true)
bool(false)
static run(string $name, callable $turn, int $intervalMs = 1000): void
