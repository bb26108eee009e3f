### Une ligne de commande qui ne peut pas être lue.

misuse-usage = utilisation : { $usage }
misuse-help = --help en dit plus
misuse-option = il n’y a pas d’option { $option }
misuse-word = « { $word } » est un mot de trop
misuse-word-option = { $problem } ; écrivez { $option } devant
misuse-word-instead = { $problem } ; écrivez { $instead }
misuse-option-of = { $problem } ici ; elle est de { $commands }
misuse-option-instead = { $problem } ici ; écrivez { $command }
misuse-command = il n’y a pas de commande « { $word } »
misuse-similar = { $problem } ; vouliez-vous dire { $names } ?
misuse-as-value = { $problem } ; écrivez -- devant si ce n’est pas une option
misuse-command-missing = dites ce qu’il faut faire : { $commands }
misuse-argument-missing = il manque { $arguments }
misuse-no-value = { $option } demande une valeur
misuse-no-value-of = { $option } demande une valeur : { $values }
misuse-equals = écrivez la valeur de { $option } après un signe égal
misuse-value = { $option } : { $problem }
misuse-not-one-of = « { $value } » n’est pas parmi { $values }
misuse-not-a-number = « { $value } » n’est pas un nombre entier
misuse-out-of-range = « { $value } » n’est pas un nombre de { $least } à { $most }
misuse-beyond = « { $value } » est un nombre trop grand
misuse-not-a-value = « { $value } » n’en est pas une valeur
misuse-too-many-values = « { $value } » est une valeur de trop pour { $option }
misuse-values-count = { $option } prend { $expected ->
    [one] { $expected } valeur
   *[other] { $expected } valeurs
}, et { $actual ->
    [one] { $actual } a été donnée
   *[other] { $actual } ont été données
}
misuse-twice = { $option } ne peut être donnée qu’une fois
misuse-conflict = { $option } ne va pas avec { $others } ; omettez l’une des deux
misuse-conflict-unnamed = { $option } ne va pas avec une des autres
misuse-not-utf8 = un argument n’est pas de l’UTF-8 valide
misuse-unreadable = la ligne de commande ne peut pas être lue
