### Pourquoi un service n’a pas pu démarrer, ou n’a pas pris une commande : ce que lisent l’appelant et `relance why`.

start-not-connected = { $name } ne s’est pas connecté au gestionnaire de services : son processus s’est terminé avant, ou n’a pas appelé le répartiteur en 30 s ; relance logs { $name } montre sa sortie (un programme qui ne parle pas au gestionnaire se crée avec kind = program)
    .page = { $name } ne s’est pas connecté au gestionnaire : son processus s’est terminé avant, ou n’a pas appelé le répartiteur en 30 s ; son onglet Sortie montre ce qu’il a affiché
start-dependency-failed = un service dont { $name } a besoin n’a pas démarré ; relance events --service { $name } dit lequel
    .page = un service dont { $name } a besoin n’a pas démarré ; l’onglet Dépendances de { $name } montre lequel
start-dependency-missing = un service dont { $name } a besoin n’existe pas ; relance events --service { $name } dit lequel
    .page = un service dont { $name } a besoin n’existe pas ; l’onglet Dépendances de { $name } montre lequel
start-cut-short = le démarrage de { $name } a été interrompu
start-failed = { $name } n’a pas pu démarrer : { $error }

## Commandes

start-control-silent = { $name } n’a pas répondu à la commande en 30 s ; il est laissé tel quel (relance terminate { $name } le termine de force)
    .page = { $name } n’a pas répondu à la commande en 30 s ; il reste tel quel, et Terminer de force y met fin
start-control-ended = le processus de { $name } s’est terminé pendant qu’il traitait la commande
start-control-stopped = { $name } s’est arrêté avant que la commande ne puisse être envoyée
start-control-error = { $name } a répondu à la commande par une erreur : { $error }

## Son processus n’a pas pu être créé

