### Ce que montrent `relance status`, `list` et `health`.

status-state = état
status-process = processus
status-exit-code = code de sortie
status-last-end = dernière fin
status-failures = échecs
status-pending = en attente
status-memory = mémoire
status-processor-time = temps processeur
status-processes = nombre de processus

status-marked-for-delete = marqué pour suppression
# $state dure depuis ce temps ; $cause dit pourquoi il a démarré.
status-for = { $state } depuis { $time } (exécution { $run }, { $cause })
status-for-started = { $state } depuis { $time } (exécution { $run }, { $cause }, démarrée il y a { $age })
status-step = étape { $step }
status-own-code = 1066, son propre code { $code }
status-code = { $code } ({ $error })
status-end = { $summary }, le { $time }
status-end-exit = { $summary }, le { $time }, { $exit }
status-counted-again = compteur remis à zéro dans { $time }
status-next-one = au prochain : { $action }
status-no-actions = pas d’action de récupération
status-action-after = { $action } après { $time }
status-action-between = { $action } après { $least } et jusqu’à { $more } de plus
status-due = { $action } dans { $time }
status-due-failure = { $action } dans { $time } (échec { $number })
status-due-delayed = { $action } dans { $time } au plus (échec { $number }), à cause de { $budget }
status-now-failure = { $action } maintenant (échec { $number })
status-failed = { $state }, en échec
status-gave-up = { $state }, abandonné
status-gave-up-start = abandonné après trop de redémarrages ; relance start { $name } recommence

## Pourquoi il a démarré, en un mot

status-cause-demand = à la demande
status-cause-auto = automatique
status-cause-dependency = dépendance
status-cause-recovery = récupération
status-cause-recycle = recyclage
status-cause-restart = redémarrage
status-cause-dependency-back = dépendance revenue
status-cause-schedule = horaire

## Limites

status-peak = au plus { $size } jusqu’ici
status-limits = limites
status-not-held = pas tenues ici : { $limits }
status-limit = limite { $limit }
status-limit-share = limite { $share } % d’un processeur
status-limit-threads = limite { $count } avec leurs fils d’exécution

## Le tableau

status-none-yet = Il n’y a pas encore de services ; relance create en crée un.
status-none-like-that = Aucun service ne correspond.
status-column-name = NOM
status-column-state = ÉTAT
status-column-for = DEPUIS
status-column-memory = MÉMOIRE
status-column-start = DÉMARRAGE
status-column-failures = ÉCHECS
status-column-next = SUITE

## Santé

status-well-none = bien : aucun service ne doit tourner
status-well = { $count ->
    [one] bien : { $count } service
   *[other] bien : { $count } services
}
status-not-well = pas bien : { $problems } (sur { $count })
status-not-well-and-more = pas bien : { $problems } ; et { $more } autres (sur { $count })
status-waits = attend son redémarrage
status-is-stopped = est arrêté
status-is-down = est en panne ({ $end })
status-never-started = n’a jamais démarré
status-is = est { $state }

## Comment il s’est terminé, en un mot

status-summary-crashed = planté
status-summary-stopped = arrêté
status-summary-error = arrêté avec une erreur
status-summary-start-failed = démarrage échoué
status-summary-killed = tué
status-summary-terminated = terminé de force
status-summary-recycled = recyclé
status-summary-for-good = arrêté pour de bon
status-summary-shut-down = arrêté avec le gestionnaire

## Ce qu’il dit et attend

status-says = dit
status-next-start = prochain démarrage
status-next-start-at = { $moment }, dans { $time } ({ $schedule })
status-held = retenu
status-told = avis
status-reloading = relit ses réglages
status-needed-down = { $needed }, dont il a besoin, est arrêté ; il démarre quand celui-ci revient
status-needed-back = { $needed } est revenu ; il démarre dans { $time }
status-main-process = { $first } (son processus principal : { $main })
status-start-in = démarrage dans { $time }
status-start-with = démarre avec { $needed }
status-column-says = DIT
status-summary-background = passé en arrière-plan
status-output = sortie
status-with-output-problem = { $state }, sortie non conservée
status-not-loaded = le service { $name } est enregistré et n’a pas été chargé : { $problem }

## Le résumé

status-manager-runs = relance { $version } fonctionne (processus { $pid })
status-counted = { $count ->
    [one] { $count } service : { $states }
   *[other] { $count } services : { $states }
}
status-count-running = { $count } en marche
status-count-stopped = { $count } à l’arrêt
status-count-failed = { $count } en échec
status-count-other = { $count } en transition
status-nothing-needed = Rien ne demande d’attention.
status-needed = À regarder :
status-foreign = { $text }
status-waits-for = retenu jusqu’au retour de { $needed }
status-given-up = { $end } il y a { $time }, et rien ne suit
status-lasts = { $state } depuis { $time }
status-still-runs = marqué pour suppression, et en marche
status-no-terminal = --watch dessine sur un terminal ; relance events --follow annonce les changements partout
