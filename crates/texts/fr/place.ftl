### Pourquoi le démon n’utilise pas un dossier, un socket ou un fichier.

# $what est ce que le démon voulait en faire.
place-cannot = { $path } ne peut pas être { $what ->
    [read] lu
    [made] créé
    [opened] ouvert
    [found] trouvé
    [followed] suivi comme lien
    [removed] supprimé
    [closed] fermé aux autres
    [written] écrit
   *[looked-at] examiné
} : { $reason }
place-advice-read-only = { $problem } ; rendez son système de fichiers inscriptible, ou nommez un autre endroit
place-advice-full = { $problem } ; faites de la place
place-advice-denied = { $problem } ; vérifiez à qui appartient le dossier, et son mode

# Où mène un chemin.
place-state-folder = le dossier d’état
place-log-folder = le dossier des journaux
place-log-file = le fichier journal
place-settings = les réglages
place-socket = le socket
place-program = le programme
place-script = le script

place-user = l’utilisateur { $uid }
place-ancestor-owner = le dossier { $folder }, sur le chemin vers { $to }, appartient à { $owner }, qui peut y mettre autre chose ; donnez-le à root (chown root { $folder }), ou nommez un autre endroit
place-ancestor-mode = d’autres peuvent écrire dans le dossier { $folder }, sur le chemin vers { $to } (mode { $mode }), et donc y mettre autre chose ; fermez-le (chmod go-w { $folder }), ou nommez un autre endroit
place-ancestor-shared = chacun peut mettre quelque chose dans le dossier { $folder } sur le chemin vers { $to }, où cela peut être cherché ; copiez-le dans un dossier à vous
place-link-open = { $path }, sur le chemin vers { $to }, est un lien dans un dossier où d’autres peuvent écrire ; nommez plutôt le dossier où il doit mener
place-not-a-folder = { $path }, sur le chemin vers { $to }, n’est pas un dossier ; déplacez-le, ou nommez un autre endroit
place-state-owner = le dossier d’état { $folder } appartient à { $owner }, et le démon tourne comme { $own } ; donnez-le à cet utilisateur (chown { $own } { $folder }), ou nommez-en un autre avec --state
place-state-read = d’autres peuvent lire le dossier d’état { $folder } (mode { $mode }), où sont les services et leurs environnements ; fermez-le : chmod 700 { $folder }
place-state-written = d’autres peuvent écrire dans le dossier d’état { $folder } (mode { $mode }), où sont les services et leurs environnements ; fermez-le : chmod 700 { $folder }
place-entry-link = { $file } est un lien, et le démon n’en suit aucun dans son dossier d’état ; voyez d’où il vient, et supprimez-le : rm { $file }
place-entry-owner = { $file } appartient à { $owner }, non au démon ; voyez d’où il vient, et supprimez-le : rm { $file }
place-entry-second-name = { $file } a un second nom ailleurs, par lequel d’autres peuvent l’atteindre ; voyez d’où il vient, et supprimez-le : rm { $file }
place-entry-mode = d’autres peuvent écrire dans { $file } (mode { $mode }) ; fermez-le : chmod go-rwx { $file }
place-file-kind = { $file } n’est pas un fichier ordinaire ({ $what })
place-file-owner = { $file } appartient à { $owner } ({ $what }) ; donnez-le à root : chown root { $file }
place-file-mode = d’autres peuvent écrire dans { $file } ({ $what }, mode { $mode }) ; fermez-le : chmod go-w { $file }
place-not-a-lock = { $file } n’est pas le verrou d’un démon de cet utilisateur ; voyez d’où il vient et supprimez-le, ou nommez un autre socket avec --socket
place-logs-mode = tout le monde peut écrire dans le dossier des journaux { $folder } (mode { $mode }) ; fermez-le : chmod o-w { $folder }
place-output-folder-mode = tout le monde peut écrire dans le dossier { $folder }, un fichier journal n’y serait donc pas en sûreté ; nommez un dossier qui lui soit propre
place-no-socket = { $path } ne peut pas être un socket ; nommez un fichier avec --socket
place-served = un autre démon (processus { $pid }) sert { $path } ; arrêtez-le, ou nommez un autre socket avec --socket
place-served-silent = un autre démon sert { $path } et ne répond à personne ; arrêtez-le, ou nommez un autre socket avec --socket
place-is-used = un autre démon (processus { $pid }) utilise { $path } ; arrêtez-le, ou nommez un autre dossier avec --state
place-in-the-way = { $path } est { $what ->
    [file] un fichier
    [folder] un dossier
    [link] un lien
   *[other] autre chose qu’un socket
}, et seul le socket d’un démon qui s’est terminé est remplacé ; déplacez-le, ou nommez un autre socket avec --socket
place-socket-in-use = { $path } est un socket déjà utilisé, ou interdit à cet utilisateur ({ $reason }) ; nommez-en un autre avec --socket
