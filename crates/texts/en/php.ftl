### relance php

php-of = { $program } (PHP { $version }): { $said }
php-problem-of = { $program }: { $problem }
php-none = no PHP was found in PATH and the usual folders; name one with --php
php-loaded = win32service { $version } is loaded
php-loaded-but = win32service { $version } is loaded, but disable_functions takes away { $functions }
php-removed = removed
php-not-there = was not there
php-no-extension = the extension is not at { $path }; name it with --extension
php-no-folder = this PHP reads no folder of ini files; copy { $extension } to { $folder } and add extension=win32service to { $ini }
php-not-written = { $path } cannot be written: { $reason }; run this as root
php-not-installed = the extension is not installed; run relance php install
php-missing = { $path } is missing, but PHP is told to load it; run relance php install
php-not-run = it cannot be run: { $reason }
php-not-a-php = it is not a PHP that can be asked; name the PHP for the command line with --php
php-not-a-php-says = it is not a PHP that can be asked ({ $said }); name the PHP for the command line with --php
php-too-old = PHP { $version } is too old; the extension needs { $oldest } or newer
php-not-loaded = the extension does not load: { $why }
php-says-nothing = PHP does not say why; look for another php.ini or PHP_INI_SCAN_DIR
