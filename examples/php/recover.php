<?php
/**
 * The command of a recovery action: the manager only runs it, so it starts the service itself.
 *
 *     php recover.php SERVICE COUNT
 *
 * COUNT is the number of failures; the manager puts it in place of `%1%`.
 */

declare(strict_types=1);

[, $service, $count] = $argv;

$now = (new DateTimeImmutable())->format('Y-m-d\TH:i:s.vP');
$line = "$now $service failed, count $count\n";
file_put_contents(__DIR__ . '/recovery.log', $line, FILE_APPEND | LOCK_EX);

win32_start_service($service);
