--TEST--
RightInfo: all rights, in upstream's order, by their bits
--EXTENSIONS--
win32service
--FILE--
<?php
function info(?string $domain, string $user, int $mask, int $mode = 1): Win32Service\RightInfo
{
    return unserialize(sprintf(
        'O:22:"Win32Service\\RightInfo":4:{s:6:"domain";%ss:8:"username";%ss:4:"mask";i:%d;s:10:"accessMode";i:%d;}',
        serialize($domain),
        serialize($user),
        $mask,
        $mode,
    ));
}

foreach (info(null, 'subuser', 0xFFFFFFFF)->getRights() as $bits => $name) {
    echo $bits, ' ', $name, ' ', constant('WIN32_' . $name) === $bits ? 'as constant' : 'WRONG', "\n";
}
var_dump(info(null, 'subuser', 0)->getRights());
?>
--EXPECT--
268435456 GENERIC_ALL as constant
2147483648 GENERIC_READ as constant
1073741824 GENERIC_WRITE as constant
536870912 GENERIC_EXECUTE as constant
983551 SERVICE_ALL_ACCESS as constant
2 SERVICE_CHANGE_CONFIG as constant
8 SERVICE_ENUMERATE_DEPENDENTS as constant
128 SERVICE_INTERROGATE as constant
64 SERVICE_PAUSE_CONTINUE as constant
1 SERVICE_QUERY_CONFIG as constant
4 SERVICE_QUERY_STATUS as constant
16 SERVICE_START as constant
32 SERVICE_STOP as constant
256 SERVICE_USER_DEFINED_CONTROL as constant
16777216 ACCESS_SYSTEM_SECURITY as constant
65536 DELETE as constant
131072 READ_CONTROL as constant
262144 WRITE_DAC as constant
524288 WRITE_OWNER as constant
array(0) {
}
