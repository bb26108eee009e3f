### Ce que relance import dit des lignes des fichiers d’autres gestionnaires : pourquoi l’une a changé ou est perdue,
### et que faire.

## Tous les types de fichiers

import-refused = relance le refuse : { $why }
import-not-understood = cette ligne n’a pas été comprise ; réglez à la main ce qu’elle fait
import-unknown-key = { $key } n’est pas une clé connue ici ; elle est peut-être mal écrite, ou d’une autre version
import-set-again = la même clé se trouve plus bas, et c’est elle qui compte
import-no-command = il n’y a pas de commande à exécuter ; donnez-en une avec command_line
import-not-a-command = la commande ne peut pas être découpée : un guillemet n’est pas fermé
import-not-a-number = { $value } n’est pas un nombre qui convient ; réglez-le à la main
import-not-a-time = { $value } n’est pas une durée ; réglez-la à la main
import-not-a-text = la valeur n’est pas un texte ; écrivez-la comme un texte
import-placeholder = { $value } remplace une valeur fournie ailleurs ; écrivez la valeur elle-même
import-dependency-elsewhere = { $name } n’est pas parmi les services importés ; importez-le aussi, ou laissez l’ordre au système
import-dependency-in-circle = { $name } a aussi besoin de ce service, directement ou par d’autres ; ce côté du cercle est omis
import-name-taken = un autre service porte déjà ce nom : celui-ci s’appelle { $name }
import-display-name-taken = un autre service s’appelle déjà { $name }, celui-ci est donc affiché sous son propre nom
import-log-elsewhere = stdout et stderr vont dans un seul fichier journal de relance au lieu de { $path } ; relance logs le montre
import-one-log = stdout et stderr vont dans un seul fichier journal
import-one-log-file = la sortie va dans un fichier journal de relance, sans le mode { $path }
import-log-always-rotates = un fichier journal est mis de côté au-delà de 10 Mio, et trois sont gardés ; réglez log_max_size et log_files
import-log-by-day = un fichier journal est mis de côté tant de temps après son début, non à une heure du jour
import-log-files-have-an-end = relance efface toujours les vieux fichiers journaux ; il en garde 3 sauf si log_files donne un autre nombre
import-whole-tree = relance envoie le signal d’arrêt au processus principal, puis met toujours fin à tout l’arbre
import-shell-fills-in = un shell remplace les variables à chaque démarrage (relance n’en remplace aucune dans une ligne de commande)
import-variable-of-manager = { $name } vient de l’environnement de relance daemon à chaque démarrage : réglez-la là
import-dollar-stays = la référence à une variable dans la valeur reste telle quelle, comme avant sauf si un shell la lit
import-group-of-account = le processus a le groupe de son compte ; celui-ci est ajouté
import-set-folder = les chemins relatifs demandent un dossier : réglez working_directory, ou importez par le chemin complet du fichier
import-set-account = le fichier ne dit pas sous quel compte ; réglez account_name
import-no-such-setting = relance n’a pas de réglage pour cela
import-no-end-of-restarts = au plus 100 redémarrages de suite sont comptés ici (restart_limit) ; il continue donc d’être redémarré
import-no-stop-command = le fichier ne donne pas d’arguments pour l’arrêt ; réglez stop_command à la main
import-one-stop-command = relance exécute une seule commande d’arrêt, la première ; mettez-en plusieurs dans un script
import-path-of-windows = le chemin est de Windows : écrivez où se trouve le programme sur cette machine
import-folder-of-windows = le dossier est de Windows ; réglez working_directory sur un dossier de cette machine
import-account-of-windows = le compte est de Windows ; nommez-en un de cette machine
import-password-needed = le mot de passe du compte n’est pas repris ; donnez-le à relance apply ou à relance config
import-priority-classes = relance a six classes de priorité au lieu des valeurs de nice
import-recovery-added = le fichier ne dit rien des échecs ; des redémarrages après 1 s, 5 s et 30 s ont été ajoutés

## supervisord

