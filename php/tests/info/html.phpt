--TEST--
phpinfo: the same as HTML where PHP speaks to a browser
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip valgrind takes the killed server for leaks');
?>
--FILE--
<?php
require __DIR__ . '/../show.inc';

$router = __DIR__ . '/html_router.php';
file_put_contents($router, '<?php (new ReflectionExtension("win32service"))->info();');
$command = [PHP_BINARY, '-n', '-d', 'extension=' . ini_file_of_extension(), '-S', '127.0.0.1:0', $router];
$server = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
register_shutdown_function('proc_terminate', $server);
while (!preg_match('~http://([\d.:]+)\) started~', $line = (string) fgets($pipes[1]), $found)) {
    $line !== '' || exit('no server');
}
$html = file_get_contents("http://$found[1]/");
var_dump(substr_count($html, '<table>'), substr_count($html, '</table>'));
preg_match_all('~<tr><td class="e">(.*?) ?</td><td class="v">(.*?) ?</td></tr>~', $html, $rows);
$rows = array_combine($rows[1], $rows[2]);
var_dump(count($rows), $rows['Current SAPI'], $rows['win32_create_service'], $rows['win32_set_service_status']);
var_dump(strpos($html, '<th>State for the current SAPI</th>') !== false);
show(fn () => true);
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/html_router.php');
?>
--EXPECT--
int(3)
int(3)
int(42)
string(10) "cli-server"
string(7) "enabled"
string(8) "disabled"
bool(true)
bool(true)
