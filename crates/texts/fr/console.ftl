### Les pages de la console web.

## api-page

console-one-api-for-the = Une seule API pour la ligne de commande, PHP, cette console et les autres : HTTP avec JSON sur le socket Unix du gestionnaire. Par exemple :
console-operations = Opérations
console-request = Requête
console-what-it-does = Ce qu’elle fait
console-takes = Prend
console-gives = Donne

## chart

console-legend = Légende
console-running = en marche
console-down-after-a-failure = à l’arrêt après un échec
console-what = Quoi
console-stopped-on-request = arrêté sur demande
console-failure = échec
console-recovery-action = action de récupération

## control

console-delete-the-service = Supprimer le service
console-delete = Supprimer
console-its-configuration-is-gone = Sa configuration disparaît ; ses événements et sa sortie restent. S’il tourne, il continue jusqu’à son arrêt.
console-keep = Garder

## create

console-new-service = Nouveau service
console-trail = Fil
console-services = Services
console-name = Nom
console-n-1-to-256-characters = 1 à 256 caractères sans / ni \ ; il ne peut pas être changé ensuite.
console-kind = Sorte
console-any-program = Tout programme
console-runs-when-started-stopped = Tourne une fois démarré ; arrêté par un signal.
console-a-service-that-speaks = Un service qui parle au gestionnaire
console-php-with-win32-start = PHP avec win32_start_service_ctrl_dispatcher, par exemple.
console-recovery = Récupération
console-dependencies-and-environment = Dépendances et environnement
console-services-that-must-run = Services qui doivent d’abord tourner
console-one-to-a-line = Un par ligne ; un groupe sous la forme +NOM
console-variables = Variables
console-one-to-a-line-name = Une par ligne : NOM=valeur
console-create = Créer

## diff

console-at-once = immédiatement
console-at-the-next-failure = au prochain échec ; ce qui est en attente demeure
console-at-the-next-start = au prochain démarrage
console-at-the-next-shutdown = au prochain arrêt du système
console-yes = oui
console-no = non
console-nothing-is-changed = Rien n’est modifié.
console-becomes = { $what } : { $after } (avant : { $before })
console-is-set = { $what } : { $after } (vide jusqu’ici)
console-is-emptied = { $what } : vide désormais (avant : { $before })
console-the-failure = le { $number } échec
console-failure-and-later = le { $number } échec et tous les suivants
console-failure-delay = Le délai après { $which } devient { $after } (avant : { $before })
console-failure-action = Après { $which } : { $after } (avant : { $before })
console-action-after = { $what } après { $time }
console-action-at-once = { $what } aussitôt
console-the-variable = La variable { $name }
console-variable-added = La variable { $after } est ajoutée
console-variable-removed = La variable { $before } est retirée
console-line-added = { $what } : { $after } est ajouté
console-line-removed = { $what } : { $before } est retiré

## document

console-skip-to-the-content = Aller au contenu

## history

console-window-of-time = Période
console-n-10-minutes = 10 minutes
console-n-1-hour = 1 heure
console-n-7-days = 7 jours
console-n-30-days = 30 jours
console-n-1-day = 1 jour
console-available = disponible
console-time-line = Ligne du temps
console-availability-is-the-share = La disponibilité est la part du temps où le service a tourné, sur le temps où il le devait. Le temps après un échec, un démarrage manqué ou une fin avec erreur compte comme un arrêt ; le temps où il était arrêté sur demande, et avant son existence, ne compte pas.
console-there-are-more-events = Il y a plus d’événements que dessinés : choisissez une période plus courte.
console-history = Historique
console-available-all-services-together = disponible, tous services confondus
console-no-service-failed-in = Aucun service n’a échoué pendant cette période.

## lacking