import-manager-settings = ce qui est réglé ici pour tous les programmes a été donné à chacun
import-manager-setting = un réglage de supervisord lui-même ; ceux de relance daemon sont dans docs/settings.md
import-control-socket = relance a son propre socket, son API et sa console, avec des droits par service (docs/rights.md)
import-includes-nothing = aucun fichier ne correspond ; importez les fichiers eux-mêmes
import-variable-of-include = { $name } n’est pas connue ici ; donnez-la avec --set { $name }=VALEUR pour que ses fichiers soient lus
import-group = les membres s’appellent GROUPE:PROGRAMME, et relance restart 'GROUPE:*' désigne le groupe
import-priority-of-group = un groupe n’a pas de priorité ; ses membres ont la leur
import-priority = les groupes démarrent dans cet ordre au démarrage de la machine ; un démarrage manuel n’est pas ordonné
import-listener = un écouteur d’événements parle le protocole de supervisord ; utilisez recovery.command, ou relance events --follow --json
import-listener-of-fatal = pour un conteneur qui doit se terminer quand un programme est arrêté pour de bon, réglez end_manager_with sur le programme ; sinon utilisez recovery.command
import-listener-of-ticks = aucune commande n’est exécutée à chaque tic ; pour surveiller le programme réglez probe, ou watchdog_ms s’il peut dire qu’il vit ; pour une commande à heures fixes, créez un service avec schedule
import-number-unknown = { $value } n’est pas connu ici, il y en a donc un ; réglez instances
import-too-many = il y a au plus 1000 instances
import-numbers-from-one = les instances sont numérotées à partir de 1, sans zéros devant
import-name-of-process = le service porte le nom de son programme ; plusieurs s’appellent NOM@1, NOM@2 et ainsi de suite
import-retries = un programme qui n’est pas redémarré n’est pas non plus réessayé quand il se termine tôt
import-autorestart = les échecs comptent tôt comme tard : un redémarrage attend 1 s, 2 s et ainsi de suite, et après le dernier il n’y en a plus ; au-delà de la période de remise à zéro on recommence à 1 s
import-restarts-slower = il est redémarré après 1 s au lieu de tout de suite
import-stop-as-group = le signal d’arrêt va au seul processus principal ; tous les autres sont tués quand il s’est terminé
import-events-of-output = la sortie ne produit pas d’événements ; relance logs --follow la montre
import-fcgi-socket = relance n’ouvre pas de socket pour un programme ; qu’il ouvre le sien (php-fpm le fait)
import-started-in-order = démarré avec la machine, par relance au lieu de l’extension
import-waits-for-state = il attend que { $name } tourne, non qu’il soit { $state }
import-key-of-programs = ceci va dans une section [program:x] ; supervisord l’ignore ici aussi

## systemd

