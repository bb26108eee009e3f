### Pourquoi le gestionnaire a mis fin à une exécution, ou a trouvé qu’elle ne va pas bien. Gardé en anglais dans les enregistrements et le journal, et retrouvé par là.

cause-one-process = 1 processus
cause-processes = { $count } processus
cause-kernel-killed = le noyau a tué { $count } de ses processus
cause-no-heartbeat = aucun signe de vie pendant { $time }
cause-said-so = il l’a dit lui-même (WATCHDOG=trigger)

## Sondes

cause-probe = { $probe } : { $problem }
cause-probe-failed = { $probe } a échoué { $times } fois de suite : { $problem }
cause-no-answer = la connexion a été fermée sans réponse
cause-not-http = sa réponse n’est pas du HTTP
cause-status = statut { $status }
cause-lacks-text = le texte manque dans sa réponse
