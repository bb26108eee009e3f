### relance upgrade

upgrade-takes-over = { $version } prend le relais : { $same } des { $all } services continuent dans le même processus
upgrade-ended = { $name } s’est terminé entre-temps ; relance why { $name } en dit plus
upgrade-process-1 = le gestionnaire est le processus 1, dont la fin est celle de son conteneur ; démarrez un conteneur de la nouvelle image
upgrade-not-found = le processus du gestionnaire est introuvable ; lancez ceci sur la machine et dans le conteneur où il tourne
upgrade-denied = le processus du gestionnaire ne peut pas être examiné ({ $reason }) ; soyez root, ou son utilisateur
upgrade-not-a-daemon = le processus { $pid } n’est pas `relance daemon` ; il est laissé tel quel
upgrade-not-killed = le gestionnaire ne peut pas être terminé ({ $reason }) ; soyez root, ou son utilisateur
upgrade-no-end = le gestionnaire doit se terminer, mais sa fin ne peut pas être attendue : { $reason }
upgrade-not-started = { $program } ne peut pas être démarré : { $reason } ; les services continuent, démarrez-le avec les options qu’il avait
upgrade-stays = { $problem } ; le gestionnaire reste comme il est
upgrade-no-version = { $program } ne dit pas sa version (« { $text } »)
upgrade-older = { $program } est la version { $version }, plus ancienne que le gestionnaire, qui est { $running } ; elle ne sait peut-être pas lire la base des services : voyez docs/upgrade.md, « Going back »
upgrade-no-answer = aucun gestionnaire ne répond ; les services continuent sans lui : regardez ses messages (journalctl --unit relance), et démarrez-le avec les options qu’il avait
