### What `relance top` shows.

top-title = { $count } services, { $running } running, { $failed } failed
top-filtered = filter: { $filter }
top-only-failed = failed only
top-flat = instances one by one
top-sorted = by { $order }
top-away = THE MANAGER DOES NOT ANSWER ({ $why })
top-sort-name = name
top-sort-state = state
top-sort-failures = failures
top-sort-cpu = processor
top-sort-memory = memory
top-column-cpu = CPU
top-column-failures = FAIL
top-output-of = Output of { $name }
top-events-of = Events of { $name }
top-keys = s start  t stop  r restart  x force  w why  / filter  e events  ? help  q quit
top-filter-prompt = filter: { $filter }_  (Enter keeps it, Esc clears it)
top-question = { $act } { $names }? [y/N]
top-act-start = start
top-act-stop = stop
top-act-restart = restart
top-act-force = end by force
top-asked = { $act } { $name }: done
top-refused = { $name }: { $problem }
top-why-title = Why: { $name }
top-any-key = any key goes back
top-too-small = The terminal is too small: relance top needs 40 columns and 8 lines.
top-no-terminal = relance top draws on a terminal, and there is none here; relance list and relance status print once, relance list --json is for programs
top-bad-term = the terminal ("{ $term }" in TERM) cannot place text; set TERM, for instance to xterm-256color, or use relance list
top-help-title = Keys
top-help =
    arrows, j, k   choose a service; PgUp, PgDn, Home, End go further
    s              start it
    t              stop it (asks)
    r              restart it
    x              end it by force, not counted as a failure (asks)
    w, Enter       why it stopped, and what comes next
    /              filter by name; * and ? make a pattern
    f              only what has failed
    right, left    open or close the line of several instances (+); Enter does both
    g              each instance in a line of its own
    o              sort by name, state, failures, processor, memory
    l              time lines of 30 min instead of time, processor and memory (narrow terminals)
    e, Tab         output or events
    q, Esc         leave
    mouse          chooses a row, opens a group, sorts by a column, scrolls
