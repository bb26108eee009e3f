# Named policies, as relance policy shows them.
policy-column-name = POLICY
policy-column-actions = ACTIONS
policy-column-beyond = BEYOND WINDOWS
policy-column-services = SERVICES
policy-no-policies = There are no policies. Make one with: relance policy set NAME --actions LIST
policy-used-by = used by
policy-nobody = no service yet; relance policy use { $policy } NAME… gives it to services
policy-nothing-to-set = no setting is given for { $policy }; give some, like --actions restart/1m, or --like SERVICE
policy-done-created = The policy { $policy } was made.
policy-done-changed = The policy { $policy } was changed. Services that use it: { $count }.
policy-done-unchanged = The policy { $policy } has these settings already.
policy-done-deleted = The policy { $policy } was deleted.
policy-would-create = The policy { $policy } would be made.
policy-would-change = The policy { $policy } would be changed. Services that use it: { $count }.
policy-next-changes = { $service } (failures now: { $count }): the next failure is followed by { $after }, no longer by { $before }
policy-next-stays = { $service } (failures now: { $count }): the next failure is followed by { $after }, as before
policy-nothing-follows = nothing
policy-not-in-files = { $service } uses the policy { $policy }, which the files do not describe; describe it there, below [policies.{ $policy }]: relance export writes those of a manager
policy-given = { $count ->
    [one] The policy { $policy } is used by { $names } now.
   *[other] The policy { $policy } is used by { $names } now ({ $count }).
}
policy-used-already = The policy { $policy } was used by { $names } already.
