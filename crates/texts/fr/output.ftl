### Pourquoi ce qu’un service écrit n’est pas conservé comme prévu.

output-not-a-file = { $path } n’est pas un fichier à part entière (un dossier, un lien, un tube, un second nom d’un autre fichier), rien n’y est donc écrit ; supprimez-le
output-folder-unfit = le dossier de { $path } n’est pas utilisé : { $problem }
output-denied = il est impossible d’écrire dans { $path } ({ $error }) ; vérifiez à qui appartiennent ce fichier et son dossier, et leurs droits
output-read-only = il est impossible d’écrire dans { $path } ({ $error }) ; rendez son système de fichiers inscriptible
output-full = il est impossible d’écrire dans { $path } ({ $error }) ; libérez de la place
output-no-descriptor = { $path } ne peut pas être ouvert, car le gestionnaire n’a plus de descripteurs de fichiers ; augmentez sa limite (LimitNOFILE dans l’unité, ulimit -n dans un conteneur) et redémarrez-le, ou arrêtez des services dont vous n’avez pas besoin
output-not-written = il est impossible d’écrire dans { $path } : { $error }
output-not-given = { $path } ne peut pas recevoir le propriétaire, le groupe ou les droits demandés ({ $error }) ; changez log_owner, log_group ou log_mode, ou lancez le démon en tant que root
output-not-watched = son tube ne peut pas être lu ({ $error }), et le service s’arrêtera de travailler quand il sera plein ; redémarrez le service
output-lost = Ce qu’il écrit est perdu : { $problem }.
output-kept-otherwise = Ce qu’il écrit est conservé, mais { $problem }.
