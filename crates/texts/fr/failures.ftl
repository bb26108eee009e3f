### `relance failures` : ce qui a échoué, service par service.

failures-none = Rien n’a échoué depuis { $since }.
failures-head = { $services ->
    [one] { $services } service a échoué depuis { $since } :
   *[other] { $services } services ont échoué depuis { $since } :
}
failures-service = { $name } : { $count ->
    [one] { $count } échec, il y a { $ago } ; { $state }
   *[other] { $count } échecs, le dernier il y a { $ago } ; { $state }
}
failures-now = état actuel { $state }
failures-next = état actuel { $state }, suite : { $action } dans { $time }
failures-deleted = supprimé depuis
