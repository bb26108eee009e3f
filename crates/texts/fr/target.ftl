### Les destinations des messages : ce qui ne va pas avec le fichier, et pourquoi l’une n’a pas été prévenue. Ceci est gardé en anglais dans la file et le journal, et retrouvé par là.

target-file-at = { $path } : { $problem }
target-file-line = ligne { $line } : ce qui y est écrit ne peut pas être lu ; le lecteur de TOML dit (en anglais) : { $problem }
target-file-owner = il appartient à l’utilisateur { $owner }, qui pourrait le changer ; exécutez : chown { $user } { $path }
target-file-mode = d’autres peuvent le lire ou le changer, et il contient des secrets ; exécutez : chmod 600 { $path }
target-file-writable = d’autres peuvent le changer ; exécutez : chmod go-w { $path }
target-in-section = { $section } : { $problem }
target-no-table = [{ $section }] n’est pas une table ; écrivez [{ $section }] sur une ligne à elle
target-flapping = flapping est un nombre de 0 à 100
target-too-many-targets = il y a au plus { $most } destinations
target-timeout = timeout vaut au plus 5m, et pas 0
target-keep = keep dit combien de temps un message est essayé, et n’est pas 0 ; sans keep : 24h
target-token = token est une seule ligne de lettres, de chiffres et de signes
target-language = language est en ou fr
target-command-path = command est une liste qui commence par le chemin complet d’un programme
target-account = account vaut « manager » ou « service » : au nom de qui la commande s’exécute
target-no-authority = { $key } : { $path } n’a pas de certificat d’une autorité ; c’est un fichier PEM, avec des lignes comme -----BEGIN CERTIFICATE-----
target-journal = journal vaut true ou est omis
target-one-way = il lui faut un seul moyen : { $ways }
target-not-web = { $key } n’est pas une adresse complète comme https://hôte/chemin
target-no-sender = il manque from : l’adresse de l’expéditeur
target-addresses = mail et from sont des adresses comme ops@example.org
target-server = server est une adresse comme smtps://mail.example.org ou smtp://mail.example.org:587
target-password = user et password vont ensemble
target-text = { $key } est un texte
target-texts = { $key } est un texte ou une liste de textes
target-secret-file = { $key } : { $path } : { $reason }
target-either = écrivez soit { $key }, soit { $file }
target-time = { $key } est une durée comme 10s, 5m ou 1h
target-unknown-key = il n’y a pas de clé { $key } ; docs/notify.md donne la liste de celles qu’il y a

## Une destination qui n’a pas été prévenue

target-only-linux = ce moyen de prévenir n’existe que sous Linux
target-not-reached = elle ne peut pas être jointe : { $reason }
target-no-host = aucune machine n’est connue sous ce nom
target-certificate = son certificat n’est pas accepté : { $reason }
target-elsewhere = elle a répondu { $status } et renvoie ailleurs, ce qui n’est pas suivi ; mettez la bonne adresse dans le fichier
target-answered = elle a répondu { $status }
target-answered-text = elle a répondu { $status } : { $text }
target-send-account = il s’exécute sous le compte du service, que seul le gestionnaire connaît ; relance notify test l’essaie
target-program = { $program } n’a pas pu être exécuté : { $reason }
target-program-slow = { $program } a duré plus de { $time } et a été tué
target-program-failed = { $program } s’est terminé par { $status }
target-no-program = aucun programme n’est nommé
target-mail = le courriel n’a pas été accepté : { $reason }
target-no-journal = il est impossible d’écrire dans { $path } : { $reason }
target-too-many-waited = trop de messages attendaient
target-too-old = il était trop ancien
