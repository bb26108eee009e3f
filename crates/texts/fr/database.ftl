### Pourquoi la base des services ne peut pas être ouverte, pour les clients et les diagnostics du démon.

database-damaged = la base des services est abîmée ({ $error }) et a été mise de côté sous le nom { $aside } ; rétablissez une sauvegarde avec `relance restore FICHIER`, ou sauvez ce qui peut être lu avec `sqlite3 { $aside } .recover | sqlite3 NOUVELLE` et rétablissez NOUVELLE
database-put-aside = il n’y a pas de base des services : une base abîmée a été mise de côté sous le nom { $aside } ; rétablissez une sauvegarde avec `relance restore FICHIER`, ou sauvez ce qui peut être lu avec `sqlite3 { $aside } .recover | sqlite3 NOUVELLE` et rétablissez NOUVELLE, ou déplacez le dossier d’état pour commencer sans services
database-missing = la base des services { $path } manque, et ce n’est pas le premier démarrage ; remettez-la, ou rétablissez une sauvegarde avec `relance restore FICHIER`, ou déplacez le dossier d’état pour commencer sans services
database-replaced = { $path } n’est pas la base des services de ce dossier d’état mais une autre ; remettez la bonne, ou prenez celle-ci telle quelle avec `relance restore`
database-other-folder = { $folder } est devenu un autre dossier d’état pendant que le démon tournait ; remettez le bon, ou arrêtez et redémarrez le démon pour utiliser celui-ci
database-not-a-file = { $path } n’est pas un fichier mais un lien ou un dossier, que le démon ne suit pas ; mettez la base des services à sa place, ou rétablissez une sauvegarde avec `relance restore FICHIER`
database-too-new = la base des services a le format { $version } d’une version plus récente de Relance ; installez cette version, ou rétablissez une sauvegarde plus ancienne avec `relance restore FICHIER`
database-format = { $path } a le numéro de format { $version } (user_version), qu’aucune version de Relance n’a écrit : autre chose a modifié le fichier ; rétablissez une sauvegarde avec `relance restore FICHIER`
database-incomplete = il manque à { $path } la table { $table } : autre chose a modifié le fichier ; rétablissez une sauvegarde avec `relance restore FICHIER`
database-io = la base des services ne peut pas être ouverte : { $error }
database-other = la base des services ne peut pas être ouverte : { $error } ; vérifiez les droits et la place du dossier d’état
database-row = la colonne { $place } du service numéro { $number } n’est pas valide ({ $reason }) ; rétablissez une sauvegarde avec `relance restore FICHIER`, ou corrigez la valeur avec sqlite3 pendant que le démon est arrêté
