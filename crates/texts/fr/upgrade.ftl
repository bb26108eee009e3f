### relance upgrade

upgrade-takes-over = { $version } prend le relais : { $same } des { $all } services continuent dans le même processus
upgrade-ended = { $name } s’est terminé entre-temps ; relance why { $name } en dit plus
upgrade-process-1 = le gestionnaire est le processus 1 de son conteneur, qui se terminerait avec lui, et sa version ne sait pas remplacer son programme ; démarrez un conteneur de la nouvelle image
upgrade-stays-process-1 = le gestionnaire est le processus 1 de son conteneur, qui se terminerait avec lui ; il ne peut donc pas être terminé puis redémarré ; relance upgrade sans --no-start remplace son programme
upgrade-hand-over = ce programme ne comprend pas la passation { $version } du gestionnaire qui tourne
upgrade-cannot-take-over = { $program } ne peut pas prendre le relais : { $text } ; le gestionnaire reste comme il est
upgrade-not-exchanged = il n’est pas possible de demander au gestionnaire de remplacer son programme ({ $reason }) ; soyez root, ou son utilisateur
upgrade-not-begun = le gestionnaire devait remplacer son programme et n’a pas commencé ; les services continuent : regardez ses messages
upgrade-not-executed = le gestionnaire n’a pas pu exécuter { $program } et continue tel quel ; ses messages disent pourquoi
upgrade-not-found = le processus du gestionnaire est introuvable ; lancez ceci sur la machine et dans le conteneur où il tourne
upgrade-denied = le processus du gestionnaire ne peut pas être examiné ({ $reason }) ; soyez root, ou son utilisateur
upgrade-not-a-daemon = le processus { $pid } n’est pas `relance daemon` ; il est laissé tel quel
upgrade-other-user = le gestionnaire est un processus de l’utilisateur { $owner }, et son programme serait exécuté avec vos droits ; lancez relance upgrade en tant que cet utilisateur
upgrade-not-killed = le gestionnaire ne peut pas être terminé ({ $reason }) ; soyez root, ou son utilisateur
upgrade-no-end = le gestionnaire doit se terminer, mais sa fin ne peut pas être attendue : { $reason }
upgrade-not-started = { $program } ne peut pas être démarré : { $reason } ; les services continuent, démarrez-le avec les options qu’il avait
upgrade-stays = { $problem } ; le gestionnaire reste comme il est
upgrade-no-version = { $program } ne dit pas sa version (« { $text } »)
upgrade-older = { $program } est la version { $version }, plus ancienne que le gestionnaire, qui est { $running } ; elle ne sait peut-être pas lire la base des services : voyez docs/upgrade.md, « Going back »
upgrade-no-answer = aucun gestionnaire ne répond ; les services continuent sans lui : regardez ses messages (journalctl --unit relance), et démarrez-le avec les options qu’il avait
