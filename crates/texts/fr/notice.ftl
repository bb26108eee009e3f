# Ce que le gestionnaire dit de lui-même : messageries, courrier, astreintes.
notice-failure = { $count ->
    [one] { $service } a échoué sur { $machine }
   *[other] { $count } services ont échoué sur { $machine }
}
notice-give-up = { $count ->
    [one] { $service } a échoué sur { $machine } et reste arrêté
   *[other] { $count } services ont échoué sur { $machine } et restent arrêtés
}
notice-flapping = { $count ->
    [one] { $service } échoue sans cesse sur { $machine }
   *[other] { $count } services échouent sans cesse sur { $machine }
}
notice-still-down = { $count ->
    [one] { $service } est toujours arrêté sur { $machine }
   *[other] { $count } services sont toujours arrêtés sur { $machine }
}
notice-recovery = { $count ->
    [one] { $service } va de nouveau bien sur { $machine }
   *[other] { $count } services vont de nouveau bien sur { $machine }
}
notice-recycling = { $count ->
    [one] { $service } a été redémarré comme prévu sur { $machine }
   *[other] { $count } services ont été redémarrés comme prévu sur { $machine }
}
notice-test = Un essai de { $caller } : Relance sur { $machine } peut vous joindre
notice-cause = Cause : { $cause }
notice-next-failure = Échec { $count }. Suite, dans { $time } : { $action }
notice-stays-down = Rien ne suit. Pourquoi : relance why { $service }. Démarrer : relance start { $service }
notice-down-for = Arrêté depuis { $time }
notice-more = …et { $count } de plus
notice-target-told = { $target } a été prévenue. Vérifiez que le message est arrivé.
notice-target-not-told = { $target } n’a pas été prévenue : { $problem }
notice-no-answer = l’essai n’a pas été pris en charge en { $time } : y a-t-il un fichier des destinations (notify.toml à côté des réglages du démon, ou relance daemon --notify) ? Voyez relance events --id 1159
notice-no-targets = Personne n’est prévenu de rien. Écrivez un fichier des destinations, notify.toml à côté des réglages du démon, puis essayez relance notify test.
notice-no-targets-in = Personne n’est prévenu de rien. Écrivez le fichier des destinations, { $file }, puis essayez relance notify test.
notice-no-file-of-manager = le gestionnaire cherche le fichier des destinations en { $file }, et il n’y est pas ; écrivez-le (docs/notify.md), ou démarrez le démon avec --notify FICHIER
notice-nothing-told = Rien n’attend, et rien n’a été envoyé.
notice-unusable = Le fichier des destinations est inutilisable, et ce qui a été lu avant reste en vigueur : { $problem }
notice-checked = { $count ->
    [one] { $file } est correct : une destination
   *[other] { $file } est correct : { $count } destinations
}
notice-no-such-target = il n’y a pas de destination { $target } dans { $file }
notice-nobody-of-name = il nomme la destination { $target }, qui n’est pas dans { $file } : personne n’est prévenu (X86)
notice-bad-file = le fichier des destinations contient une erreur : { $problem }
notice-no-file-at = il n’y a pas de fichier des destinations en { $file } ; écrivez-le, ou nommez celui que le démon a reçu par --notify
notice-no-file = nommez le fichier des destinations
notice-told-of-it = Envoyé à { $target } ({ $kind }) { $when }.
notice-waits-for-it = Un message à { $target } ({ $kind }) attend.
notice-waits-with-problem = Un message à { $target } ({ $kind }) attend ; le dernier essai a échoué : { $problem }
notice-dropped-of-it = Un message à { $target } ({ $kind }) a été abandonné : { $problem }
notice-column-target = DESTINATION
notice-column-how = MOYEN
notice-column-where = OÙ
notice-column-notices = AVIS
notice-column-services = SERVICES
notice-column-waiting = EN ATTENTE
notice-column-problem = PROBLÈME
notice-column-at = QUAND
notice-column-notice = AVIS
notice-column-state = ÉTAT
notice-column-tries = ESSAIS
notice-column-title = TITRE
