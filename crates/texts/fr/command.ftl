### Les mots de la ligne de commande, à côté de ce que dit le gestionnaire.

command-error = erreur
