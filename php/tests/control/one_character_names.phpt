--TEST--
B20: names of one character are fine here
--EXTENSIONS--
win32service
--FILE--
<?php
foreach (['delete_service', 'exists_service', 'query_service_status', 'start_service', 'get_service_priority', 'get_service_env_vars'] as $function) {
    try {
        ('win32_' . $function)('x');
    } catch (Win32ServiceException $e) {
        echo $e->getCode(), "\n";
    }
}
?>
--EXPECT--
1722
1722
1722
1722
1722
1722
