### Ce que dit relance sc, avec les verbes de sc.exe.

sc-other-machine = relance sc interroge le gestionnaire de cette machine ; sur { $server } lancez-le là-bas
sc-no-verb = { $verb } n’est pas un verbe que relance connaît ; la liste ci-dessus les donne
sc-of-windows = { $verb } concerne ce que seuls les services de Windows ont ; il n’y a rien à faire ici
sc-name-missing = dites quel service : relance sc { $verb } NOM
sc-option-missing = dites quoi régler : relance sc { $verb } NOM OPTION= VALEUR
sc-no-option = { $word } n’est pas une option ; écrivez NOM= VALEUR, comme start= auto
sc-no-value = { $name }= n’a pas de valeur ; écrivez-en une derrière
sc-unknown-option = { $name }= n’est pas une option de ce verbe ; relance sc les liste
sc-no-control = { $word } n’est pas une commande ; utilisez paramchange, ou un nombre de 128 à 255
sc-no-type = { $word } n’est pas un type que relance connaît ; utilisez own, interact, ou program pour un programme qui ne parle pas au gestionnaire
sc-bin-path-missing = dites quoi exécuter : binPath= "PROGRAMME ARGUMENTS"
sc-reset-with-actions = reset= et actions= vont ensemble ; donnez les deux
sc-flag-is-0-or-1 = l’indicateur vaut 0 ou 1
sc-sddl-missing = donnez le descripteur en SDDL ; relance sc sdshow NOM affiche l’actuel