console-windows-cannot-end-a = Windows ne sait pas terminer un service de force sans y voir un échec ; taskkill termine son processus, et ses actions de récupération suivent.
console-windows-lets-nobody-cancel = Windows ne laisse personne annuler une récupération en attente ; désactiver le service empêche un redémarrage.
console-windows-has-no-signals = Windows n’a pas de signaux : on demande à un programme de s’arrêter par Ctrl-Pause et en fermant ses fenêtres.
console-this-service-speaks-to = Ce service parle lui-même à Windows : son dossier, sa sortie et sa fin ne regardent que lui. Les programmes tenus par relance host ont des réglages pour cela.
console-windows-service-manager-has = Le gestionnaire de services de Windows a ses propres interfaces, qu’utilisent relance, sc, PowerShell et PHP ; il n’y a pas d’interface HTTP à côté. Les scripts munis d’un jeton peuvent lire /metrics ici.
console-the-security-descriptor-of = Le descripteur de sécurité de ce service ne peut pas être lu, ni donc modifié ici ; sc sdshow le montre.
console-windows-logs-every-start = Windows ne journalise chaque démarrage et arrêt que si on le lui demande (par défaut sur les serveurs) : une période dont on ne sait rien a pu être calme.

## États, actions, types de démarrage

console-state-stopped = Arrêté
console-state-start-pending = Démarrage
console-state-stop-pending = Arrêt en cours
console-state-running = En cours
console-state-continue-pending = Reprise
console-state-pause-pending = Mise en pause
console-state-paused = En pause
console-action-none = Ne rien faire
console-action-restart = Redémarrer le service
console-action-reboot = Redémarrer l’ordinateur
console-action-run = Exécuter un programme
console-action-own-restart = Redémarrer dans son propre processus
console-waits-quiet-hours = il attend la fin de ses heures calmes
console-waits-quiet-hours-of-all = il attend la fin des heures calmes de la machine
console-waits-for-its-group = il attend qu’un autre de son groupe ait démarré
console-waits-for-a-restart = il attend sa place : trop de redémarrages sur cette machine
console-waits-for-a-reboot = il attend sa place : trop de redémarrages de l’ordinateur
console-start-auto-delayed = Automatique (différé)
console-start-auto = Automatique
console-start-disabled = Désactivé
console-start-demand = Manuel

## layout

console-events = Événements
console-main = Principal
console-the-connection-is-lost = La connexion est perdue. Nouvel essai…
console-menu = Menu
console-administrator = Administrateur
console-read-only = Lecture seule
console-sessions-and-tokens = Sessions et jetons
console-api = API
console-sign-out = Se déconnecter
console-language = Langue
console-colours = Couleurs
console-as-the-system = Comme le système
console-light = Clair
console-dark = Sombre
console-apply = Appliquer

## log

console-event-log = Journal des événements
console-search = Recherche
console-in-names-parameters-causes = Dans noms, paramètres, causes et sortie
console-service = Service
console-level = Niveau
console-all = Tous
console-warnings-and-errors = Avertissements et erreurs
console-errors = Erreurs
console-asked-for = Demandés par quelqu’un
console-event-ids = Numéros
console-from-utc = De (UTC)
console-until-utc = À (UTC)
console-filter = Filtrer
console-follow = Suivre
console-export = Exporter
console-when = Quand
console-id = Numéro
console-event = Événement
console-no-event-matches = Aucun événement ne correspond.
console-pages = Pages
console-newest = Les plus récents
console-older = Plus anciens
console-error = Erreur
console-warning = Avertissement
console-information = Information
console-number = numéro
console-log-event-log = Journal
console-why = Pourquoi
console-what-it-means = Ce que cela veut dire
console-what-to-do = Que faire
console-details = Détails
console-source = Source
console-log-number = Numéro
console-run = Exécution
console-the-process-ended-with = Le processus s’est terminé par
console-the-action-was-due = L’action était prévue
console-parameters = Paramètres
console-the-last-lines-it = Ses dernières lignes

## reply

console-not-found = Introuvable
console-to-the-services = Vers les services

## script

console-show-me-how-to = Comment écrire cela en script
console-nothing-to-do-or = Rien à faire, ou impossible ainsi.

## service

console-about-the-service = À propos du service
console-saved = Enregistré.
console-start = Démarrer
console-stop = Arrêter
console-restart = Redémarrer
console-restart-one-by-one = Redémarrer un par un
console-pause = Suspendre
console-continue = Reprendre
console-end-by-force = Terminer de force
console-cancel-recovery = Annuler la récupération
console-controls = Commandes
console-load-it-again = Le recharger
console-this-service-was-deleted = Ce service a été supprimé.
console-save = Enregistrer…

## access

