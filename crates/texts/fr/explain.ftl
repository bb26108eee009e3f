### Ce que dit `relance explain` autour d’une règle, d’une entrée ou d’une erreur. Les règles elles-mêmes sont en anglais.

explain-example = Exemple : { $example }
explain-from = Origine : { $kind }
explain-see = Voir : { $name }, { $url }
explain-not-on-linux = Ne s’applique pas sous Linux : { $reason }
explain-page = Page : { $page }
explain-entry = Entrée { $id } du journal des événements, source { $source }
explain-error = Erreur { $code } { $name }
explain-rules = Règles : { $rules }
