--TEST--
C10: a service runs under its account, with its groups and nothing else
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$code = 'win32_start_service_ctrl_dispatcher("any"); tell(trim(shell_exec("id -un; id -gn; id -Gn")) . " " . getenv("HOME"));';
foreach (['.\\mail', 'NT AUTHORITY\\LocalService', 'NT AUTHORITY\\NetworkService', gethostname() . '\\www-data', 'LocalSystem'] as $i => $user) {
    create("as $i", $code, ['user' => $user]);
    win32_start_service("as $i");
    echo $user, ': ', strtr(hear(), "\n", ' '), ' ', hear(), ' ', hear(), "\n";
    await("as $i", 'stopped');
}
?>
--EXPECTF--
.\mail: mail mail mail /var/mail
NT AUTHORITY\LocalService: nobody nogroup nogroup /nonexistent
NT AUTHORITY\NetworkService: nobody nogroup nogroup /nonexistent
%s\www-data: www-data www-data www-data /var/www
LocalSystem: root root root /root
