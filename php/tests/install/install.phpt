--TEST--
relance php: installs into a PHP, says what is wrong, takes it out again
--EXTENSIONS--
win32service
--SKIPIF--
<?php
// A PHP of the matrix is started through a script that gives it -n, and reads no ini files.
$folder = sys_get_temp_dir() . '/relance-php-' . bin2hex(random_bytes(6));
mkdir($folder);
file_put_contents("$folder/a.ini", 'precision = 7');
$precision = shell_exec("PHP_INI_SCAN_DIR=$folder " . PHP_BINARY . " -r 'echo ini_get(\"precision\");'");
unlink("$folder/a.ini");
rmdir($folder);
echo $precision === '7' ? '' : 'skip needs PHP that reads ini files';
?>
--FILE--
<?php
require __DIR__ . '/../manager.inc';
$folder = sys_get_temp_dir() . '/relance-php-' . bin2hex(random_bytes(6));
register_shutdown_function(fn () => exec('rm -rf ' . escapeshellarg($folder)));
mkdir("$folder/ext", 0755, true);
mkdir("$folder/conf.d");
// A PHP with folders of its own.
file_put_contents("$folder/php", "#!/bin/sh\nPHP_INI_SCAN_DIR=$folder/conf.d exec " . PHP_BINARY . " -d extension_dir=$folder/ext \"\$@\"\n");
chmod("$folder/php", 0755);
$run = fn (string ...$words) => print(str_replace($folder, 'FOLDER', preg_replace('~\d+\.\d+\.\d+~', 'X.Y.Z', relance('php', ...$words))));
$run('doctor', '--php', "$folder/php");
$run('install', '--php', "$folder/php", '--extension', ini_file_of_extension());
$run('doctor', '--php', "$folder/php");
echo command("$folder/php", '-r', 'var_dump(extension_loaded("win32service"));');
unlink("$folder/ext/win32service.so");
$run('doctor', '--php', "$folder/php");
file_put_contents("$folder/ext/win32service.so", 'no library');
echo strtok(relance('php', 'doctor', '--php', "$folder/php"), ':') === "$folder/php" ? "is told\n" : "is not told\n";
$run('uninstall', '--php', "$folder/php");
$run('uninstall', '--php', "$folder/php");
echo json_encode([scandir("$folder/ext"), scandir("$folder/conf.d")]), "\n";
rmdir("$folder/conf.d");
$run('install', '--php', '/bin/true', '--extension', ini_file_of_extension());
$run('doctor', '--php', '/no/such/php');
?>
--EXPECT--
FOLDER/php: the extension is not installed; run relance php install
FOLDER/php (PHP X.Y.Z): win32service X.Y.Z is loaded
FOLDER/php (PHP X.Y.Z): win32service X.Y.Z is loaded
bool(true)
FOLDER/php: FOLDER/ext/win32service.so is missing, but PHP is told to load it; run relance php install
is told
FOLDER/php (PHP X.Y.Z): removed
FOLDER/php (PHP X.Y.Z): was not there
[[".",".."],[".",".."]]
/bin/true: it is not a PHP that can be asked; name the PHP for the command line with --php
/no/such/php: it cannot be run: it does not exist
