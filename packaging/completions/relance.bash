# Completion for bash. Commands and options are what the program's own help lists, services what the
# manager has, so nothing here grows old.

_relance() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words
    if ((COMP_CWORD == 1)) || [[ $command == help ]]; then
        words=$("${COMP_WORDS[0]}" help 2>/dev/null | awk '/^  [a-z]/ { print $1 }')
    elif [[ $word == -* ]]; then
        words=$("${COMP_WORDS[0]}" help "$command" 2>/dev/null | grep -oE -- '--[a-z][a-z-]*')
    else
        words=$("${COMP_WORDS[0]}" list 2>/dev/null | awk 'NR > 1 { print $1 }')
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

# Where a name of a service makes no sense, the shell completes files.
complete -o bashdefault -o default -F _relance relance
