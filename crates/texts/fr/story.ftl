### Ce que raconte une simulation : `relance simulate`, et les essais dans la console.

story-quiet = rien ne se passe
story-happened = script : { $what }
story-ignored = script : { $what } (ignoré : rien ne tourne)
story-refused = refusé avec { $code } : { $text }
story-counter-reset = la période de remise à zéro est écoulée : le compteur repart de zéro
story-logged = { $id } { $sentence }
story-command = exécute la commande : { $command }
story-rebooted = la machine redémarre
story-the-service = le service
story-and-so-on = et ainsi de suite
story-end = { $state }, échecs comptés : { $count }
story-scheduled-start = l’heure d’un démarrage prévu par son horaire
story-finished = l’exécution se termine d’elle-même
