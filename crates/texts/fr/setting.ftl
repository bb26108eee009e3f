### Ce qui ne va pas ici avec un réglage : une autre sorte de service, un autre système, quelqu’un qui ne peut pas le changer.

## Pour les programmes seulement

setting-fail-on-exit-programs = fail-on-exit est pour les programmes ; un service dit par son code de sortie comment il s’est terminé
setting-ready-programs = ready est pour les programmes ; un service dit lui-même RUNNING
setting-root-directory-programs = root-directory est pour les programmes ; un service a besoin du socket de son gestionnaire, qui ne s’y trouve pas
setting-stop-command-programs = stop-command est pour les programmes ; un service prend la commande STOP
setting-reload-signal-programs = reload-signal est pour les programmes ; un service prend la commande PARAMCHANGE
setting-control-signals-programs = control-signals est pour les programmes ; un service reçoit les commandes elles-mêmes

## Windows ne l’a pas

setting-windows-no-exits = sous Windows, seul relance host fait cela, pour les programmes : de ce qui suit la fin d’un service à part entière, le gestionnaire de services décide ; omettez-le
setting-windows-no-recycling = Windows n’a pas de tels redémarrages ; planifiez relance restart comme une tâche
setting-windows-no-delays = sous Windows, seul relance host fait cela, pour les programmes ; pour un service à part entière, écrivez les délais dans la liste d’actions (failure_actions)
setting-windows-no-restart-groups = sous Windows, personne ne redémarre plusieurs services l’un après l’autre ; omettez-le
setting-windows-no-policies = Windows ne garde pas de politiques ; donnez à chaque service ses propres réglages de récupération
setting-windows-no-notify = Windows ne prévient personne lui-même ; confiez-le à une commande de récupération (relance failure NOM --actions …/run/0 --command "relance notify send DESTINATION …")
setting-windows-no-groups = Windows n’a pas de groupes de contrôle ; omettez-la, ou faites que le programme se limite lui-même par un objet de traitement (job object)
setting-windows-no-limits = Windows n’a pas de limites de cette sorte ; omettez-la
setting-windows-stop-signal = Windows n’a pas de signaux ; omettez le signal d’arrêt : l’arrêt d’un programme se demande par Ctrl-Pause et WM_CLOSE
setting-windows-stop-command = relance host arrête un programme par Ctrl-Pause et WM_CLOSE ; omettez la commande d’arrêt
setting-windows-reload-signal = Windows n’a pas de signaux ; omettez le signal de relecture
setting-windows-signals = Windows n’a pas de signaux ; omettez-les
setting-windows-no-retries = sous Windows, seul relance host fait cela, pour les programmes : Windows ne réessaie jamais un démarrage qui échoue ; omettez-le
setting-windows-ready-at-once = sous Windows, un programme compte tout de suite comme démarré ; omettez-le
setting-windows-no-probes = sous Windows, personne ne regarde si un service vit ; retirez ce réglage
setting-windows-no-deadline = Windows n’a pas cette limite ; omettez-la
setting-windows-groups = sous Windows, le compte a ses groupes ; faites-en un de leurs membres
setting-windows-no-such-programs = Windows n’a pas de tels programmes ; omettez-le
setting-windows-privileges = Windows a des privilèges à la place (required_privileges)
setting-windows-no-oom = Windows ne tue pas de processus par manque de mémoire ; omettez-le
setting-windows-priority = sous Windows, cela suit la priorité (priority) ; omettez-le
setting-windows-no-parent = Windows n’a pas de signaux ; omettez-le
setting-windows-tmp = donnez plutôt aux variables TMP et TEMP un dossier à lui (environment)
setting-windows-read-only = sous Windows, ne donnez pas à son compte le droit d’y écrire (icacls)
setting-windows-no-root = Windows n’a pas de dossiers racines ; omettez-le
setting-windows-no-umask = Windows n’a pas de umask ; omettez-le, et donnez au dossier les droits que ses fichiers doivent avoir
setting-windows-no-dependents = Windows ne touche pas aux services qui dépendent d’un service en échec ; omettez-le
setting-windows-no-schedule = sous Windows, le Planificateur de tâches démarre à heures fixes ; omettez-le
setting-windows-no-files = relance host ne lit pas de fichiers d’environnement ; donnez les variables une à une (environment)
setting-windows-environment = un service de Windows reçoit l’environnement du système ; définissez-y la variable, ou dans l’environnement du service
setting-windows-no-end = un service ne peut pas mettre fin au gestionnaire de Windows ; utilisez l’action reboot ou run
setting-windows-no-heartbeats = Windows ne reçoit pas de signes de vie des services ; omettez-le
setting-windows-one-file = relance host n’écrit que dans un fichier ; lisez-le avec relance logs
setting-windows-no-time = relance host écrit la sortie telle qu’elle vient ; faites écrire l’heure par le programme
setting-windows-by-size = relance host change de fichier selon la taille ; omettez-le
setting-windows-no-compression = relance host ne compresse pas ; faites compresser le dossier par Windows
setting-windows-no-owner = Windows n’a pas de propriétaire de cette sorte ; donnez plutôt des droits au dossier
setting-windows-no-group = Windows n’a pas de groupe de cette sorte ; donnez plutôt des droits au dossier
setting-windows-no-modes = Windows n’a pas de modes de fichier ; donnez plutôt des droits au dossier

