### Ce que le gestionnaire de services de Windows ne fait pas, et ce qu’il faut faire à la place.

windows-access-denied = l’accès est refusé ; faites-le en tant qu’administrateur, ou demandez-lui ce droit
windows-connected-before = ce processus a déjà été connecté au gestionnaire de services ; un processus ne peut être un service qu’une fois : démarrez-en un autre
windows-console = il n’y a pas de console { $service }, ou elle n’a jamais tourné ; relance console install la crée et la démarre
windows-dependents = d’autres services ont besoin de { $name } ; arrêtez d’abord : { $names }
windows-no-account = il n’y a pas de compte « { $who } » ; créez-le, ou indiquez-en un autre
windows-event-id = { $id } n’est pas un numéro d’entrée du journal de Windows ; utilisez de 0 à { $most }
windows-no-output = { $name } n’a encore rien écrit, ou est un service autonome : seule la sortie des programmes que relance host tient est conservée
windows-output-unreadable = la sortie ne peut pas être lue : { $error }
windows-output-elsewhere = la sortie de { $name } se trouve sur { $machine } ; lisez-la là-bas
windows-usage-elsewhere = ce que consomment les processus de { $machine } n’est connu que là-bas
windows-state = le gestionnaire de services annonce l’état { $state }, qui n’existe pas
windows-terminate = Windows ne peut pas terminer { $name } de force sans le compter comme un échec ; taskkill /f /pid avec son processus le termine, et ses actions de récupération suivent
windows-cancel = Windows ne laisse personne annuler une action de récupération en attente ; relance disable { $name } empêche un redémarrage (R31)
windows-entries-here = on n’écrit des entrées que dans le journal de cette machine
windows-output-mode = relance host écrit la sortie dans un fichier, ou la jette : --output { $output } est pour Linux
windows-host-sees-no = relance host voit les codes de sortie, les plantages et les démarrages échoués, mais rien de la cause { $cause } ; omettez la règle
windows-host-no-reboot = relance host ne redémarre pas la machine ; retirez reboot des actions et des règles, ou omettez ce que le gestionnaire de Windows ne sait pas faire lui-même
windows-own-affair = le dossier de travail, la sortie, les processeurs et le délai d’arrêt d’un service ne regardent que lui sous Windows ; créez-le comme programme, que relance host tient
windows-read-output = Windows n’a pas de droit de lire la sortie ; son dossier dit qui peut la lire
