### Les mots de la ligne de commande, à côté de ce que dit le gestionnaire.

command-error = erreur : { $text }

## Refus des commandes

command-no-state = « { $text } » n’est pas un état ; utilisez { $names }
command-no-duration = « { $text } » n’est pas une durée ; écrivez { $examples }
command-no-moment = « { $text } » n’est pas un moment ; écrivez 10m pour il y a dix minutes, today, yesterday, ou 2026-11-22T14:00
command-name-services = nommez un service, un motif comme 'worker*', un groupe comme +workers, ou --all
command-no-match = aucun service ne correspond à « { $pattern } » ; relance list montre ceux qui existent
command-left-out = laissé tel quel, car { $failed } a échoué
command-gone = { $name } n’existe plus
command-not-explained = « { $word } » n’est ni une règle (R1, S10, C3…), ni une entrée du journal (7031), ni un code d’erreur (1053, ERROR_SERVICE_DISABLED) ; { $pages } donne la liste des règles
command-of-file = { $name } : { $problem }
command-template-count = instances est un nombre de 1 à { $most }
command-template-on-windows = les instances sont pour le gestionnaire de Relance, qui remplit %i ; sous Windows, créez chaque service par son nom
command-template-exists = { $name } existe déjà ; relance scale { $template } { $count } change leur nombre, relance config { $template } leurs réglages
command-how-many = { $name } est le nom d’un modèle : dites combien de services avec --instances, ou nommez-en un, comme { $name }1
command-what-to-change = dites quoi modifier, ou nommez une instance, comme { $name }1, pour voir sa configuration
command-from-next-start = { $settings } : à partir du prochain démarrage de { $name }, qui continue tel qu’il a été démarré ; relance restart { $name } l’applique maintenant
command-command-missing = donnez la commande après -- : relance create { $name } -- /chemin/du/programme argument
command-not-granted = aucune entrée ne donne cela à { $who } ; relance access { $name } montre qui le reçoit d’où
command-no-console = ce gestionnaire n’a pas de console ; démarrez-le avec relance daemon --console 127.0.0.1:7467
command-links-there = les liens vers une console se créent sur sa propre machine ; lancez ceci là-bas
command-no-pause = { $name } ne peut pas être mis en pause : c’est un programme, et seul un service qui parle au gestionnaire accepte PAUSE et CONTINUE ; pour un programme il y a relance stop { $name } et relance start { $name }
command-no-signal-of-control = { $name } n’accepte pas le contrôle { $number } : c’est un programme, et relance config { $name } --control-signals { $number }=USR1 lui donne un signal pour cela
command-commas = { $text } n’est pas un service ; séparez les noms par des espaces : { $names }
command-no-control = il n’y a pas de contrôle { $word } ; envoyez stop, pause, continue, interrogate, paramchange, ou un nombre de 128 à 255
command-signal-no-control = { $signal } est un signal, et cette commande envoie des contrôles. Avec relance config { $name } --control-signals 200={ $signal } un programme reçoit ce signal par relance control { $name } 200, avec --reload-signal { $signal } par relance reload { $name } ; relance stop { $name } et relance terminate { $name } y mettent fin
command-no-reload = { $name } ne peut pas relire ses réglages : un programme a besoin d’un signal de relecture (relance config { $name } --reload-signal HUP), un service doit accepter PARAMCHANGE ; relance restart { $name } marche avec chaque service
command-no-times = les lignes de { $name } ne portent pas d’heure ; relance config { $name } --log-timestamps yes la met devant chaque ligne à partir du prochain démarrage
command-no-windows-settings = Linux ne donne aux processus ni SID de service ni privilèges de Windows ; omettez --sid-type et --required-privilege, et donnez au service un compte à lui (--account)
command-started-by-windows = ceci est démarré par le gestionnaire de services de Windows ; { $who } le lui demande
command-engine-by-daemon = le moteur est démarré par relance daemon, pas à la main

## Démarrer, attendre

