### Ce que `relance doctor` constate, et ce qu’il faut faire.

# $command se tape dans un terminal.
doctor-run = { $command }
doctor-level-fine = bien
doctor-level-warning = alerte
doctor-level-problem = problème
doctor-sum = problèmes : { $problems }, avertissements : { $warnings }, en ordre : { $fine }

## Le gestionnaire et sa machine

doctor-answers = { $version } répond
doctor-unreachable = il n’est pas joignable : { $error } ({ $code })
# Ce que le gestionnaire a constaté, comme il le dit.
doctor-notice = { $notice }
doctor-notice-do = cherchez qui a touché au dossier d’état, ou faites de la place ; ce que chaque ennui veut dire et ce qui le répare : docs/database.md ; quand c’est arrivé : relance events --level warning
doctor-no-settings = cet utilisateur ne peut pas lire ses réglages ; son dossier et ses limites n’ont donc pas été examinés
doctor-no-settings-do = lancez ceci en tant que root, ou sous le compte du démon
doctor-somebody-listens = quelqu’un y écoute
doctor-no-socket = il n’y a pas de socket
doctor-no-socket-do = démarrez le démon : relance daemon, ou systemctl start relance
doctor-nobody-listens = le socket est là et personne n’écoute : le démon a été tué
doctor-nobody-listens-do = redémarrez le démon ; il reprend ce qui tourne encore
doctor-socket-denied = cet utilisateur ne peut pas l’ouvrir
doctor-socket-denied-do = lancez ceci sous un autre compte, ou regardez les droits de son dossier
doctor-socket-error = il ne peut pas être ouvert : { $error }
doctor-same-version = { $version }, comme le démon
doctor-other-version = ceci est { $own }, et le démon { $daemon }
doctor-other-version-do = relance upgrade laisse le programme installé prendre la relève ; les services continuent
doctor-folder-error = le dossier du démon ne peut pas être examiné : { $error }
doctor-folder-fine = il est réservé au démon
doctor-folder-open = d’autres peuvent écrire dans le dossier du démon (mode { $mode }), et donc exécuter ce qu’ils veulent sous tout service
doctor-folder-read = d’autres peuvent lire dans le dossier du démon (mode { $mode }) ce qui est secret dans les environnements
doctor-room = il reste { $mebibytes } Mio sur son disque
doctor-room-do = libérez de la place ; d’ici là, des changements de configuration peuvent être refusés (112)
doctor-few-files = le démon peut avoir { $files } fichiers ouverts, dont quelques-uns par service
doctor-few-files-do = relevez sa limite (LimitNOFILE dans l’unité, ulimit -n dans un conteneur)
doctor-files = le démon peut avoir { $files } fichiers ouverts
# Ce que dit le contrôle de l’extension.
doctor-php = { $said }
doctor-php-do = relance php doctor en dit plus ; un PHP qui ne fait pas tourner de services n’a besoin de rien
doctor-output-lost = ce qu’il écrit se perd : { $problem }
doctor-output-lost-do = relance events --service { $name } --id 1063 dit depuis quand ; faites de la place, ou faites lire plus vite le lecteur
doctor-log-unreadable = il ne peut pas être lu ({ $error }) ; les compteurs d’échecs et relance why en dépendent
doctor-log-unreadable-do = lancez ceci en tant qu’administrateur, ou membre de Event Log Readers

## La console web

doctor-no-landlock = ce noyau n’a pas Landlock ; seul son compte tient donc la console à l’écart des fichiers
doctor-no-landlock-do = utilisez un noyau qui l’a : lsm=...,landlock sur sa ligne de commande
doctor-no-console = il n’y en a pas, ou il n’y en avait pas il y a un instant : { $problem }
doctor-no-console-do = le démon réessaie tout seul à quelques secondes d’intervalle ; l’événement 1132 dit quand cela marche
doctor-console-shared = elle tourne sous l’utilisateur { $user }, comme d’autres programmes, qui peuvent y regarder
doctor-console-shared-do = redémarrez le démon, et indiquez un compte à elle dans console_account
doctor-console-confined = elle tourne sous l’utilisateur { $user }, confinée
doctor-console-free = elle tourne sous l’utilisateur { $user }, et peut utiliser tout appel système
doctor-console-free-do = utilisez un noyau avec des filtres seccomp (CONFIG_SECCOMP_FILTER)

## Services

