### What `relance explain` says around a rule, an entry or an error. The rules themselves are English.

explain-example = Example: { $example }
explain-from = From: { $kind }
explain-see = See: { $name }, { $url }
explain-not-on-linux = Does not apply on Linux: { $reason }
explain-page = Page: { $page }
explain-entry = Entry { $id } of the event log, source { $source }
explain-error = Error { $code } { $name }
explain-rules = Rules: { $rules }
