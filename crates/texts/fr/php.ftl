### relance php

php-of = { $program } (PHP { $version }) : { $said }
php-problem-of = { $program } : { $problem }
php-none = aucun PHP n’a été trouvé dans PATH ni dans les dossiers habituels ; nommez-en un avec --php
php-loaded = win32service { $version } est chargée
php-loaded-but = win32service { $version } est chargée, mais disable_functions enlève { $functions }
php-removed = retirée
php-not-there = n’y était pas
php-no-extension = l’extension n’est pas en { $path } ; nommez-la avec --extension
php-no-folder = ce PHP ne lit aucun dossier de fichiers ini ; copiez { $extension } vers { $folder } et ajoutez extension=win32service à { $ini }
php-not-written = { $path } ne peut pas être écrit : { $reason } ; lancez ceci comme root
php-not-installed = l’extension n’est pas installée ; lancez relance php install
php-missing = { $path } manque, mais PHP doit le charger ; lancez relance php install
php-not-run = il ne peut pas être exécuté : { $reason }
php-not-a-php = ce n’est pas un PHP qui répond ; nommez le PHP de la ligne de commande avec --php
php-not-a-php-says = ce n’est pas un PHP qui répond ({ $said }) ; nommez le PHP de la ligne de commande avec --php
php-too-old = PHP { $version } est trop ancien ; l’extension demande { $oldest } ou plus récent
php-not-loaded = l’extension ne se charge pas : { $why }
php-says-nothing = PHP ne dit pas pourquoi ; cherchez un autre php.ini ou PHP_INI_SCAN_DIR
