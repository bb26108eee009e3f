<?php
// In place of Composer's: Laravel as Debian packages it, in /usr/share/php.

require_once 'Illuminate/autoload.php';

// Debian's list leaves out the folder with the application itself.
$folders = ['App\\' => dirname(__DIR__) . '/app/', 'Illuminate\\Foundation\\' => '/usr/share/php/Illuminate/Foundation/'];
spl_autoload_register(static function (string $class) use ($folders): void {
    foreach ($folders as $prefix => $folder) {
        $file = $folder . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;
        }
    }
});
require_once 'Illuminate/Foundation/helpers.php';
