### Ce que montre `relance top`.

top-title = { $count } services, { $running } en marche, { $failed } en échec
top-filtered = filtre : { $filter }
top-only-failed = échecs seulement
top-flat = chaque instance
top-sorted = par { $order }
top-away = LE GESTIONNAIRE NE RÉPOND PAS ({ $why })
top-sort-name = nom
top-sort-state = état
top-sort-failures = échecs
top-sort-cpu = processeur
top-sort-memory = mémoire
top-column-cpu = CPU
top-column-failures = ÉCH.
top-output-of = Sortie de { $name }
top-events-of = Événements de { $name }
top-keys = s démarrer  t arrêter  r redémarrer  x forcer  w cause  / filtre  ? aide  q fin
top-filter-prompt = filtre : { $filter }_  (Entrée le garde, Échap l’efface)
top-question = { $act } { $names } ? [o/N]
top-act-start = démarrer
top-act-stop = arrêter
top-act-restart = redémarrer
top-act-force = terminer de force
top-asked = { $act } { $name } : fait
top-refused = { $name } : { $problem }
top-why-title = Pourquoi : { $name }
top-any-key = une touche pour revenir
top-too-small = Le terminal est trop petit : relance top a besoin de 40 colonnes et de 8 lignes.
top-no-terminal = relance top dessine sur un terminal, et il n’y en a pas ici ; relance list et relance status affichent une fois, relance list --json est pour les programmes
top-bad-term = le terminal (« { $term } » dans TERM) ne sait pas placer du texte ; définissez TERM, par exemple xterm-256color, ou utilisez relance list
top-help-title = Touches
top-help =
    flèches, j, k  choisir un service ; PgUp, PgDn, Home, End vont plus loin
    s              le démarrer
    t              l’arrêter (demande avant)
    r              le redémarrer
    x              le terminer de force, non compté comme échec (demande avant)
    w, Entrée      pourquoi il s’est arrêté, et ce qui suit
    /              filtrer par nom ; * et ? forment un motif
    f              seulement ce qui a échoué
    droite, gauche ouvrir ou fermer la ligne de plusieurs instances (+) ; Entrée fait les deux
    g              chaque instance sur sa propre ligne
    o              trier par nom, état, échecs, processeur, mémoire
    l              lignes de temps de 30 min au lieu de durée, processeur et mémoire (terminaux étroits)
    e, Tab         sortie ou événements
    q, Échap       quitter
    souris         choisit une ligne, ouvre un groupe, trie par une colonne, défile
