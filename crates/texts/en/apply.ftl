## Files of services: what is wrong with one

apply-at = { $place }: { $problem }
apply-several = { $problems }
apply-refused = { $count } problems; nothing was changed
apply-includes-itself = { $chain }: the files include each other in a circle; take one of these includes out
apply-includes-too-deep = { $path } is included by more than { $most } files in a row; include it nearer to the first
apply-included-differently = { $path } is included here and at { $first }, and ${"{"}{ $name }{"}"} does not stand for the same there; give { $name } one value, or describe the services in two files
apply-include = include is a file, a folder or a pattern like "conf.d/*.toml", or a list of these
apply-file-key = a file has no key { $key }; it has service, policies, include and variables, and settings stand below [[service]]
apply-not-a-file = expected one service, a list of services, or {"{"}"service": [...]{"}"}
apply-policies = policies is a table of policies: below [policies.NAME] stand recovery.SETTING and extensions.SETTING as in a service
apply-beside-policy = { $name } uses the policy { $policy } and says something else about what follows a failure; write it in [policies.{ $policy }], or take policy out of { $name }
apply-services = service is a list: write [[service]] above each
apply-not-a-service = a service is a table of settings with name and command_line
apply-twice = { $name } is described here and at { $first }; take one of the two out
apply-variables = variables is a table: NAME = "value" on a line each
apply-no-variable-name = { $name } cannot be the name of a variable; use letters, digits and _
apply-variable-value = expected a text, {"{"} file = "PATH" {"}"}, or {"{"} env = "NAME" {"}"}; both may have a default = "text"
apply-not-in-environment = the environment has no variable { $name }; set it, or add default = "text"
apply-set-unused = --set { $name }: no file has ${"{"}{ $name }{"}"}
apply-prune-all = the files describe no service, so --prune would delete all that match; to delete services type relance delete
apply-no-set = "{ $text }" is not NAME=VALUE
apply-name-is-text = name must be a text
apply-name-missing = a service has no name; add name = "NAME"
apply-command-missing = there is no command; add command = ["PROGRAM", "ARGUMENT"] or command_line = "PROGRAM ARGUMENT"
apply-command-is-a-list = command is the command word by word, like ["php", "/srv/worker.php"]; a command in one text is command_line
apply-two-commands = command and command_line say the same; keep one of the two
apply-not-a-table = { $key } is a table: write { $key }.SETTING = VALUE
apply-key-elsewhere = { $key } does not stand here; write { $right }
apply-key-nearly = there is no { $key }; do you mean { $right }?
apply-key-twice = { $key } stands here twice; take one of the two out
apply-key-unknown = there is no setting { $key }; docs/service-settings.md lists those there are
apply-action-is-a-table = an action is {"{"} kind = "restart", delay_ms = 1000 {"}"}; all of them may also be one text like "restart/1s/none/0"
apply-not-yaml = this is YAML; write it as TOML or JSON (docs/config-as-code.md). A file of docker compose is read by relance import
apply-environment = a variable of the environment is a text or a number

## What apply does

apply-would-create = would create
apply-would-change = would change
apply-would-delete = would delete
apply-unchanged = unchanged
apply-kept = kept
apply-plan = Nothing was changed. To do: { $created } to create, { $changed } to change, { $deleted } to delete; { $unchanged } unchanged.
apply-done = { $created } created, { $changed } changed, { $deleted } deleted, { $unchanged } unchanged.
apply-policy = policy { $policy }
apply-change = { $label }: { $before } → { $after }
apply-nothing = not set
apply-kind = Kind
apply-hidden = (not shown)
apply-run-on = { $count ->
    [one] { $names } runs on as it was started; apply --restart-changed restarts what has changed, or: relance restart { $names }
   *[other] { $names } run on as they were started; apply --restart-changed restarts what has changed, or: relance restart { $names }
}
apply-surplus-of-count = { $surplus ->
    [one] { $names } stays, although the files want { $count } of { $template }: what no file describes is not deleted; to stop and delete it: relance scale { $template } { $count }, or apply --prune { $template }
   *[other] { $names } stay, although the files want { $count } of { $template }: what no file describes is not deleted; to stop and delete them: relance scale { $template } { $count }, or apply --prune { $template }
}
apply-surplus-of-list = { $surplus ->
    [one] { $names } stays, although the files do not name it among the instances of { $template }: what no file describes is not deleted; to stop and delete it: apply --prune { $template }
   *[other] { $names } stay, although the files do not name them among the instances of { $template }: what no file describes is not deleted; to stop and delete them: apply --prune { $template }
}
apply-delete-question = Delete { $names }? [y/N]
apply-delete-needs-yes = { $names } would be deleted; add --yes to delete, or --dry-run to see the plan only. Nothing was changed
apply-not-deleted = nothing was changed

## What Windows makes of a file

apply-for-windows = { $service }: { $refused ->
    [0] Windows takes all of it
    [one] Windows refuses one setting
   *[other] Windows refuses { $refused } settings
}
apply-for-kept = kept: { $settings }
apply-for-host = by relance host: { $settings }
apply-for-refused = refused: { $setting } = { $value }: { $reason }
apply-for-policy = with the settings of the policy { $policy }, which are copied into it
apply-for-policy-not-in-files = Windows keeps no policies, and the files do not describe { $policy }: add [policies.{ $policy }], and its settings are copied into the service
apply-for-host-recovers = relance host decides what follows a failure, as on Linux: Windows shows the service as PAUSED while a restart waits, and Windows' own actions follow only the end of relance host itself; a start that fails is tried again only where the file says retry_failed_starts = true
apply-for-actions = what follows failures, as a list that Windows takes: --actions { $actions }

## export and edit

apply-exported = Written by relance export: relance apply -f FILE changes nothing while services are as they are now.
apply-hidden-environment = { $names }: the values of the environment are not shown to you, so the file has none; ask an administrator to export
apply-edit-head = { $name }: change, save and leave the editor; what differs is applied. Leave without a change to do nothing.
apply-edit-defaults = Settings that have their defaults. Take the # away to change one.
apply-edit-unchanged = nothing was changed
apply-edit-renamed = the text describes { $found } instead of { $wanted }; relance create makes a service, relance delete deletes one
apply-edit-conflict = somebody changed { $names } meanwhile; nothing was applied
apply-edit-overtaken = it is applied, but somebody changed { $path } meanwhile, so the file was left as it is
apply-edit-kept = what you wrote is in { $path }; to try again: relance apply -f { $path }
apply-edit-again = Edit again? [Y/n]
apply-edit-nowhere = no file below { $path } describes { $name }; without --file the service itself is edited
apply-edit-editor = the editor { $editor } ended with { $status }; nothing was changed
apply-edit-failed = the editor { $editor } cannot be started: { $why }; set VISUAL or EDITOR
