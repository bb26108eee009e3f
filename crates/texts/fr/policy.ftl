# Les politiques nommées, telles que relance policy les montre.
policy-column-name = POLITIQUE
policy-column-actions = ACTIONS
policy-column-beyond = AU-DELÀ DE WINDOWS
policy-column-services = SERVICES
policy-no-policies = Il n’y a pas de politiques. Pour en créer une : relance policy set NOM --actions LISTE
policy-used-by = utilisée par
policy-nobody = aucun service encore ; relance policy use { $policy } NOM… la donne à des services
policy-nothing-to-set = aucun réglage n’est donné pour { $policy } ; donnez-en, comme --actions restart/1m, ou --like SERVICE
policy-done-created = La politique { $policy } a été créée.
policy-done-changed = La politique { $policy } a été changée. Services qui l’utilisent : { $count }.
policy-done-unchanged = La politique { $policy } a déjà ces réglages.
policy-done-deleted = La politique { $policy } a été supprimée.
policy-would-create = La politique { $policy } serait créée.
policy-would-change = La politique { $policy } serait changée. Services qui l’utilisent : { $count }.
policy-next-changes = { $service } (échecs actuels : { $count }) : le prochain échec est suivi de { $after }, et non plus de { $before }
policy-next-stays = { $service } (échecs actuels : { $count }) : le prochain échec est suivi de { $after }, comme avant
policy-nothing-follows = rien
policy-not-in-files = { $service } utilise la politique { $policy }, que les fichiers ne décrivent pas ; décrivez-la là, sous [policies.{ $policy }] : relance export écrit celles d’un gestionnaire
policy-given = { $count ->
    [one] La politique { $policy } est utilisée par { $names } maintenant.
   *[other] La politique { $policy } est utilisée par { $names } maintenant ({ $count }).
}
policy-used-already = La politique { $policy } était déjà utilisée par { $names }.