console-who-may-do-what = Qui peut faire quoi
console-this-is-the-default = C’est la valeur par défaut ; rien n’est enregistré.
console-give-rights = Donner des droits
console-give-somebody-rights = Donner des droits à quelqu’un
console-user-or-group = Utilisateur ou groupe
console-as-alice-user-alice = Par exemple alice, user:alice ou group:web
console-give = Donner…
console-access-list = Liste d’accès
console-who = Qui
console-may-do = Peut faire
console-change = Changer
console-remove = Retirer…
console-the-manager-itself = Le gestionnaire
console-administrators = Administrateurs
console-anybody-on-this-machine = Toute personne sur cette machine
console-everybody = Tout le monde
console-everybody-with-an-account = Toute personne ayant un compte
console-user = Utilisateur
console-group = Groupe
console-may = peut
console-may-not = ne peut pas
console-see-it = le voir
console-start-it = le démarrer
console-stop-it = l’arrêter
console-pause-it = le suspendre
console-send-its-own-controls = envoyer ses propres commandes
console-read-what-it-prints = lire sa sortie
console-change-it = le modifier
console-delete-it = le supprimer
console-say-who-may-do = définir qui peut faire quoi
console-restart-it = le redémarrer
console-do-everything = tout faire
console-not-saved = Non enregistré
console-back = Retour
console-who-could-do-what = Qui pourrait alors faire quoi
console-access-save = Enregistrer
console-do-not-save = Ne pas enregistrer

## dependencies

console-needs = A besoin de
console-is-needed-by = Est nécessaire à
console-nothing = Rien.
console-dependencies-group = groupe
console-does-not-exist = n’existe pas

## edit

console-what-you-typed-is-kept = Votre saisie est toujours dans le formulaire ci-dessous.
console-to-the-field = Vers le champ
console-back-to-editing = Revenir à la saisie
console-this-would-change = Ce qui changerait
console-somebody-else-has-changed = Quelqu’un d’autre a modifié ce service depuis que vous avez ouvert le formulaire :
console-changed-on-another-tab = Rien dans cet onglet ; cela reste tel quel.
console-what-you-change = Ce que vous modifiez
console-both-have-changed-this = Vous avez tous deux modifié ceci. Que faut-il garder ?
console-keep-mine = Le mien :
console-keep-theirs = Le leur :
console-taken-away = retiré
console-empty = vide

## environment

console-environment = Environnement
console-values-are-shown-to = Les valeurs ne sont montrées qu’aux administrateurs.

## general

console-what-happened-and-what = Ce qui s’est passé, et la suite
console-general-delete-the-service = Supprimer le service…
console-more = Plus
console-beyond-windows = Au-delà de Windows
console-extension = extension
console-not-set = non défini

## log-on

console-account = Compte
console-localsystem-is-the-managers = LocalSystem est le compte du gestionnaire. Tout compte de cette machine peut être nommé ; un gestionnaire qui n’est pas root ne peut utiliser que le sien.
console-no-password-is-needed = Aucun mot de passe n’est nécessaire ici.

## output

console-output = Sortie
console-standard-output = Sortie standard
console-standard-error = Sortie d’erreur

## preview

