## Fichiers de services : ce qui ne va pas dans l’un d’eux

apply-at = { $place } : { $problem }
apply-several = { $problems }
apply-refused = { $count } problèmes ; rien n’a été changé
apply-includes-itself = { $chain } : les fichiers s’incluent en cercle ; retirez l’une de ces inclusions
apply-includes-too-deep = { $path } est inclus par plus de { $most } fichiers d’affilée ; incluez-le plus près du premier
apply-included-differently = { $path } est inclus ici et à { $first }, et ${"{"}{ $name }{"}"} n’y représente pas la même chose ; donnez une seule valeur à { $name }, ou décrivez les services dans deux fichiers
apply-include = include est un fichier, un dossier ou un motif comme "conf.d/*.toml", ou une liste de ceux-ci
apply-file-key = un fichier n’a pas de clé { $key } ; il a service, policies, include et variables, et les réglages se placent sous [[service]]
apply-not-a-file = un service, une liste de services ou {"{"}"service": [...]{"}"} est attendu
apply-policies = policies est une table de politiques : sous [policies.NOM] se trouvent recovery.RÉGLAGE et extensions.RÉGLAGE comme dans un service
apply-beside-policy = { $name } utilise la politique { $policy } et dit autre chose de ce qui suit un échec ; écrivez-le dans [policies.{ $policy }], ou retirez policy de { $name }
apply-services = service est une liste : écrivez [[service]] au-dessus de chacun
apply-not-a-service = un service est une table de réglages avec name et command_line
apply-twice = { $name } est décrit ici et à { $first } ; retirez l’un des deux
apply-variables = variables est une table : NOM = "valeur", une ligne pour chacune
apply-no-variable-name = { $name } ne peut pas être le nom d’une variable ; utilisez des lettres, des chiffres et _
apply-variable-value = un texte, {"{"} file = "CHEMIN" {"}"} ou {"{"} env = "NOM" {"}"} est attendu ; les deux derniers acceptent default = "texte"
apply-not-in-environment = l’environnement n’a pas de variable { $name } ; définissez-la, ou ajoutez default = "texte"
apply-set-unused = --set { $name } : aucun fichier n’a ${"{"}{ $name }{"}"}
apply-prune-all = les fichiers ne décrivent aucun service, --prune supprimerait donc tous ceux qui correspondent ; pour supprimer des services tapez relance delete
apply-no-set = « { $text } » n’est pas de la forme NOM=VALEUR
apply-name-is-text = name est un texte
apply-name-missing = un service n’a pas de nom ; ajoutez name = "NOM"
apply-command-missing = il n’y a pas de commande ; ajoutez command = ["PROGRAMME", "ARGUMENT"] ou command_line = "PROGRAMME ARGUMENT"
apply-command-is-a-list = command est la commande mot par mot, comme ["php", "/srv/worker.php"] ; une commande en un seul texte est command_line
apply-two-commands = command et command_line disent la même chose ; gardez l’un des deux
apply-not-a-table = { $key } est une table : écrivez { $key }.RÉGLAGE = VALEUR
apply-key-elsewhere = { $key } ne se place pas ici ; écrivez { $right }
apply-key-nearly = il n’y a pas de { $key } ; voulez-vous dire { $right } ?
apply-key-twice = { $key } figure ici deux fois ; retirez l’un des deux
apply-key-unknown = il n’y a pas de réglage { $key } ; docs/service-settings.md donne la liste de ceux qui existent
apply-action-is-a-table = une action est {"{"} kind = "restart", delay_ms = 1000 {"}"} ; toutes peuvent aussi être un seul texte comme "restart/1s/none/0"
apply-not-yaml = c’est du YAML ; écrivez-le en TOML ou en JSON (docs/config-as-code.md). Un fichier de docker compose est lu par relance import
apply-environment = une variable d’environnement est un texte ou un nombre

## Ce que fait apply

