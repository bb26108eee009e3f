<?php
/**
 * Removes a service:
 *
 *     php uninstall.php SERVICE
 *
 * One that still runs is gone when it stops.
 */

declare(strict_types=1);

$service = $argv[1] ?? exit("usage: uninstall.php SERVICE\n");

try {
    win32_delete_service($service);
} catch (Win32ServiceException $error) {
    exit(sprintf("%s cannot be removed: %s (%d)\n", $service, $error->getMessage(), $error->getCode()));
}
echo "$service is removed\n";
