### Pourquoi un service est dans son état : `relance why` et la première carte d’un service dans la console.
### Les règles sont entre parenthèses, à la fin.

## Son état actuel

why-stopped = { $name } est arrêté (STOPPED).
why-never-started = { $name } est arrêté (STOPPED) ; il n’a pas été démarré depuis le démarrage du gestionnaire.
why-running = { $name } est { $state } : exécution { $run }, démarrée il y a { $ago } parce que { $cause }.
why-running-waits = { $name } est { $state } : exécution { $run }, démarrée il y a { $ago } parce que { $cause } ; { $waits }.

why-cause-demand = quelqu’un l’a demandé
why-cause-auto = son type de démarrage est automatique
why-cause-dependency = un autre service en a besoin
why-cause-recovery = une action de récupération l’a redémarré
why-cause-recycle = son code de sortie demandait un redémarrage
why-cause-schedule = l’heure de son horaire est venue
why-cause-restart = un redémarrage a été demandé
why-cause-dependency-back = ce dont il a besoin est de retour
why-cause-needed-back = { $needed }, dont il a besoin, est revenu

why-cause-ceiling = l’exécution précédente avait atteint un plafond souple

why-recycling = Il a atteint un plafond souple il y a { $ago } ({ $ceiling }) : { $waits } (X55).
why-recycle-spread = il sera recyclé dans { $time }, selon son étalement
why-recycle-turn = il sera recyclé quand les autres instances de son modèle tourneront
why-recycle-stopping = on lui a demandé de s’arrêter, il peut prendre le temps que demande sa tâche, puis il redémarre
why-recycle-refused = il n’a pas pu être arrêté, et continue
why-ended-ceiling = L’exécution { $run } s’est terminée il y a { $ago } : { $what }, pour être recyclée : { $ceiling } (X55).

why-waits-dependencies = il attend des services qui doivent tourner avant lui
why-waits-previous = il attend la fin du processus de l’exécution précédente
why-waits-recycle = son processus est créé dans { $time }
why-waits-connect = il ne s’est pas encore connecté au gestionnaire
why-state-for = { $state } (depuis { $time })
why-waits-running = il s’est connecté et n’a pas annoncé RUNNING, ce qu’il fait par win32_set_service_status(WIN32_SERVICE_RUNNING) ; d’ici là, il n’accepte pas d’arrêt
why-waits-ready = il sera RUNNING s’il tient encore { $time }
why-waits-sign = il n’a pas dit qu’il est prêt ({ $sign }) ; il est tué dans { $time } s’il ne le dit pas d’ici là

why-restart-wanted = Un redémarrage a été demandé il y a { $ago } : { $waits } ; relance stop { $name } le retire (X22).
why-restarted-with-needed = { $needed }, dont il a besoin, a échoué il y a { $ago } : { $waits } (X71).
why-restart-waits-needed = il démarre de nouveau quand ce dont il a besoin a été redémarré
why-restart-waits-dependents = l’arrêt lui sera demandé quand ceux qui ont besoin de lui se seront arrêtés
why-restart-waits-stop = il démarre de nouveau dès qu’il s’est arrêté, quel que soit le temps que cela prend

why-scheduled = Son horaire le démarre : { $schedule }.
why-queued-start = L’heure de son horaire est venue alors qu’il tournait ; il est démarré dès qu’il s’est arrêté (X74).
# D’un autre service, que celui-ci attend.
why-needs-starting = Il a besoin de { $name }, qui démarre depuis { $time } et n’a pas annoncé qu’il tourne : relance why { $name } dit ce qui lui manque (X114).
why-needs-stopped = Il a besoin de { $name }, qui ne tourne pas : relance why { $name } dit pourquoi.
why-needed-down = { $needed }, dont il a besoin, est arrêté depuis { $ago } : jusqu’à son retour, les fins de ce service ne comptent pas (X70).
why-held = { $needed }, dont il a besoin, est arrêté ; il attend depuis { $ago } et démarre au retour de { $needed } : relance why { $needed } dit ce qui ne va pas là, relance stop { $name } met fin à l’attente (X70).
why-held-starts = { $needed }, dont il a besoin, est de retour ; il démarre dans { $time } (X70).

## La fin de sa dernière exécution

why-ended = L’exécution { $run } s’est terminée il y a { $ago } : { $what }.
why-ended-cause = L’exécution { $run } s’est terminée il y a { $ago } : { $what } ; { $cause }.
why-ended-script = L’exécution { $run } s’est terminée il y a { $ago } : { $what } ; le script en donne la raison : { $cause }.
why-lived = Son processus avait tourné { $lived }.
why-lived-killed = Son processus avait tourné { $lived } et a été tué à la fin des { $time } qui lui étaient accordés.

