### `relance failures`: what has failed, service by service.

failures-none = Nothing has failed since { $since }.
failures-head = { $services ->
    [one] { $services } service has failed since { $since }:
   *[other] { $services } services have failed since { $since }:
}
failures-service = { $name }: { $count ->
    [one] { $count } failure, { $ago } ago; { $state }
   *[other] { $count } failures, the last { $ago } ago; { $state }
}
failures-now = now { $state }
failures-next = now { $state }, next: { $action } in { $time }
failures-deleted = deleted since
