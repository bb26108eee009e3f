# bash completion for relance: the program itself says what could come next.
source <(RELANCE_COMPLETE=bash relance)