## Seuls les administrateurs peuvent le régler

setting-administrators-file = le gestionnaire lit un fichier d’environnement avec ses propres droits ; seul un administrateur peut donc en indiquer un
setting-administrators-environment = l’environnement du gestionnaire peut contenir des secrets ; seul un administrateur peut donc le transmettre
setting-administrators-probe = le gestionnaire s’y connecte avec ses propres droits, donc seul un administrateur peut dire où
setting-administrators-everybody = il arrête les services de tout le monde ; seul un administrateur peut donc le régler
setting-administrators-log-place = le gestionnaire écrit les fichiers journaux avec ses propres droits ; seul un administrateur peut donc dire où ils sont
setting-administrators-log-owner = le gestionnaire donne des fichiers journaux avec ses propres droits ; seul un administrateur peut donc dire à qui
setting-administrators-log-mode = les fichiers journaux peuvent contenir ce que seuls quelques-uns doivent lire ; seul un administrateur peut donc les ouvrir à d’autres

## Les valeurs que prend un réglage

setting-range-text = du texte
setting-range-path = un chemin absolu
setting-range-flag = yes ou no
setting-range-numbers = de { $least } à { $most }
setting-range-size = une taille, comme 500K, 10M ou 1G
setting-range-size-or-zero = une taille, comme 500K, 10M ou 1G, ou 0
setting-range-percent = de { $least }% à { $most }%
setting-range-time-of-day = une heure et des minutes, comme 03:00
setting-range-quiet-hours = des heures de chaque jour, comme 02:00-04:00
setting-range-octal = de 0 à { $most }, en octal
setting-range-count = un nombre, unlimited, ou SOUPLE:DURE
setting-range-bytes = une taille comme 64M, unlimited, ou SOUPLE:DURE
setting-range-seconds = une durée comme 30s, unlimited, ou SOUPLE:DURE
setting-range-time = une durée
setting-range-signal = un signal
setting-range-controls = des commandes de 128 à 255 avec des signaux
setting-range-readiness = notify, fd:3, tcp:ADRESSE:PORT, unix:/CHEMIN ou output:TEXTE
setting-range-probe = http://ADRESSE:PORT/CHEMIN, tcp:ADRESSE:PORT, unix:/CHEMIN, command:LIGNE ou output
setting-range-rules = des causes et des actions, comme exit:75=restart/0
setting-range-policy = le nom d’une politique, ou none
setting-range-notify = une destination et des avis, comme ops=give-up,recovery
setting-range-backoff = exponential, exponential/1.5, linear ou linear/10s
setting-range-schedule = comme Mon..Fri 02:30, *:0/15, daily, ou 30 2 * * 1-5 comme dans cron
setting-range-statuses = des codes de sortie, de 0 à 255
setting-range-processors = des processeurs, de 0 à 63
setting-range-capabilities = des capacités, ou none
setting-range-list = une liste
setting-range-actions = des actions de récupération
setting-range-period = une durée, ou INFINITE

# Titres des groupes de réglages.
setting-subject-service = Le service
setting-subject-start = Démarrage et horaire
setting-subject-stop = Arrêt et relecture
setting-subject-recovery = Après un échec
setting-subject-exits = Codes de sortie
setting-subject-liveness = Chien de garde et sondes
setting-subject-recycling = Recyclage
setting-subject-process = Processus et environnement
setting-subject-rights = Droits du processus
setting-subject-limits = Limites et priorités
setting-subject-output = Sortie et fichiers journaux

## Settings that do nothing because of others

setting-without-effect = { $option } n’a pas d’effet sans { $needed } (X47)
setting-without-effect-do = donnez aussi { $needed }, ou renoncez à { $option }
setting-for-programs = { $option } n’a pas d’effet sur un service qui parle au gestionnaire : c’est pour les programmes (X47)
setting-for-services = { $option } n’a pas d’effet sur un programme : c’est pour les services qui parlent au gestionnaire (X47)
setting-single-quotes = les apostrophes ne tiennent pas de mots ensemble dans une ligne de commande ({ $part }) : le programme les reçoit telles quelles
setting-single-quotes-do = mettez des guillemets doubles, dans un fichier \" à l’intérieur de "…", ou '…' autour de la ligne entière
setting-other-kind-do = renoncez à { $option }, ou changez la sorte
setting-never-ready = il n’est jamais prêt : il doit tenir { $time }, et il est tué à sa limite de démarrage de { $deadline } (X47)
setting-never-ready-do = allongez { $deadline }, ou raccourcissez { $time }
setting-never-recycled = il n’est jamais recyclé pour sa mémoire : le noyau n’accorde que { $most }, et le seuil est { $line } (X47)
setting-never-slowed = il n’est jamais freiné pour sa mémoire : le noyau n’accorde que { $most }, et le seuil est { $line } (X47)
setting-below-most = mettez { $line } au-dessous de { $most }