import-drop-in-alone = { $unit } n’a pas été donné, et ceci le complète ; importez aussi l’unité
import-which-instances = le fichier ne dit pas quelles instances il y a : dites --instances A,B, ou copiez le service pour chacune
import-unit-of-other-kind = relance n’a que des services : gardez cette unité avec systemd
import-specifier = { $specifier } n’est pas remplacé ; écrivez sa valeur
import-no-documentation = relance ne garde pas de liens ; mettez-les dans la description
import-dependency-must-run = relance n’a pas de dépendances facultatives : { $unit } est démarré d’abord et doit tourner
import-no-unit = { $unit } est une unité de systemd que relance ne gère pas ; ordonnez relance lui-même après elle
import-after-the-manager = relance daemon est démarré à ce moment, et démarre alors ses services
import-no-order-alone = un ordre sans besoin n’est pas gardé : ajoutez { $unit } à dependencies si c’est un service de relance
import-on-failure = aucune unité n’est démarrée lors d’un échec ; dites-le par recovery.command avec l’action run
import-no-propagation = relance ne propage les arrêts que le long des dépendances
import-no-jobs = relance n’a pas de tâches (jobs) comme systemd
import-no-mounts = relance n’attend pas de montages ; que systemd ordonne relance après eux
import-no-conditions = relance ne teste pas de condition avant un démarrage ; un démarrage dont le programme ou le dossier manque échoue
import-no-aliases = un service a un seul nom ; l’alias n’est pas gardé
import-no-exec-start-post = aucune commande n’est exécutée après le démarrage ; que le programme le fasse
import-no-exec-stop-post = aucune commande n’est exécutée après l’arrêt ; après des échecs il y a recovery.command
import-dynamic-user = relance ne crée pas de comptes ; créez-en un et réglez account_name
import-files-lose = les variables du service l’emportent sur celles des fichiers d’environnement ; avec systemd c’est l’inverse
import-kill-mode = relance met toujours fin à tout l’arbre après le processus principal ; un processus qui doit survivre demande un service à lui
import-always-killed = un programme qui ne s’est pas arrêté à temps est toujours tué ; réglez un long stop_grace_ms
import-grace-has-an-end = l’attente de l’arrêt dure un jour au plus
import-notify-access = seuls les processus du service peuvent dire qu’il est prêt
import-name-in-log = les lignes portent le nom du service
import-folder-must-exist = le dossier doit exister : un démarrage sans lui échoue
import-home-of-account = ~ n’est pas remplacé ; écrivez le chemin du dossier personnel
import-strict = /usr, /boot et /etc sont en lecture seule, non tout le système de fichiers ; ajoutez-en à read_only_paths
import-capabilities-but = relance liste les capacités gardées, non celles qui sont retirées
import-bounding-set = sous son compte le processus n’en a de toute façon aucune ; réglez no_new_privileges pour qu’il n’en regagne pas
import-no-sandbox = relance n’a pas ce confinement : il a private_tmp, read_only_paths, capabilities, no_new_privileges ; ou lancez relance lui-même dans une unité qui l’a
import-folders = les droits des dossiers ne sont pas réglés
import-make-folders = les dossiers ne sont pas créés : créez { $folders } pour le compte
import-before-is-unprivileged = elle s’exécute avec les droits du service, non du gestionnaire
import-before-in-shell = elle s’exécute avant le programme dans le même shell, à chaque démarrage
import-reload-is-a-signal = relance reload envoie un signal (reload_signal) ou PARAMCHANGE, et n’exécute pas de commande
import-failure-counts = un code de sortie autre que 0 est tout de même un échec ; réglez fail_on_exit
import-oneshot = il s’exécute une fois puis est STOPPED, ce qui n’est pas un échec ; ceux qui en ont besoin n’attendent pas sa fin
import-idle = il est démarré sans attendre d’autres tâches
import-forking = relance surveille le processus qu’il démarre : donnez au programme son option pour rester au premier plan
import-pid-file = aucun fichier PID n’est lu ; le programme doit rester au premier plan
import-dbus = relance n’attend pas de nom sur D-Bus ; le service compte comme démarré tout de suite
import-remain-after-exit = un programme qui s’est terminé est STOPPED
import-delegate = une exécution a son propre groupe de contrôle, qui n’est pas remis au programme
import-on-watchdog = chaque plantage est suivi d’un redémarrage, non seulement la fin par le chien de garde
import-signals-are-failures = { $signals } : la fin par un signal que personne n’a demandé est un échec
import-not-counted = une telle fin ne compte pas comme un échec, et est toujours suivie d’un démarrage
import-no-schedule = n’est pas repris : { $service } n’est pas parmi ces fichiers, ou le moment se compte depuis le démarrage de la machine ou du service ; que le minuteur, ou cron, lance relance start { $service }
import-at-fixed-times = il vient à des heures fixes, non un certain temps après son dernier démarrage
import-not-after-boot = un horaire ne connaît pas de délai après le démarrage de la machine ; le premier démarrage vient avec l’horaire
import-no-spread = les horaires ne sont pas étalés : donnez à chaque service une autre minute ou seconde
import-to-the-second = il vient à la seconde près
import-runtime-max = il lui est demandé de s’arrêter et il est redémarré (recycle_after_ms), ce qui n’est pas un échec
import-no-runtime-max = une exécution qui n’est pas redémarrée n’a pas de durée maximale ici ; laissez le programme finir de lui-même, ou lancez-le avec timeout(1)
import-timer-only = ceci appartient au seul minuteur

## pm2