console-changes = Modifications
console-if-it-fails-now = S’il échoue maintenant, alors…
console-every-failure = chaque échec
console-nothing-no-actions-are = rien : aucune action n’est configurée
console-nothing-it-stays-down = rien ; il reste arrêté jusqu’à ce que quelqu’un le démarre
console-preview-at-once = aussitôt
console-the-counter-goes-up = Le compteur augmente jusqu’au démarrage de la machine.
console-the-counter-is-never = Le compteur n’est jamais remis à zéro avant le démarrage de la machine.
console-the-counter-begins-again = Le compteur recommence à chaque échec.
console-with-a-reset-period = Avec une période de remise à zéro de 0, chaque échec est le premier : les actions suivantes ne servent jamais.
console-a-stop-with-an = Un arrêt avec un code d’erreur n’est pas un échec : cochez la case sous les actions s’il doit l’être.
console-the-list-ends-with = La liste se termine sans action : ensuite le service reste arrêté, même la période de remise à zéro passée.
console-a-service-that-fails = Un service qui échoue aussitôt est redémarré sans fin et presque sans pause : donnez un délai à la dernière action.
console-counter-run = Le compteur d’échecs repart de zéro après une exécution qui dure { $time }.
console-restarts-limited = Au plus { $count } redémarrages suivent des échecs en { $time } ; après un échec de plus il abandonne, et reste arrêté jusqu’à ce qu’on le démarre.
console-backoff-unused = Les délais croissants ne servent jamais : c’est le délai de la dernière action qui croît, et elle n’est pas un redémarrage, ou n’attend pas. Terminez la liste par un redémarrage qui attend, ou donnez un pas à linear.
console-backoff-at-maximum = Les délais croissants ne servent jamais : la dernière action attend déjà le temps le plus long. Allongez-le, ou raccourcissez le dernier délai.
console-limit-out-of-reach = La limite de redémarrages n’est jamais atteinte : tant de redémarrages prennent plus que sa période. Allongez la période ou raccourcissez les délais.
console-rule-never = Une règle par cause ne décide jamais rien : une règle précédente a ses causes, ou celles-ci ne sont jamais des échecs de ce service.
console-a-restart-outlasts = Un redémarrage attend aussi longtemps que la période de remise à zéro ; l’échec suivant compte donc de nouveau comme le premier : prenez une période plus longue que chaque délai et l’exécution habituelle réunis.
console-run-a-program-is = Exécuter un programme est choisi, mais aucun programme n’est donné.
console-the-computer-is-rebooted = L’ordinateur est redémarré, avec tout ce qui y tourne.
console-the-computer-is-rebooted-only = L’ordinateur n’est redémarré que si les réglages du gestionnaire disent allow_reboot ; sinon l’événement 7032 dit qu’il ne l’a pas été.
console-stops-with-an-error = s’arrête avec une erreur
console-stops-without-an-error = s’arrête sans erreur
console-is-started-by-hand = est démarré à la main
console-crashes = plante
console-what-if = Et si…
console-click-on-the-line = Cliquez sur la ligne là où le service doit échouer, ou ajoutez un instant ci-dessous. La suite est calculée par les règles mêmes du gestionnaire.
console-what-would-follow = Ce qui suivrait
console-seconds = Secondes
console-the-service = le service
console-add = Ajouter
console-axis = Axe
console-preview-remove = Enlever
console-in-words = En mots

## policy

console-said-by-policy = La politique { $policy } a dit ce qui suit
console-by-cause = Par cause
console-rule-in-words = { $causes } : { $actions }
console-cause = Cause
console-what-follows = Ce qui suit
console-or = ou
console-first-rule-decides = La première règle qui a la cause décide. Ce qu’aucune règle ne décide suit la liste ci-dessous.
console-write-a-rule = Écrire une règle
console-cause-detail = Laquelle
console-add-the-rule = Ajouter la règle
console-fails-of = échoue : { $cause }
console-cause-exit = tout code de sortie
console-cause-exit-range = code de sortie { $first } à { $last }
console-cause-error = arrêt avec une erreur de Windows
console-cause-crash = plantage : il s’est terminé sans annoncer STOPPED
console-cause-signal = tout signal
console-cause-watchdog = aucun signe de vie
console-cause-probe = sondes en échec
console-cause-start = démarrage raté
console-cause-dependency = un service dont il a besoin n’a pas démarré
console-cause-gave-up = trop de redémarrages : il renonce
console-cause-parse-error = erreur de syntaxe de PHP
console-cause-missing-extension = extension de PHP manquante
console-cause-exception = exception non interceptée { $class }
console-cause-any = toute autre cause
console-delay-is-multiplied = Tant qu’il échoue encore, le dernier délai est multiplié par { $factor } à chaque fois, jusqu’à { $most }.
console-delay-grows = Tant qu’il échoue encore, le dernier délai croît de { $step } à chaque fois, jusqu’à { $most }.
console-delay-grows-by-itself = Tant qu’il échoue encore, le dernier délai croît de lui-même à chaque fois, jusqu’à { $most }.
console-delay-between = { $least } et jusqu’à { $more }
console-delay-jitter = Jusqu’à { $time } s’ajoutent à chaque délai avant un redémarrage, pour que des services tombés ensemble reviennent l’un après l’autre.
console-quiet-hours = Entre { $begins } et { $ends }, dans le fuseau de la machine, rien ne commence : une action dont l’heure vient alors attend la fin des heures calmes.
console-one-of-the-group = Un redémarrage attend tant qu’un autre service du groupe « { $group } » démarre, au plus 5 min.
console-who-is-told = Qui est averti
console-told-as-the-file-says = Les destinations du fichier du gestionnaire, comme il le dit.
console-nobody-is-told = Personne n’est averti.
console-as-the-file-says = comme le dit le fichier des destinations
console-still-down-after = « Toujours arrêté » est dit après { $time }.
console-told-failure = chaque échec
console-told-recovery = qu’il va bien de nouveau
console-told-give-up = qu’il reste arrêté
console-told-flapping = qu’il échoue sans cesse
console-told-still-down = qu’il est toujours arrêté
console-told-recycling = les redémarrages prévus
console-told-test = les essais