doctor-system-part = une partie du système, { $path }, n’est pas installée
doctor-missing-unused = son programme { $path } n’est pas là, et le service est désactivé
doctor-missing-unused-do = relance delete { $name }, si personne n’en a besoin
doctor-missing = son programme { $path } n’est pas là
doctor-missing-do = installez le programme, ou corrigez le chemin : relance config { $name } --command-line
doctor-unquoted = le chemin { $path } a une espace et pas de guillemets : un fichier posé à la partie avant l’espace démarre à sa place (C7)
doctor-unquoted-do = mettez le chemin entre guillemets : relance config { $name } --command-line
doctor-replaceable = d’autres pourraient remplacer son programme, qui tourne avec les droits du gestionnaire : { $said }
doctor-replaceable-do = faites ce qui est dit, ou donnez au service un compte à lui : relance config { $name } --account
doctor-no-actions = rien ne suit un échec : il reste arrêté
doctor-powerful = { $who } (peut : { $may }) peut changer son programme et son compte, et donc faire exécuter n’importe quoi sous le compte du gestionnaire (A27)
doctor-powerful-do = relance revoke { $name } { $sid } config,rights, sauf si c’est voulu
doctor-user = l’utilisateur { $number }
doctor-group = le groupe { $number }
doctor-deleted = il est supprimé, et disparaît quand il s’est arrêté et que plus personne ne le tient ouvert (C31, C33)
doctor-deleted-do = arrêtez-le ; fermez services.msc et les autres outils qui le montrent
doctor-stopped-own = il démarre automatiquement, et s’est arrêté avec son propre code d’erreur { $code }
doctor-stopped-error = il démarre automatiquement, et s’est arrêté avec l’erreur { $code } ({ $error })
doctor-start-failed = son dernier démarrage a échoué avec { $code } ({ $error }), et rien ne le redémarre
doctor-start-failed-needed = son dernier démarrage a échoué avec 1068 : il a besoin de { $needed }, qui est { $state }
doctor-start-failed-scheduled = son dernier démarrage a échoué avec { $code } ({ $error }) ; son horaire le redémarre
doctor-start-failed-do = relance why { $name } ; pour réessayer de tels démarrages : relance config { $name } --retry-failed-starts
doctor-not-running = il est START_PENDING depuis { $seconds } s et n’a pas annoncé RUNNING
doctor-not-running-do = faites-lui appeler win32_set_service_status(WIN32_SERVICE_RUNNING) quand il est prêt ; d’ici là il ne prend pas d’arrêt
doctor-logon = son compte { $account } n’a pas pu ouvrir de session : le mot de passe a changé ou expiré, ou le droit de se connecter en tant que service n’est plus là (1069)
doctor-logon-do = donnez-lui le mot de passe actuel du compte et ce droit : services.msc, { $name }, Connexion
doctor-needs-missing = il a besoin du service { $needed }, qui n’existe pas (1075)
doctor-needs-missing-do = créez { $needed }, ou retirez-le : relance config { $name } --depend ""
doctor-needs-disabled = il a besoin du service { $needed }, qui est désactivé (1068)
doctor-needs-disabled-do = relance enable { $needed }, ou relance disable { $name }
doctor-due = { $action } aura lieu dans { $seconds } s, après l’échec { $count }

## Pièges des réglages de récupération, aussi pour `relance failure`