# $what dit comment il s’est terminé.
command-ended = { $name } a démarré et s’est de nouveau arrêté : { $what } ; relance why { $name } en dit plus
command-ended-pending = { $name } a démarré et s’est de nouveau arrêté : { $what } ; un redémarrage est en attente ; relance why { $name } en dit plus
command-stopped-meanwhile = { $name } ne tourne pas : quelqu’un l’a arrêté entre-temps ; relance why { $name } en dit plus
command-done-instead = { $name } est { $state } à la place ; relance why { $name } en dit plus
command-process-ended = son processus s’est terminé avec { $exit }
command-no-progress = { $name } est encore { $state } après { $time } sans progrès ; cela continue tout seul (relance status { $name }), --timeout attend plus longtemps
command-no-progress-gone = { $name } n’existe plus après { $time } sans progrès
command-restart-goes-on = { $name } est { $state } et ne s’est pas arrêté en { $time } ; le redémarrage continue tout seul, et relance why { $name } dit ce qu’il attend (--timeout attend plus longtemps, relance terminate { $name } termine de force l’ancien processus)
command-restart-waits = attente que { $name } s’arrête et tourne de nouveau ; le redémarrage continue si vous interrompez ceci
command-restart-interrupted = le redémarrage continue sans cette commande ; relance list montre où il en est
command-progress = { $name } est { $state }
command-progress-step = étape { $step }
command-progress-next = la suite avant { $time }
command-progress-restart = puis il redémarre, même après Ctrl-C
command-restart-pending = { $name } s’est arrêté, et un redémarrage est encore en attente après un échec antérieur ; relance cancel-recovery { $name } l’annule
command-missing-program = { $name } a été créé, mais son programme { $path } n’est pas là : d’ici là, un démarrage échoue avec 2
command-program-is-folder = { $name } a été créé, mais son programme { $path } est un dossier : tant qu’il ne nomme pas un programme, un démarrage échoue avec 5
command-quoted-whole = { $name } a été créé, mais il n’y a pas de programme { $path }. Un programme et ses arguments s’écrivent sans guillemets autour de l’ensemble : -- { $path }
command-shell-variable = { $name } a été créé, mais { $path } n’est pas un programme. Les variables se donnent par --env { $path }, avant --
command-shell-home = { $name } a été créé, mais seul un shell comprend ~ dans { $path } ; donnez le chemin complet du programme
command-shell-folder = { $name } a été créé, mais cd est un mot du shell. Le dossier se donne par --working-directory, avant --
command-shell-builtin = { $name } a été créé, mais { $path } est un mot du shell ; pour une ligne de shell, écrivez -- sh -c '…'
command-other-user = { $name } a été créé, mais { $path } est introuvable. L’utilisateur sous lequel il tourne se donne par --account, avant --
command-shell-operator = { $word } dans la commande s’adresse à un shell ; le programme le reçoit comme argument. Pour une ligne de shell, écrivez -- sh -c '…'
command-missing-in-path = { $name } a été créé, mais son programme { $path } n’est dans aucun des dossiers où le gestionnaire cherche : d’ici là, un démarrage échoue avec 2 ; donnez plutôt son chemin absolu
command-missing-probe = { $name } a été créé, mais le programme de sa sonde, { $path }, n’est pas là : d’ici là ses sondes échouent
command-starts-elsewhere = { $name } a été créé, mais il démarre dans le dossier /, où { $file } n’est pas ; pour le démarrer ici : relance config { $name } --working-directory { $folder }
command-start-would-fail = { $name } : en l’état, un démarrage échoue : { $problem }
command-in-background = { $name } a été démarré et est passé en arrière-plan, où il ne peut pas être surveillé ; il a donc été tué ; faites-le rester au premier plan, comme nginx -g 'daemon off;' ou redis-server --daemonize no ; relance why { $name } en dit plus
command-reference-command = { $reference } dans la commande reste tel quel : rien n’est mis à sa place ; démarrez pour cela un shell (sh -c '...')
command-reference-variable = { $reference } dans { $place } reste tel quel : rien n’est mis à sa place ; transmettez une variable du gestionnaire avec --pass-env, ou écrivez la ligne dans un fichier pour --env-file
command-note = remarque : { $text }
command-warning = attention : { $text }

## Ce qui a été fait d’un service