## recovery

console-if-the-service-fails = Si le service échoue
console-and-all-later-ones = et toutes les suivantes
console-one-more-failure = Un échec de plus
console-enable-actions-for-stops = Activer les actions pour les arrêts avec erreur
console-without-it-only-a = Sans cela, seul un processus qui se termine sans prévenir compte comme échec. Avec cela, un arrêt avec un code d’erreur compte aussi ; pour un programme, tout code de sortie sauf 0.
console-restart-computer-options = Options de redémarrage de l’ordinateur
console-message-before-a-reboot = Message avant un redémarrage
console-the-manager-reboots-only = Le gestionnaire ne redémarre la machine que si ses réglages disent allow_reboot.
console-action = action
console-as-the-one-before = — comme le précédent
console-after = après
console-delay = délai
console-unit = unité
console-reset-the-fail-count = Remettre le compteur à zéro
console-reset-period = Période de remise à zéro
console-reset-period-unit = Période de remise à zéro : unité
console-without-a-failure = sans échec
console-never-infinite = jamais (INFINITE)
console-run-program = Programme à exécuter
console-command-line = Ligne de commande
console-runs-under-the-account = S’exécute sous le compte du service ; %1% devient le nombre d’échecs.
console-append-fail-count-to = Ajouter le nombre d’échecs à la fin de la ligne

## security

console-as-sddl-text = En texte SDDL
console-empty-goes-back-to = Vide revient à la valeur par défaut.

## services

console-services-services = services
console-of = sur
console-services-running = en cours
console-failed = en échec
console-services-stopped = Arrêtés
console-pending = En transition
console-services-failed = En échec
console-any = Tous
console-name-or-description = Nom ou description  ( / )
console-state = État
console-start-type = Type de démarrage
console-show = Afficher
console-none-selected = Aucun choisi
console-custom-control-128-255 = Commande libre (128–255)
console-send = Envoyer
console-cancel-pending-recovery = Annuler la récupération en attente
console-services-start = Démarrage
console-uptime = Durée
console-cpu = CPU
console-memory = Mémoire
console-failures = Échecs
console-last-failure = Dernier échec
console-next-recovery = Prochaine récupération
console-select-all-rows = Choisir toutes les lignes
console-no-service-matches = Aucun service ne correspond.
console-previous = Précédents
console-next = Suivants

## sign-in

console-sign-in = Connexion
console-this-link-signs-you = Ce lien vous connecte une seule fois.
console-sign-in-sign-in = Se connecter
console-there-are-no-passwords = Il n’y a pas de mot de passe. Un administrateur de cette machine crée un lien qui connecte une seule fois :
console-to-look-without-changing = Pour voir sans rien modifier : relance console --role reader
console-the-new-token-it = Le nouveau jeton. Il n’est affiché qu’une fois ; gardez-le là où seul son script peut le lire.
console-token = Jeton
console-new-token = Nouveau jeton
console-what-it-is-for = À quoi il sert
console-sign-in-may = Peut
console-see = voir
console-days = Jours
console-make-the-token = Créer le jeton
console-whose = À qui
console-role = Rôle
console-made = Créé
console-ends = Expire
console-end = Terminer
console-this-one = celle-ci
console-session = Session

## tab

console-general = Général
console-log-on = Connexion
console-dependencies = Dépendances
console-security = Sécurité

## table