import-no-deploy = relance ne déploie pas ; docs/deploy.md montre comment changer de version
import-computed = le fichier a été calculé par node ; ses valeurs sont dans le résultat, ses lignes sont du code
import-folder-of-file = le fichier ne dit pas où : il s’exécute dans le dossier du fichier
import-instances-of-dump = les entrées de { $name } sont les instances d’un seul service
import-other-environment = un seul environnement est importé : env ; pour un autre changez les variables
import-cluster = il n’y a pas de port partagé : les instances d’un serveur ont besoin chacune d’un port (PORT et %i), ou de SO_REUSEPORT
import-min-uptime = une exécution qui dure plus que la période de remise à zéro fait recommencer le compteur
import-wait-ready = process.send('ready') n’est pas entendu ; réglez ready_after_ms, ou ready = notify si le programme parle ce protocole
import-cron-restart = relance recycle une fois par jour (recycle_at) ou selon l’âge (recycle_after_ms) ; pour d’autres heures, créez un service avec schedule qui lance relance restart
import-cron-restart-beside = un service à part le redémarre à ces heures (relance restart) ; les instances redémarrent ensemble, et non une à une
import-no-watch = relance ne surveille pas de fichiers ; utilisez le mode de surveillance du programme en développement
import-log-of-each = chaque instance a son journal ; relance logs 'NOM@' les montre tous
import-one-form-of-time = les horodatages ont une seule forme, comme 2026-11-28T09:30:00.123Z
import-namespace = il n’y a pas d’espaces de noms ; les motifs de noms (relance restart 'shop-*') en tiennent lieu
import-instance-variable = le numéro d’une instance est dans RELANCE_INSTANCE et %i, à partir de 1
import-as-many-as-processors = autant que de processeurs ne peut pas être dit ; réglez instances
import-of-pm2-itself = ceci concerne pm2 lui-même

## Windows : NSSM, WinSW, Servy

import-of-windows = ceci n’existe que sous Windows
import-hooks-of-nssm = aucun programme n’est exécuté avant ou après démarrages et arrêts ; un shell dans la ligne de commande peut le faire avant
import-no-groups-elsewhere = un groupe de services de Windows ; réglez dependencies à la main
import-environment-added = les variables s’ajoutent à celles que reçoit chaque service ; elles ne les remplacent pas
import-throttle = les redémarrages attendent 2 s, 4 s et ainsi de suite jusqu’à 256 s après des échecs qui se suivent ; une longue exécution fait recommencer
import-stop-methods = les temps des façons d’arrêter sont additionnés, et un signal est envoyé
import-actions-of-nssm = elles valaient pour la fin de nssm.exe lui-même ; le programme est redémarré par AppExit
import-not-of-nssm = une commande qui n’est pas de nssm ; faites à la main ce qu’elle fait
import-command-of-script = un import ne démarre et n’arrête rien ; utilisez relance start et relance stop
import-base-of-winsw = %BASE% est le dossier de l’enveloppe ; écrivez le chemin lui-même
import-log-reset = l’ancien fichier est mis de côté, non vidé
import-no-download = relance ne télécharge rien ; qu’un déploiement le fasse (docs/deploy.md)
import-no-extensions-of-winsw = les extensions de WinSW sont ses propres programmes
import-seen-at-once = la fin du processus est vue tout de suite, sans intervalle
import-attempts-of-servy = autant de redémarrages, 1 s après chaque fin ; après 10 min sans échec le compte recommence
import-no-heartbeat-url = relance n’appelle pas d’URL ; qu’une commande à vous le fasse (docs/alerts.md)
import-failure-program = il est exécuté après le dernier redémarrage
import-failure-program-not-run = aucune commande n’est lancée après tant de redémarrages ; faites-en lancer une par relance notify lors de l’abandon (docs/notify.md)
import-folder-of-command = la commande s’exécute dans le dossier du service

## Procfile et cron

import-release = il doit s’exécuter une fois par version : démarrez-le à la main ou depuis le déploiement
import-set-port = relance ne définit pas PORT ; ajoutez-le à environment
import-file-of-foreman = foreman et ses semblables lisent aussi { $path } ; le service également, à chaque démarrage
import-no-mail = cron envoie la sortie par courriel ; relance logs et relance events l’ont, et une destination de relance notify envoie les échecs par courriel
import-deletes-key = cette ligne supprime une clé, qui ne décrit aucun service
import-no-apps = il n’exporte aucune application : pm2 lit module.exports = {"{"} apps: [...] {"}"}
import-endless-restart = avec systemd le redémarrage ne vient jamais ; ici il vient après 46 jours, la plus longue attente possible
import-include-of-included = supervisord ne lit pas les inclusions d’un fichier lui-même inclus ; importez les fichiers voulus
import-not-below-services = docker compose ne lit que ce qui se trouve sous services: ; placez-y les services
import-named-twice = { $name } figure ici une seconde fois, ce que docker compose refuse ; donnez-lui un autre nom ou retirez-le
import-percent-in-cron = un shell donne en entrée à la commande ce qui suit le premier %

## docker-compose

