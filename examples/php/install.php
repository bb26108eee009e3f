<?php
/**
 * Installs a script as a service that gets back up: restart, then a command, then restart.
 *
 *     php install.php SERVICE [on|off] [SCRIPT]
 *
 * `off` leaves out `recovery_enabled`: the event log then shows ends with an error code, but recovery
 * actions follow only when the process dies.
 */

declare(strict_types=1);

$service = $argv[1] ?? exit("usage: install.php SERVICE [on|off] [SCRIPT]\n");
$script = $argv[3] ?? 'worker.php';

// The service runs with the settings of this process.
$ini = php_ini_loaded_file();
$options = $ini === false ? '' : "-c \"$ini\" ";
$php = PHP_BINARY;
$folder = __DIR__;

$details = [
    'service' => $service,
    'description' => 'Works off a queue; an example.',
    'path' => $php,
    'params' => "$options\"$folder/$script\" $service",
    'start_type' => WIN32_SERVICE_DEMAND_START,
    // Short, so that it can be watched; 60000 ms and 86400 s suit most services.
    'recovery_delay' => 1000,
    'recovery_reset_period' => 8,
    'recovery_action_1' => WIN32_SC_ACTION_RESTART,
    'recovery_action_2' => WIN32_SC_ACTION_RUN_COMMAND,
    'recovery_action_3' => WIN32_SC_ACTION_RESTART,   // and for all that follow
    'recovery_command' => "\"$php\" $options\"$folder/recover.php\" $service %1%",
];
if (($argv[2] ?? 'on') === 'on') {
    $details['recovery_enabled'] = true;   // ends with an error code are failures too
}

try {
    win32_create_service($details);
} catch (Win32ServiceException $error) {
    exit(sprintf("%s cannot be installed: %s (%d)\n", $service, $error->getMessage(), $error->getCode()));
}
echo "$service is installed\n";