command-done-started = démarré
command-done-stopped = arrêté
command-done-restarted = redémarré
command-done-restart-asked = redémarrage demandé
command-done-ended = terminé
command-delete-all = all n’est pas un service, et relance ne supprime tous les services que par son option : relance delete --all
command-still-runs = { $name } tourne encore, et disparaît quand il s’est arrêté : relance stop { $name }
command-done-deleted = supprimé
command-done-changed = modifié
command-done-added = ajouté et démarré
command-done-surplus = arrêté et supprimé
command-done-reload = relecture demandée
command-done-recovery = récupération annulée
command-done-paused = en pause
command-done-running = en marche
command-done-waited = dans cet état
command-done-enabled = activé
command-done-disabled = désactivé
command-applied = { $done } : { $name }

## Sauvegardes

command-no-database = il n’y a pas de base { $path } ; nommez le dossier d’état du démon avec --state
command-not-copied = { $path } ne peut pas être copié : { $error }
command-in-state-folder = { $path } est dans le dossier d’état, dont le démon utilise les fichiers ; nommez un fichier ailleurs
command-not-a-file = { $path } n’est pas un fichier ordinaire et reste tel quel ; nommez un autre fichier
command-file-exists = { $path } existe déjà ; nommez un autre fichier, ou remplacez-le avec --force
command-file-exists-remove = { $path } existe déjà ; supprimez-le
command-no-state-folder = il n’y a pas de dossier { $path } ; nommez le dossier d’état du démon, ou créez-le (mkdir -m 700)
command-database-used = le démon utilise la base dans { $folder } ; arrêtez-le d’abord (systemctl stop relance), ce qui arrête aussi les services
command-database-silent = un démon utilise { $folder }, et { $socket } ne dit pas si sa base est ouverte ({ $error }) ; arrêtez-le, ou nommez son socket avec --socket
command-not-a-backup = { $path } n’est pas une sauvegarde utilisable : { $problem } ; nommez un fichier que relance backup a écrit
command-of-another = { $path } vient d’un autre dossier d’état ; prenez-le avec --force si c’est celui que vous voulez
command-backup-of-another = { $path } appartient à l’utilisateur { $owner }, qui a pu y écrire des services qui s’exécutent en votre nom ; donnez-vous le fichier (chown) si vous savez d’où il vient, ou prenez-le avec --force
command-backup-for-all = tout le monde peut écrire dans { $path }, et a donc pu y écrire des services qui s’exécutent en votre nom ; prenez-le avec --force si vous savez que personne ne l’a fait
command-state-of-another = { $folder } appartient à l’utilisateur { $owner }, qui pourrait mener cette commande vers d’autres fichiers par ce qui s’y trouve ; lancez-la comme cet utilisateur (sudo -u '#{ $owner }' relance …)
command-unreadable-service = { $path } : { $name } : { $problem } ; rétablissez les autres avec --force
command-backup-newer = son format { $version } est celui d’une version plus récente de Relance
command-backup-format = aucune version de Relance n’écrit son numéro de format { $version } (user_version)
command-backup-table = il lui manque la table { $table }
command-not-put-in-place = la sauvegarde n’a pas pu être mise à sa place : { $error }
command-backup-holds = { $services ->
    [one] { $services } service
   *[other] { $services } services
}, le journal des événements jusqu’à l’entrée { $entry }
command-restored = rétabli : { $contents }
command-kept-as = ce qui était là avant est gardé sous le nom { $path }
command-restore-waited = le démon continue avec elle dans quelques secondes ; relance doctor dit où en sont les choses
command-restore-start = démarrez maintenant le démon : systemctl start relance, ou relance daemon

# Ce qu’un programme a écrit en dernier, sous la phrase.
command-ended-lines = { $ended }{ $lines }
command-done-created = créé

## What commands show

