### Ce que montre `relance failure`.

failure-one-failure = { $failure } échec
failure-last-failure = { $failure } échec et suivants
failure-failures = échecs
failure-no-actions = pas d’action de récupération
failure-reset-period = remise à zéro
failure-no-period = aucune
failure-infinite = INFINITE : compté jusqu’au redémarrage de la machine
failure-command = commande
failure-reboot-message = message de redémarrage
failure-on-error-stop = arrêt en erreur
failure-error-stops = oui : un arrêt avec une erreur est aussi un échec
failure-only-crashes = non : seulement les plantages