# $problem est l’une des phrases ci-dessous.
start-impossible = { $name } ne peut pas démarrer : { $problem }
start-directory = son dossier de travail { $folder } est inaccessible ({ $error }) ; créez-le ou changez le réglage
start-account = le démon ne peut pas prendre l’identité de son compte ({ $error }) ; faites tourner le démon en tant que root
start-no-descriptor = le démon n’a plus de descripteurs de fichier pour un service de plus ; relevez sa limite (LimitNOFILE dans l’unité, ulimit -n dans un conteneur) et redémarrez le démon, ou arrêtez des services inutiles
start-null-character = sa ligne de commande ou son environnement contient un caractère nul ; supprimez-le
start-no-process = plus aucun processus ne peut être créé ; relevez la limite de processus (TasksMax, ulimit -u)
start-priority = sa priorité ne peut pas être réglée ({ $error }) ; choisissez-en une plus basse ou faites tourner le démon en tant que root
start-limits = ses limites ne peuvent pas être réglées ({ $error }) ; choisissez-en de plus basses (limit_nofile et les autres), ou faites tourner le démon en tant que root avec une limite plus haute
start-group-limits = le noyau refuse les limites de son groupe de contrôle ({ $error }) ; choisissez-en d’autres (memory_max et semblables)
start-affinity = il ne peut pas tourner sur les processeurs auxquels il est lié ({ $error }) ; indiquez-en que cette machine possède et que le démon peut utiliser (affinity)
start-stage = son processus n’a pas pu être préparé à l’étape { $stage } : { $error }
start-carriage-return = la première ligne de { $program } finit par un retour chariot, comme sous Windows, donc son interpréteur est introuvable ; enregistrez-le avec des fins de ligne de Linux (sed -i 's/\r$//' FICHIER)
start-interpreter = l’interpréteur que { $program } nomme dans sa première ligne n’existe pas ; installez-le ou corrigez la ligne
start-no-folder = le dossier du programme { $program } n’existe pas ; corrigez la ligne de commande
start-no-program = le programme { $program } est introuvable ; corrigez la ligne de commande
start-path = le chemin du programme { $program } ne mène nulle part ({ $error }) ; corrigez la ligne de commande
start-program-is-folder = { $program } est un dossier ; nommez le programme qui s’y trouve
start-not-executable = le programme { $program } ne peut pas être exécuté par son compte ; rendez-le exécutable (chmod +x)
start-not-a-program = { $program } n’est pas un programme qui peut tourner ici ; un script demande une première ligne comme #!/bin/sh
start-too-long = sa ligne de commande et son environnement sont trop longs pour le système ; raccourcissez-les
start-being-written = quelqu’un est en train d’écrire dans { $program } ; redémarrez quand ce sera fini
start-no-memory = il n’y a pas assez de mémoire pour exécuter { $program }
start-held-up = { $program } n’a pas été exécuté à temps, et son processus a été tué : le système de fichiers ne répond pas, quelqu’un détient un bail sur le fichier, ou son compte a arrêté le processus ; pendant une minute, aucun autre démarrage sous ce compte n’est attendu
start-processes-of-account = le compte { $account } a autant de processus qu’il peut en avoir, tous services et utilisateurs de ce nom compris ; relevez la limite (limit_nproc du service, LimitNPROC dans l’unité, ulimit -u), ou arrêtez-en quelques-uns
start-not-executed = { $program } ne peut pas être exécuté : { $error }
start-oom-score = son score OOM ne peut pas être réglé ({ $error }) ; choisissez-en un plus haut (oom_score_adjust), ou faites tourner le démon en tant que root
start-scheduling = son ordonnancement ne peut pas être réglé ({ $error }) ; renoncez-y (scheduling), ou faites tourner le démon en tant que root
start-io-priority = sa priorité d’E/S ne peut pas être réglée ({ $error }) ; choisissez best-effort ou idle (io_priority), ou faites tourner le démon en tant que root
start-mounts = il ne peut pas avoir de dossiers à lui (private_tmp, read_only_paths) ({ $error }) ; faites tourner le démon en tant que root avec la capacité SYS_ADMIN, ou renoncez-y
start-read-only = { $path } ne peut pas lui être mis en lecture seule ({ $error }) ; corrigez le chemin (read_only_paths), ou écrivez - devant s’il peut manquer
start-root = { $path } ne peut pas être son dossier racine ({ $error }) ; créez le dossier ou corrigez root_directory ; seul root peut en fixer un
start-groups = ses groupes supplémentaires ne peuvent pas être fixés ({ $error }) ; omettez-les (supplementary_groups), ou lancez le démon en tant que root
start-capabilities = ses capacités ne peuvent pas être réglées ({ $error }) ; le démon ne peut en donner plus qu’il n’en a : renoncez-y (capabilities), ou faites-le tourner en tant que root
start-heartbeats = le socket de ce qu’il dit de lui-même (watchdog, ready = notify) ne peut pas être créé ({ $error }) ; donnez au démon un chemin de socket court dans un dossier à lui (relance daemon --socket)
    .page = le socket de ce qu’il dit de lui-même (watchdog, ready = notify) ne peut pas être créé ({ $error }) ; le démon a besoin d’un chemin de socket court dans un dossier à lui
start-older-guardian = ready = fd demande un gardien plus récent ; relance upgrade remplace celui qui tourne
start-given-up = son processus n’a pas pu être créé, et un démarrage plus récent a suivi ; le journal des événements dit ce que celui-ci est devenu

## Ses fichiers d’environnement

start-file-line = son fichier d’environnement { $path } ne peut pas être lu à la ligne { $line } : { $mistake }
start-file = son fichier d’environnement { $path } ne peut pas être lu ({ $error }) ; créez-le, ou écrivez -{ $path } s’il peut manquer
start-file-unreadable = son fichier d’environnement { $path } ne peut pas être lu : { $reason }
start-mistake-variable = un nom est vide, ou quelque chose contient un caractère nul
start-mistake-no-equals = il n’y a pas de = ; écrivez NOM=valeur
start-mistake-name = le nom avant = a d’autres caractères que des lettres, des chiffres et _
start-mistake-single-quote = une apostrophe n’est pas fermée
start-mistake-double-quote = un guillemet n’est pas fermé
start-mistake-after-quote = quelque chose suit le guillemet fermant