why-end-crashed = son processus s’est terminé avec { $exit } alors qu’il était { $state }, sans annoncer STOPPED
why-end-unseen = son processus s’est terminé alors qu’il était { $state }, sans annoncer STOPPED
why-end-start-failed = le démarrage a échoué : { $text } ({ $error })
why-end-terminated = il a été terminé de force, à la demande de quelqu’un
why-end-not-connected = le démarrage a échoué : son processus s’est terminé avec { $exit } avant de se connecter au gestionnaire
why-end-start-overdue = il n’était pas RUNNING à sa limite de démarrage et a été tué
why-end-start-overdue-sign = il n’était pas RUNNING à sa limite de démarrage, pour quoi il doit dire qu’il est prêt ({ $sign }), et a été tué
why-end-stop-overdue = on lui a demandé de s’arrêter, il ne l’était pas à sa limite d’arrêt et a été tué
why-end-recycled = il s’est terminé avec le code de sortie { $status }
why-end-shutdown = le gestionnaire a été arrêté
why-end-stopped = il s’est arrêté avec { $code }
why-end-stopped-asked = il s’est arrêté avec { $code }, après une demande d’arrêt
why-end-stopped-with-needed = il s’est arrêté avec { $code }, parce que { $needed }, dont il a besoin, avait échoué (X71)

why-code-success = le code de sortie 0
why-code-error = l’erreur { $code } ({ $text })
why-code-status = le code de sortie { $code }
why-code-signal = { $exit }
why-code-own = son propre code d’erreur { $code } (1066)

## Était-ce un échec ?

why-failure-crashed-stopping = C’est le { $number } échec, malgré la demande d’arrêt : STOPPED n’a jamais été annoncé (R8.2).
why-failure-crashed = C’est le { $number } échec : un processus qui se termine sans annoncer STOPPED a échoué, quel que soit son code de sortie (R1, R2).
why-failure-error-stop = C’est le { $number } échec : les arrêts avec erreur comptent, car les actions pour les arrêts avec erreur sont activées (R3).
why-no-failure-script = Ce n’est pas un échec, bien que le script se soit terminé par une erreur : il a annoncé STOPPED sans erreur ; pour que de telles fins soient récupérées, mettez win32service.errors_are_failures=1 dans le php.ini (R8.4).
why-no-failure-clean = Ce n’est pas un échec : il a annoncé STOPPED sans erreur (R8.4).
why-failure-start-overdue = C’est le { $number } échec : un démarrage qui dépasse sa limite a échoué (X16).
why-no-failure-stop-overdue = Ce n’est pas un échec : on lui avait demandé de s’arrêter (X16).
why-no-failure-status = Ce n’est pas un échec : un programme qui se termine avec le code de sortie 0 a fait son travail (X1).
why-no-failure-background = Ce n’est pas un échec en soi, mais ses autres processus ont été tués : un programme qui passe en arrière-plan ne peut pas être surveillé. Faites-le rester au premier plan, comme nginx -g 'daemon off;', redis-server --daemonize no ou php-fpm --nodaemonize ; dans un script, écrivez exec devant la dernière commande (X1, X63).
why-no-failure-clean-status = Ce n’est pas un échec : il a annoncé STOPPED sans erreur, bien que son processus se soit ensuite terminé avec le code de sortie { $status }. Pour que de telles fins soient récupérées, mettez win32service.errors_are_failures=exit_status dans le php.ini ; ou win32_set_service_exit_mode(false) dans le script, et relance failure NOM --on-error-stop (R8.4).
why-no-failure-connect = Un démarrage qui échoue ne compte pas comme échec et n’est pas retenté. Il est configuré comme service, et doit appeler win32_start_service_ctrl_dispatcher ; une commande qui ne le fait pas est un programme : supprimez { $name } et créez-le avec --kind program (R8.8).
why-no-failure-flag = Ce n’est pas un échec, car les actions pour les arrêts avec erreur sont désactivées ; pour que de tels arrêts soient récupérés : relance failure { $name } --on-error-stop (en PHP : 'recovery_enabled' => true) (R8.5).
why-no-failure-actions = Ce n’est pas un échec, car aucune action de récupération n’est configurée ; pour en configurer : relance failure { $name } --actions restart/1m --reset 1d (R5).
why-no-failure-requested = Ce n’est pas un échec : un programme auquel on a demandé de s’arrêter peut se terminer comme il veut.
why-failure-start = C’est le { $number } échec : les démarrages qui échouent comptent pour ce service (X14).
why-no-failure-start = Un démarrage qui échoue ne compte pas comme échec et n’est pas retenté ; pour que de tels démarrages soient retentés : relance config { $name } --retry-failed-starts (R8.8, R8.9, R35).
why-no-failure-terminated = Ce n’est pas un échec.
why-no-failure-recycled = Ce n’est pas un échec : ce code de sortie demande un redémarrage (redémarrage selon le code de sortie).
why-failure-recycled = C’est le { $number } échec : ce code de sortie demande un redémarrage, et l’a fait plus souvent que sa limite ne le permet (X11).
why-no-failure-final = Rien ne suit ce code de sortie (no-restart-on-exit, X12).
why-no-failure-not-listed = Ce n’est pas un échec : ce code de sortie n’est pas de ceux qui en sont un (fail-on-exit, X13).
why-no-failure-shutdown = Rien de ce qui se termine lors d’un arrêt du gestionnaire n’est un échec (R8.12).
why-no-failure-held = Cela n’a pas compté : { $needed }, dont il a besoin, était arrêté (X70).

