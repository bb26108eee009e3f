### Ce que le système refuse : fichiers, dossiers et programmes.

file-not-read = { $path } ne peut pas être lu : { $reason }
file-not-written = { $path } ne peut pas être écrit : { $reason }
file-not-opened = { $path } ne peut pas être ouvert : { $reason }
file-not-copied = { $path } ne peut pas être copié vers { $target } : { $reason }
file-folder-not-made = le dossier { $path } ne peut pas être créé : { $reason }
file-not-executed = { $path } ne peut pas être exécuté : { $reason }
file-not-in-format = ce qui est écrit ici ne peut pas être lu ; le lecteur de { $format } dit (en anglais) : { $problem }
file-no-own-program = le fichier de ce programme est introuvable : { $reason }
file-input-not-read = l’entrée standard ne peut pas être lue : { $reason }

file-output = la sortie ne peut pas être écrite : { $reason }

## Raisons

file-not-there = il n’existe pas
file-denied = l’accès est refusé
file-is-folder = c’est un dossier
file-not-in-folder = une partie de son chemin n’est pas un dossier
file-there-already = il existe déjà
file-read-only = son système de fichiers est en lecture seule
file-disk-full = le disque est plein
file-not-text = ce n’est pas du texte en UTF-8
file-too-large = il est trop grand
file-not-regular = ce n’est pas un fichier ordinaire, et seul un tel fichier est lu ici, car un tube ou un périphérique pourrait faire attendre son lecteur pour toujours ; mettez-en un à sa place
file-refused = connexion refusée
file-reset = la connexion a été rompue
file-unreachable = aucun chemin ne mène à cette machine
file-no-answer = pas de réponse à temps

## Les clés des fichiers

file-no-key = il n’y a pas de { $key } ici ; utilisez { $keys }
file-key-nearly = il n’y a pas de { $key } ici ; voulez-vous dire { $right } ?
file-key-missing = il manque { $key }
file-not-one-of = « { $value } » n’est pas parmi { $values }
file-form-list = une liste
file-form-flag = true ou false
file-form-number = un nombre entier, 0 ou plus

## Le démon

file-daemon-begins = le démon ne peut pas démarrer : { $reason }
file-guardian-runs = le gardien ne peut pas tourner : { $reason }
file-console-rights = la console ne peut pas renoncer à ses droits : { $reason }
file-console-socket = la console n’a pas de socket : { $reason }
file-console-runs = la console ne peut pas tourner : { $reason }

## Réglages du démon

file-no-settings = il n’y a pas de réglages { $path } ; nommez le fichier avec --config
file-console-port = la console a besoin d’un port à elle ; écrivez son adresse comme 127.0.0.1:7467
file-console-address = « { $text } » n’est pas une adresse pour la console ; écrivez-la comme 127.0.0.1:7467
file-not-a-path = { $path } n’est pas un chemin : { $reason }
file-no-home = ni HOME ni les dossiers XDG ne sont définis ; nommez les dossiers avec --state et --socket
file-no-group = il n’y a pas de groupe { $group } (admin_group dans les réglages) ; créez-le (groupadd), ou nommez-en un autre
