# bash completion for relance: the program itself says what could come next.
source <(RELANCE_COMPLETE=bash relance)

# Names of services may hold colons, at which bash takes words apart, and blanks, which it does not quote.
_relance() {
    local -a whole=()
    local at word cword=$COMP_CWORD is_open=
    for at in "${!COMP_WORDS[@]}"; do
        word=${COMP_WORDS[at]}
        if [[ ${#whole[@]} -gt 1 && ( $word == : || -n $is_open ) ]]; then
            whole[-1]+=$word
            (( at <= COMP_CWORD && cword-- ))
        else
            whole+=("$word")
        fi
        [[ $word == : ]] && is_open=1 || is_open=
    done
    local -a COMP_WORDS=("${whole[@]}")
    local COMP_CWORD=$cword current=${whole[cword]} reply
    # What is typed is quoted for bash; the program knows names as they are.
    [[ $current == [\"\']* ]] || current=${current//\\/}
    _clap_complete_relance relance "$current" "${whole[cword - 1]}"
    local begin=
    [[ $current == *:* ]] && begin=${current%"${current##*:}"}
    for at in "${!COMPREPLY[@]}"; do
        reply=${COMPREPLY[at]#"$begin"}
        [[ $reply == *[[:blank:]]* && $current != [\"\']* ]] && printf -v reply %q "$reply"
        COMPREPLY[at]=$reply
    done
}
complete -o nospace -o bashdefault -o nosort -F _relance relance 2>/dev/null || complete -o nospace -o bashdefault -F _relance relance
