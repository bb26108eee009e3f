<?php
// In place of Composer's: Symfony as Debian packages it, in /usr/share/php.

foreach (['Bundle/FrameworkBundle', 'Component/Console', 'Component/Messenger', 'Component/Yaml'] as $part) {
    require_once "Symfony/$part/autoload.php";
}
spl_autoload_register(static function (string $class): void {
    $file = dirname(__DIR__) . '/src/' . strtr(substr($class, strlen('App\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'App\\') && is_file($file)) {
        require $file;
    }
});
