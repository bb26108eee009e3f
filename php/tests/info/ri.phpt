--TEST--
php --ri prints the same
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

$command = [PHP_BINARY, '-n', '-d', 'extension=' . ini_file_of_extension(), '--ri', 'win32service'];
$process = proc_open($command, [1 => ['pipe', 'w']], $pipes);
echo substr_count(stream_get_contents($pipes[1]), "\nwin32_"), "\n", proc_close($process), "\n";
show(fn () => true);
?>
--EXPECT--
27
0
bool(true)