console-being-deleted = en suppression
console-output-not-kept = sortie non conservée
console-not-loaded = Le service { $name } est enregistré et n’a pas été chargé : { $problem }.
console-in-progress = En cours
console-held = démarre avec { $needed }
console-starts-next = démarre { $time }
console-now = maintenant
console-ended-unseen = fin non observée
console-create-no-such = Le service { $name } n’existe pas encore ; celui-ci ne pourra pas démarrer avant qu’il existe.
console-failures-count = { $count ->
    [one] { $count } échec
   *[other] { $count } échecs
}
console-failures-counted = { $count ->
    [one] { $number } échec compté
   *[other] { $number } échecs comptés
}
console-failure-number = { $number } échec
console-since = depuis { $time }
console-resets = remise à zéro { $time }
console-ended = terminé { $time }
console-changed-elsewhere = Ce service a été modifié ailleurs entre-temps. { $link }
console-powerful = { $who } : peut faire exécuter n’importe quoi sous le compte du gestionnaire, car qui peut changer le programme et le compte d’un service a son pouvoir.
console-this-one-is-number = — celui-ci serait le numéro { $number }
console-and-later = { $number } et chaque suivant
console-at-the-end = À la fin : { $state }, { $failures }
console-step = étape { $number }
console-select = Choisir { $name }
console-counter-period = Le compteur repart de zéro après { $time } sans échec.
console-error-number = erreur { $code }
console-exit-number = code de sortie { $status }
console-signal-number = signal { $signal }
console-not-possible = Impossible
console-this-is-not-possible = Ce n’est pas possible
console-other-name = cette console ne porte pas ce nom ; ouvrez-la par son adresse, ou ajoutez le nom à console_names dans relance.toml
console-other-site = cette requête vient d’une page d’un autre site ; ouvrez la console elle-même et essayez de là
console-too-long = cette requête est trop longue, ou est arrivée trop lentement
console-ago = il y a { $time }
console-in = dans { $time }
console-day = j
console-selected = { $count ->
    [one] { $number } choisi
   *[other] { $number } choisis
}
console-found = { $count ->
    [one] { $number } trouvé
   *[other] { $number } trouvés
}
console-no-answer = La console ne répond pas.
console-not-saved-no-answer = Non enregistré : la console ne répond pas. Votre saisie est toujours là ; réessayez.
console-not-saved-signed-out = Non enregistré : vous êtes déconnecté. Connectez-vous, dans une autre page par exemple, et enregistrez de nouveau ; votre saisie est toujours là.
console-done = { $what } : fait
console-you-may-see-only = Vous êtes connecté en lecture seule : vous pouvez voir et non modifier. Un administrateur de cette machine peut vous donner un lien pour le rôle d’administrateur.
console-failure-part = { $failure } : { $what }
console-restart-with-dependents = Redémarrer avec ce qui en a besoin
console-restart-dependents-question = Redémarrer aussi les services qui en ont besoin ? Ils s’arrêtent avant lui et démarrent après lui.
console-restart-all = Tout redémarrer
console-leave-them = Ne rien faire
console-reload = Relire les réglages
console-settings-set = { $number ->
    [one] { $number } défini
   *[other] { $number } définis
}
console-new-lines = { $count ->
    [one] { $number } nouvelle ligne, aller à la fin
   *[other] { $number } nouvelles lignes, aller à la fin
}
console-jump-to-the-end = Aller à la fin
console-find = Chercher
console-download = Télécharger
console-output-skipped = { $size } sont arrivés trop vite pour être affichés ; les voir
console-overview = Vue d’ensemble
console-needs-a-person = Demande de l’attention
console-nothing-needs-you = Rien ne demande d’attention.
console-nothing-brings-it-back = rien ne le redémarrera
console-fails-again = Il a échoué { $count } fois depuis que son compteur a commencé.
console-about-to-happen = Sur le point d’arriver
console-nothing-is-due = Aucune récupération n’est en attente, aucun horaire n’est proche.
console-starts-by-schedule = démarrage selon son horaire
console-failed-since-yesterday = Échecs des dernières 24 heures
console-nothing-has-failed = Rien n’a échoué ces dernières 24 heures.
console-deleted-since = supprimé depuis
console-the-last = le dernier { $time }
console-who-changed-what = Modifications des dernières 24 heures
console-other-services = Autres services
console-all-that-was-asked-for = Tout ce qui a été demandé
console-nothing-was-changed = Personne n’a modifié ni commandé de service.
console-and-more = { $count ->
    [one] et { $count } de plus
   *[other] et { $count } de plus
}
console-earlier = Plus tôt
console-later = Plus tard
console-now-live = Maintenant
console-n-1-minute = 1 minute
console-as-a-table = En tableau
console-by-force-question = Mettre fin aux processus tout de suite ? Ce qu’ils n’ont pas enregistré est perdu.
console-many-question = { $what } : pour tous ceux qui sont sélectionnés ?
console-instances = { $count ->
    [one] { $count } instance
   *[other] { $count } instances
}
console-instances-of = { $count } instances sur { $all }
console-select-instances = Choisir { $count } instances de { $template }
console-asked-by = Demandé par
console-by-the-manager = le gestionnaire lui-même : personne ne l’a demandé
console-by-the-schedule = l’horaire du service
console-by-somebody-hidden = quelqu’un que vous ne pouvez pas voir : il vous manque le droit de lire les réglages du service (QUERY_CONFIG)