doctor-no-reset-period = avec une période de remise à zéro de 0, chaque échec est le premier, et les actions suivantes ne servent jamais (R14)
doctor-no-reset-period-do = redonnez la liste avec une période : { $change } --actions LISTE --reset 1d
doctor-no-list-do = donnez une liste avec une période pour ce qu’aucune règle ne décide ({ $change } --actions none/0 --reset 1d), ou faites repartir le compteur après une exécution qui a duré (--reset-after-run 10m)
doctor-error-stops = il a des actions de récupération, et un arrêt avec un code d’erreur ne compte pas comme un échec (R3)
doctor-restart-storm = sa dernière action le redémarre sans fin et presque sans pause (R21)
doctor-restart-storm-do = donnez un délai à la dernière action : { $change } --actions LISTE --reset 1d
doctor-backoff-unused = les délais croissants ne servent jamais : la dernière action n’est pas un redémarrage, ou n’attend pas (X80)
doctor-backoff-unused-do = terminez la liste par un redémarrage qui attend ({ $change } --actions restart/1s), ou donnez un pas à linear (--backoff linear/10s)
doctor-backoff-at-maximum = les délais croissants ne servent jamais : la dernière action attend déjà autant que --backoff-max le permet (X80)
doctor-backoff-at-maximum-do = allongez cette durée ({ $change } --backoff-max 2h), ou raccourcissez le dernier délai
doctor-limit-out-of-reach = la limite de redémarrages n’est jamais atteinte : tant de redémarrages prennent plus que sa période (X83)
doctor-limit-out-of-reach-do = allongez la période ({ $change } --restart-limit-period 1h), ou raccourcissez les délais
doctor-rule-never = la règle { $number } par cause (--on) ne décide jamais rien : une règle précédente a ses causes, ou celles-ci ne sont jamais des échecs de ce service (X85)
doctor-rule-never-do = placez-la avant la règle plus large, ou retirez-la ; relance explain X85 dit ce qui n’est jamais un échec
doctor-reset-in-delay = un redémarrage attend aussi longtemps que la période de remise à zéro, et l’échec suivant est de nouveau le premier (R13)
doctor-reset-in-run = avec sa dernière exécution, un redémarrage prend aussi longtemps que la période de remise à zéro, et l’échec suivant est de nouveau le premier (R13)
doctor-longer-period-do = prenez une période plus longue que chaque délai et l’exécution habituelle réunis : { $change } --actions LISTE --reset 1d
doctor-no-command = un programme doit être exécuté après un échec, et aucun n’est donné (R43)
doctor-ends-with-nothing = la liste se termine sans action : ensuite il reste arrêté jusqu’à ce que quelqu’un le démarre (R22)
doctor-reboot = il redémarre la machine, si les réglages du démon le permettent (R46)
doctor-reboot-refused = un redémarrage de la machine est prévu, et les réglages du démon ne le permettent pas : cela finit par l’événement 7032 (R46)
doctor-reboot-do = mettez allow_reboot = true dans relance.toml, ou retirez l’action

## Messages

doctor-notice-file-do = corrigez le fichier ; relance notify check dit s’il est correct
doctor-target-away-do = relance notify list dit quand est le prochain essai ; relance notify test { $target } l’essaie maintenant
doctor-nobody-of-name-do = écrivez [target.{ $target }] dans { $file } ; relance notify list nomme les destinations qu’il y a

## Windows

doctor-administrator = ceci tourne en tant qu’administrateur
doctor-no-administrator = ceci ne tourne pas en tant qu’administrateur : on voit presque tout, et on change peu
doctor-no-administrator-do = ouvrez l’invite avec « Exécuter en tant qu’administrateur »
doctor-rights-unknown = Windows ne dit pas quels droits ceci possède
doctor-source = Relance est inscrit ({ $program })
doctor-source-missing = elle nomme { $program }, qui n’est pas là : nos entrées se lisent comme des nombres
doctor-source-none = Relance n’est pas encore inscrit ; il l’est quand relance host note pour la première fois quelque chose, en tant qu’administrateur ou LocalSystem
doctor-source-do = elle est inscrite quand relance host note pour la première fois quelque chose, en tant qu’administrateur ou LocalSystem
doctor-in-path = { $folder } s’y trouve
doctor-not-in-path = { $folder } ne s’y trouve pas
doctor-not-in-path-do = ajoutez le dossier, pour que scripts et commandes de récupération trouvent relance

## Limits of control groups

doctor-limits-do = faites tourner le gestionnaire là où il a ces contrôleurs (docs/limits.md), ou renoncez aux limites
doctor-no-controllers = les services n’en ont pas ; les limites de mémoire, de processeur et de processus ne sont donc pas tenues
doctor-controllers = les services ont { $names }
doctor-background = il est passé en arrière-plan, où il ne peut pas être maintenu en marche, et a été tué (X63)
doctor-background-do = donnez-lui son option de premier plan, comme nginx -g 'daemon off;' ou redis-server --daemonize no
doctor-not-loaded = il est enregistré et n’a pas été chargé : { $problem }

## Sur quoi porte une constatation

doctor-about-notices = messages
doctor-about-manager = gestionnaire
doctor-about-daemon = démon
doctor-about-version = version
doctor-about-limits = limites
doctor-about-rights = droits
doctor-about-controllers = contrôleurs des groupes de contrôle
doctor-about-database = base de données des services
doctor-about-event-log = journal des événements
