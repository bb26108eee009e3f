### Pourquoi une demande sur un service est refusée dans l’état actuel.

refused-shutting-down = le système s’arrête ; { $service } sera de nouveau utilisable après le démarrage
refused-marked-for-delete = { $service } est marqué pour suppression ; il disparaît quand il s’est arrêté
refused-disabled = { $service } est désactivé ; changez d’abord son type de démarrage (relance enable { $service })
    .page = { $service } est désactivé ; choisissez d’abord un autre type de démarrage dans son onglet Général
refused-already-running = { $service } tourne déjà, ou est en train de démarrer
refused-not-active = { $service } ne tourne pas ; démarrez-le d’abord
refused-restart-pending = { $service } ne tourne pas, mais un redémarrage est en attente et aura lieu ; relance cancel-recovery { $service } l’annule, et relance stop --cancel { $service } fait les deux
    .page = { $service } ne tourne pas, mais un redémarrage est en attente et se poursuit ; Annuler la récupération l’annule
refused-cannot-accept = { $service } ne peut pas prendre de commandes dans son état présent ; attendez qu’il tourne
refused-stop-delivered = { $service } a reçu l’ordre de s’arrêter et ne prend plus d’autre commande ; attendez, ou terminez-le
    .page = { $service } a reçu l’ordre de s’arrêter et ne prend plus d’autre commande ; attendez, ou pressez Terminer de force
refused-control = { $service } n’accepte pas cette commande
refused-not-ready = { $service } n’a pas encore annoncé RUNNING et ne prend pas de commandes avant ; il le fait avec win32_set_service_status(WIN32_SERVICE_RUNNING) ; relance terminate { $service } le termine de force
    .page = { $service } n’a pas encore dit qu’il tourne et n’accepte pas de commande avant ; attendez, ou pressez Terminer de force
refused-not-connected = { $service } ne s’est pas encore connecté au gestionnaire et ne prend pas de commandes avant ; attendez, ou terminez-le de force : relance terminate { $service }
    .page = { $service } n’est pas encore connecté au gestionnaire et n’accepte pas de commande avant ; attendez, ou pressez Terminer de force
refused-dependents = des services qui dépendent de { $service } tournent ; arrêtez-les d’abord
refused-dependents-named = { $names } ont besoin de { $service } et doivent d’abord s’arrêter ; relance restart --dependents { $service } les arrête, redémarre { $service }, puis les redémarre
    .page = { $names } ont besoin de { $service } et doivent être arrêtés d’abord
refused-dependents-of-stopped = { $names } ont besoin de { $service } et doivent d’abord s’arrêter : relance stop { $first }
    .page = { $names } ont besoin de { $service } et doivent être arrêtés d’abord
refused-controls-waiting = trop de commandes attendent déjà { $service } ; il ne répond pas
refused-run-over = cette exécution de { $service } est terminée ; elle ne peut plus rien annoncer
refused-no-pending = aucune action de récupération de { $service } n’est en attente ; voyez relance status { $service }
    .page = aucune action de récupération de { $service } n’est en attente