## Policies

console-policies = Politiques
console-what-policies-are = Une politique dit ce qui suit un échec, pour tous les services qui l’utilisent.
console-no-policies = Il n’y a pas encore de politiques : relance policy set NOM --actions LISTE en crée une.
console-policy = Politique
console-policy-named = Politique { $policy }
console-policy-changed-meanwhile = Quelqu’un a changé la politique entre-temps. Voici ce que votre formulaire changerait maintenant.
console-nobody-uses-it = Aucun service ne l’utilise encore.
console-nobody-else-uses-it = Aucun autre service ne l’utilise.
console-used-by = Utilisée par
console-also-used-by = Également utilisée par
console-next-failure-of-each = Ce qui suit le prochain échec de chaque service
console-policy-says-what-follows = La politique { $policy } dit ce qui suit un échec de ce service. Pour lui redonner ses propres réglages, écrivez none dans le champ ci-dessous.
console-change-for-all = La changer pour tous

## How many instances there are

console-scale = Instances de { $template }
console-scale-about = Des copies de la plus basse ; celles de numéro plus haut sont arrêtées, puis disparaissent
console-save-for-all = Enregistrer pour les { $count } instances
console-save-for-some = Enregistrer pour { $count } instances sur { $all }
console-other-settings = Autres réglages, laissés tels quels :
console-scale-set = Fixer
console-scale-number = Fixer le nombre
console-scale-number-of = Fixer le nombre d’instances de { $template }
console-scale-question = { $count ->
    [one] Une instance doit s’arrêter, dans son propre délai, puis est supprimée avec sa configuration :
   *[other] { $count } instances doivent s’arrêter, chacune dans son propre délai, puis sont supprimées avec leurs configurations :
}
console-scale-stop-and-delete = Arrêter et supprimer
console-scaled-started = { $count ->
    [one] L’instance { $numbers } de { $template } a été démarrée.
   *[other] Les instances { $numbers } de { $template } ont été démarrées.
}
console-scaled-added = { $count ->
    [one] L’instance { $numbers } de { $template } a été ajoutée ; elle n’est pas démarrée, puisque la plus basse ne tourne pas.
   *[other] Les instances { $numbers } de { $template } ont été ajoutées ; elles ne sont pas démarrées, puisque la plus basse ne tourne pas.
}
console-scaled-removed = { $count ->
    [one] L’instance { $numbers } de { $template } s’arrête, puis est supprimée.
   *[other] Les instances { $numbers } de { $template } s’arrêtent, puis sont supprimées.
}
console-scaled-nothing = { $template } a déjà ces instances ; rien n’a été changé.

## Ce que des échecs enregistrés auraient donné avec une politique modifiée

console-replay = Ce que les 30 derniers jours auraient donné
console-replay-how = Chaque échec du journal se produit de nouveau à son heure, si le service tourne à ce moment.
console-replay-nothing = Rien de ce que le journal a des 30 derniers jours n’est un échec.
console-replay-since = Il y a tant d’entrées que seules celles depuis { $since } ont été jouées.
console-replay-hours = Les heures calmes ne sont pas observées ici ; relance replay les observe.
console-replay-of = { $service } : { $before } ; modifié : { $after }
console-replay-totals = { $failures ->
    [one] un échec
   *[other] { $failures } échecs
}, { $restarts ->
    [one] un redémarrage
   *[other] { $restarts } redémarrages
}, temps d’arrêt { $down }
