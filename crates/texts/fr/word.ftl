### Plafonds souples

word-ceiling-memory = il utilise { $size } de mémoire
word-ceiling-age = il tourne depuis { $time }
word-ceiling-time-of-day = c’est l’heure prévue
word-ceiling-jobs = { $count ->
    [one] il a accompli { $count } tâche
   *[other] il a accompli { $count } tâches
}

## Les mots qui se trouvent dans beaucoup de phrases : états, actions, fins d’un processus.

## États

word-state-stopped = arrêté (STOPPED)
word-state-start-pending = en cours de démarrage (START_PENDING)
word-state-stop-pending = en cours d’arrêt (STOP_PENDING)
word-state-running = en marche (RUNNING)
word-state-continue-pending = en cours de reprise (CONTINUE_PENDING)
word-state-pause-pending = en cours de mise en pause (PAUSE_PENDING)
word-state-paused = en pause (PAUSED)

## Ce qui suit un échec

word-action-none = ne rien faire
word-action-restart = redémarrer le service
word-action-reboot = redémarrer l’ordinateur
word-action-run = exécuter le programme de récupération configuré
word-action-own-restart = redémarrer le service dans un processus séparé

## La fin d’un processus

word-exit-status = le code de sortie { $status }
word-exit-signal = le signal { $signal }
word-exit-signal-named = le signal { $signal } ({ $name })
word-exit-unknown = une fin que personne n’a vue

## Numéros d’ordre, au masculin : « 1er échec »

word-ordinal = { NUMBER($number, type: "ordinal") ->
    [one] { $number }er
   *[other] { $number }e
}

## Pourquoi un service s’est terminé

word-cause-end-of-script = fin du script
word-cause-uncaught-exception = exception non interceptée
word-cause-fatal-error = erreur fatale
word-cause-memory-limit = limite de mémoire
word-cause-time-limit = limite de temps
word-cause-out-of-memory = mémoire épuisée
word-cause-hung = bloqué
word-cause-cannot-start = n’a pas pu être démarré
word-cause-left-processes = a laissé des processus derrière lui
word-cause-text = { $kind } : { $text }

## Ce que dit le journal des états, des types de démarrage et des erreurs

word-entered-running = en marche
word-entered-paused = en pause
word-entered-stopped = arrêté
word-start-boot = démarrage du noyau
word-start-system = démarrage du système
word-start-auto = automatique
word-start-demand = manuel
word-start-disabled = désactivé
word-error = { $text } ({ $code })
word-wrote = { $name } a écrit : { $words } (par { $author })
word-by = par { $who }
word-by-schedule = par son horaire
word-with-author = { $text } ({ $by })
word-repeated = { $text } (la dernière de { $times } entrées semblables, les autres sont omises)
word-error-name = { $name }

# Comment s’écrit une durée.
word-duration-examples = 500ms, 30s, 5m, 1h30m ou 2d