import-stays-in-container = le service reste dans son conteneur : docker compose run est le programme que relance garde
import-restart-of-docker = relance redémarre le conteneur à la place de Docker, avec les mêmes délais
import-condition-of-compose = il attend que l’autre tourne, non qu’il soit en bonne santé ou terminé
import-health-in-docker = docker ps montre l’état de santé ; relance n’agit pas d’après lui : réglez probe pour que relance vérifie lui-même
import-health-is-probe = Docker ne fait que l’afficher ; relance arrête et redémarre un service dont le contrôle échoue autant de fois (probe)
import-time-bounded = { $given } est plus ou moins que ce que le réglage accepte ; c’est donc { $taken }
import-number-bounded = { $value } est plus que ce que le réglage accepte, ce sera donc { $taken }
import-one-interval = le temps entre deux contrôles est toujours le même (probe_interval_ms)
import-health-of-instances = docker ps montre la santé ; une sonde interrogerait une seule instance pour toutes
import-extended = ces réglages viennent de { $name }, par extends
import-extends-nothing = { $name } n’existe pas, ou s’étend lui-même
import-container-name = docker compose run donne au conteneur un nom à lui
import-log-of-docker = la sortie va aussi à relance (relance logs)
import-of-swarm = ceci concerne Docker Swarm
import-overridden = docker compose le lit après { $path } ; ce qu’il dit des redémarrages, de l’ordre et des contrôles n’est pas repris : réglez-le à la main
import-included-by-compose = docker compose lit ces fichiers comme avant ; importez-les aussi pour que leurs services soient gardés
import-default-taken = { $value } a été pris ; docker compose demande chaque fois à son environnement

## Le compte rendu de relance import

import-fate-kept = gardé
import-fate-changed = changé
import-fate-lost = perdu
import-total = { $kept } lignes gardées, { $changed } changées, { $lost } perdues ; { $silent } ne disent rien
import-after-failures = Ce qui suit des échecs juste après chaque démarrage (simulé) :
import-same = comme avant
import-restart-after = redémarrage après { $delay }
import-stays-stopped = reste arrêté
import-failure-row = échec { $number } : avant { $before }, maintenant { $now }
import-skipped = { $path } n’est d’aucun des types connus et a été laissé de côté
import-next = Rien n’a été changé. Lisez { $path }, puis : relance apply --file { $path }
import-unknown-kind = { $path } n’est d’aucun des types connus ; dites lequel avec --from : { $kinds }
import-bad-syntax = { $path }, ligne { $line } : { $problem }
import-nothing-there = { $path } ne contient rien qui puisse être importé
import-not-a-variable = { $text } n’est pas NOM=VALEUR ; écrivez --set NOM=VALEUR
import-no-node = ses valeurs sont calculées, et node ne peut pas être lancé : { $why } ; installez node, ou écrivez le fichier en JSON
import-node-said = node n’a pas pu le lire : { $said }
import-node-not-run = ses valeurs sont calculées, et node exécuterait avec vos droits ce que d’autres peuvent écrire : { $problem } ; ou importez-le en tant que l’utilisateur à qui il appartient, ou écrivez ses valeurs en JSON
import-not-for-author = le fichier qui le nomme peut être écrit par { $author }, qui ne peut pas le lire ; lisez-le en tant que cet utilisateur, ou donnez-le par son nom à l’import
import-anybody = n’importe qui
import-cannot-write = { $path } ne peut pas être écrit : { $reason } ; nommez un fichier qui n’existe pas encore

## Ce qui ne va pas dans un fichier

import-more-than-one-value = il y a plus d’une valeur
import-comment-without-end = un commentaire ne se termine pas
import-text-without-end = un texte ne se termine pas
import-nested-too-deeply = l’imbrication est trop profonde
import-expected-value = une valeur manque
import-expected-key = une clé manque
import-expected-colon = un : manque après une clé
import-expected-comma = une virgule manque ; ou la valeur est calculée, ce qui demande un fichier en .js et node
import-expected-number = un nombre est faux
import-expected-escape = quatre chiffres manquent après \u
import-value-is-computed = la valeur est calculée, ce qui demande un fichier en .js et node
import-alias-of-nothing = un alias ne désigne rien
import-too-many-values = il y a trop de valeurs
import-no-service = aucun service n’en est sorti ; le compte rendu dit pourquoi