command-beyond-windows = un réglage que Windows n’a pas
command-kind = Sorte
command-administrators-always = les administrateurs peuvent toujours voir ceci, et changer qui peut faire quoi
command-default-access = c’est la valeur par défaut ; rien n’est enregistré
command-powerful = { $who } peut faire exécuter n’importe quoi sous le compte du gestionnaire : qui peut changer le programme et le compte d’un service a son pouvoir
command-no-entries = Aucune entrée.
command-waiting-for-manager = le gestionnaire de services est absent ; attente de son retour
command-other-log = le journal n’a pas d’entrée du numéro conservé : un autre journal est à sa place, lu depuis son début
command-no-place = { $path } ne contient pas le numéro d’une entrée ; nommez un autre fichier, ou supprimez celui-ci
command-note-run = exécution { $run }
command-note-policy = selon la politique { $policy }
command-note-due = prévu le { $time }
command-note-repeated = la première le { $first }, la dernière le { $last }

## Tests de règles

command-simulate-next-starts = prochains démarrages : { $moments }
command-simulate-no-start = aucun démarrage ne suit selon son horaire
command-test-actions = la suite des échecs est { $found }, et non { $expected }
command-test-never = { $what } ne doit jamais arriver, et arrive à +{ $at }
command-test-down = il est arrêté pendant { $time }, plus que { $most }
command-test-down-for-good = il reste arrêté
command-test-ends = il finit { $found }, et non { $expected }
command-test-told = les avis envoyés sont { $found } au lieu de { $expected }
command-test-endless = cela ne finit jamais
command-test-summary = { $kept } scénarios sur { $all } sont respectés, en { $time }
command-test-of-nothing = { $name } n’a pas de scénario ; ajoutez [[scenario]] ou [[invariant]]
command-test-of = scénario « { $scenario } » : { $problem }
command-test-which-service = il y a plusieurs services, ou aucun ; nommez-en un : service = "NOM", ou une politique des fichiers : policy = "NOM"
command-test-no-policy = aucun des fichiers de services ne décrit de politique « { $name } »
command-test-no-service = aucun des fichiers de services n’a « { $name } »
command-test-no-word = « { $text } » ne peut pas être attendu ; écrivez restart, run, reboot, none ou restart/1s dans expect, ces mots ou gave-up dans never, running ou stopped dans ends
command-test-up = il est arrêté à partir de +{ $at } pendant { $time }, plus que { $most }
command-test-stays-down = il est arrêté à partir de +{ $at }, et le reste
command-test-counterexample = le scénario aléatoire { $number } de la graine { $seed } le montre ; le plus petit du même genre : { $script }
command-test-random = { $count } scénarios aléatoires, graine { $seed }
command-test-no-promise = « { $text } » ne peut être promis ; écrivez up within 5m, ou up within 5m while failures are at least 1m apart
command-test-no-failure = « { $text } » n’est pas un échec ; écrivez crash, exit 75, kill SEGV, memory-limit ou un autre de relance simulate --script, sans heure
command-test-promises-nothing = elle ne promet rien ; écrivez never ou always, et au moins une cause, un échec et un scénario, ou laissez ces clés de côté
command-test-expects-nothing = il n’attend rien ; écrivez expect, never, down_at_most ou ends

## Politiques côte à côte

command-compare-failures = échecs
command-compare-restarts = redémarrages
command-compare-commands = commandes exécutées
command-compare-reboots = redémarrages de la machine
command-compare-spared = échecs évités, car il était arrêté
command-compare-gave-up = abandon
command-compare-down = temps d’arrêt
command-compare-time = { $time }
command-compare-stays-down = { $time }, et il reste arrêté
command-compare-failure = échec { $number }
command-compare-more = { $count } de plus
command-compare-as-is = tel quel
command-compare-changed = modifié
command-compare-truncated = ce n’est que le début : une simulation ne contient pas davantage
command-compare-what = dites ce qui est à comparer : deux services, ou un seul avec des options de la politique ou --with FICHIER
command-compare-not-in-files = le service { $name } n’est pas dans les fichiers de --with ; nommez-en un qui le contient
command-replay-with = dites quelle aurait été la politique : par des options comme --actions, ou par --with FICHIER
command-replay-head = { $name } : { $count ->
    [one] { $count } échec enregistré
   *[other] { $count } échecs enregistrés
} depuis le { $since }
command-replay-not-in-files = aucun des services qui ont échoué depuis le { $since } n’est dans les fichiers de --with ; nommez des fichiers qui les contiennent
command-replay-nothing = rien n’a échoué depuis le { $since }