## La suite

why-next-now = Prochaine action, maintenant : { $action }, pour le { $number } échec.
why-next = Prochaine action, dans { $time } : { $action }, pour le { $number } échec.
why-next-delayed = Prochaine action, dans { $time } au plus : { $action }, pour le { $number } échec. Elle attend à cause du budget { $budget } (X95).
why-next-command = { $action } (le service reste arrêté, sauf si la commande le démarre : R41)
why-next-no-command = { $action } (aucun n’est configuré, rien ne sera donc exécuté : R43)

why-nothing-configured = Aucune action ne suit, car aucune n’est configurée (R16).
why-nothing-listed = Aucune action ne suit : pour le { $number } échec, la liste dit de ne rien faire, et il reste arrêté (R22, R25).
why-decided-by = La suite est la { $number } action de la règle { $rule } (X84).
why-by-policy = La politique { $policy } dit ce qui suit un échec ; relance policy show { $policy } dit quoi, et qui d’autre l’utilise (X101).
why-gave-up = Il a abandonné : sa limite de redémarrages, { $limit } en { $time }, est atteinte (X83). Il reste arrêté jusqu’à ce qu’on le démarre : relance start { $name }.
why-nothing-refused = L’action prévue ({ $action }) a été refusée ou annulée ; le journal des événements dit laquelle et pourquoi (7032, 1009).
why-nothing-over = L’action prévue ({ $action }) est terminée ; si elle a échoué ou a été annulée, le journal des événements le dit (7032, 1009).

## Le compteur

why-counter-no-actions = Échecs depuis le démarrage du gestionnaire : { $count } ; sans action, le compteur ne repart jamais de zéro (R16).
why-counter-infinite = Échecs depuis le démarrage du gestionnaire : { $count } ; la période de remise à zéro est INFINITE (R15).
why-counter-run = Échecs jusqu’ici : { $count } ; le compteur repart de zéro après une exécution qui dure { $time } (X82).
why-counter-run-over = Le compteur était à { $count } ; cette exécution a duré { $time }, le prochain échec sera de nouveau le premier (X82).
why-counter-zero = La période de remise à zéro est 0 : chaque échec compte comme le premier (R14).
why-counter-over = Le compteur était à { $count } ; la période de remise à zéro est écoulée, le prochain échec sera de nouveau le premier (R13).
why-counter = Échecs jusqu’ici : { $count } ; sans nouvel échec, le compteur repart de zéro dans { $time } (R12).

## Ce qu’ajoute le gestionnaire de Windows

why-windows-never-started = { $name } est arrêté (STOPPED) ; il n’a pas été démarré depuis le démarrage de Windows.
why-windows-clean = { $name } est arrêté (STOPPED) et a annoncé que tout allait bien, ce qui n’est pas un échec (R8.4).
why-windows-crashed = { $name } est arrêté (STOPPED) parce que son processus s’est terminé sans l’annoncer, ce qui est un échec (R1).
why-windows-running = { $name } est { $state }, processus { $process }.
why-windows-counts = { $name } s’est arrêté (STOPPED) avec { $code }, ce qui compte comme échec, car les arrêts avec erreur comptent (R8.5).
why-windows-counts-not = { $name } s’est arrêté (STOPPED) avec { $code }, ce qui ne compte que si les arrêts avec erreur comptent ; relance failure --on-error-stop le règle ainsi (R3).
why-windows-host-waits = { $name } est PAUSED : son programme s’est terminé, et relance host, processus { $process }, va le redémarrer. relance continue { $name } le démarre tout de suite, relance stop { $name } y met fin.
why-windows-host-ended = { $name } s’est arrêté (STOPPED) avec { $code }. relance host récupère son programme et s’est terminé : il ne fera plus rien.
why-windows-host-gave-up = Il a abandonné après trop de redémarrages : relance start { $name } recommence (X83).
why-windows-host-pending = Action dans { $time }, par relance host : { $action }.
why-windows-code-own = son propre code d’erreur { $code }
why-windows-deleted = Il sera supprimé une fois arrêté, quand plus personne ne le tiendra ouvert.
why-windows-pending = Action dans { $time } : { $action } ; Windows ne permet à personne de l’annuler, mais désactiver le service empêche un redémarrage (R31, R33).
why-windows-no-actions = Aucune action de récupération n’est configurée ; relance failure en configure.
why-windows-next = Échecs comptés, selon le journal des événements : { $count } ; le prochain aurait pour réponse : { $action } après { $time }.
why-windows-no-log = Le journal des événements ne peut pas être lu : { $problem }.