apply-would-create = serait créé
apply-would-change = serait changé
apply-would-delete = serait supprimé
apply-unchanged = inchangé
apply-kept = conservé
apply-plan = Rien n’a été changé. À faire : { $created } à créer, { $changed } à changer, { $deleted } à supprimer ; { $unchanged } sans changement.
apply-done = Créés : { $created }, changés : { $changed }, supprimés : { $deleted }, inchangés : { $unchanged }.
apply-policy = politique { $policy }
apply-change = { $label } : { $before } → { $after }
apply-nothing = non défini
apply-kind = Sorte
apply-hidden = (non affiché)
apply-run-on = { $count ->
    [one] { $names } continue tel qu’il a été démarré ; apply --restart-changed redémarre ce qui a changé, ou : relance restart { $names }
   *[other] { $names } continuent tels qu’ils ont été démarrés ; apply --restart-changed redémarre ce qui a changé, ou : relance restart { $names }
}
apply-surplus-of-count = { $surplus ->
    [one] { $names } reste, bien que les fichiers veuillent { $count } instances de { $template } : ce qu’aucun fichier ne décrit n’est pas supprimé ; pour l’arrêter et le supprimer : relance scale { $template } { $count }, ou apply --prune { $template }
   *[other] { $names } restent, bien que les fichiers veuillent { $count } instances de { $template } : ce qu’aucun fichier ne décrit n’est pas supprimé ; pour les arrêter et les supprimer : relance scale { $template } { $count }, ou apply --prune { $template }
}
apply-surplus-of-list = { $surplus ->
    [one] { $names } reste, bien que les fichiers ne le nomment pas parmi les instances de { $template } : ce qu’aucun fichier ne décrit n’est pas supprimé ; pour l’arrêter et le supprimer : apply --prune { $template }
   *[other] { $names } restent, bien que les fichiers ne les nomment pas parmi les instances de { $template } : ce qu’aucun fichier ne décrit n’est pas supprimé ; pour les arrêter et les supprimer : apply --prune { $template }
}
apply-delete-question = Supprimer { $names } ? [o/N]
apply-delete-needs-yes = { $names } serait supprimé ; ajoutez --yes pour supprimer, ou --dry-run pour voir seulement le plan. Rien n’a été changé
apply-not-deleted = rien n’a été changé

## Ce que Windows fait d’un fichier

apply-for-windows = { $service } : { $refused ->
    [0] Windows prend tout
    [one] Windows refuse un réglage
   *[other] Windows refuse { $refused } réglages
}
apply-for-kept = gardés : { $settings }
apply-for-host = par relance host : { $settings }
apply-for-refused = refusé : { $setting } = { $value } : { $reason }
apply-for-policy = avec les réglages de la politique { $policy }, qui y sont copiés
apply-for-policy-not-in-files = Windows ne garde pas de politiques, et les fichiers ne décrivent pas { $policy } : ajoutez [policies.{ $policy }], et ses réglages sont copiés dans le service
apply-for-host-recovers = relance host décide de ce qui suit un échec, comme sous Linux : Windows montre le service PAUSED tant qu’un redémarrage attend, et les actions de Windows ne suivent que la fin de relance host lui-même ; un démarrage échoué n’est réessayé que si le fichier dit retry_failed_starts = true
apply-for-actions = ce qui suit les échecs, en liste que Windows prend : --actions { $actions }

## export et edit

apply-exported = Écrit par relance export : relance apply -f FICHIER ne change rien tant que les services restent tels quels.
apply-hidden-environment = { $names } : les valeurs de l’environnement ne vous sont pas montrées, donc le fichier n’en a pas ; demandez l’export à un administrateur
apply-edit-head = { $name } : modifiez, enregistrez et quittez l’éditeur ; ce qui diffère est appliqué. Quittez sans modification pour ne rien faire.
apply-edit-defaults = Réglages à leur valeur par défaut. Retirez le # pour en changer un.
apply-edit-unchanged = rien n’a été changé
apply-edit-renamed = le texte décrit { $found } au lieu de { $wanted } ; relance create crée un service, relance delete en supprime un
apply-edit-conflict = quelqu’un a changé { $names } entre-temps ; rien n’a été appliqué
apply-edit-overtaken = c’est appliqué, mais quelqu’un a changé { $path } entre-temps : le fichier a été laissé tel quel
apply-edit-kept = ce que vous avez écrit est dans { $path } ; pour réessayer : relance apply -f { $path }
apply-edit-again = Modifier encore ? [O/n]
apply-edit-nowhere = aucun fichier sous { $path } ne décrit { $name } ; sans --file, le service lui-même est modifié
apply-edit-editor = l’éditeur { $editor } s’est terminé avec { $status } ; rien n’a été changé
apply-edit-failed = l’éditeur { $editor } ne peut pas être lancé : { $why } ; définissez VISUAL ou EDITOR
