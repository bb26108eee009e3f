# fish completion for relance: the program itself says what could come next.
RELANCE_COMPLETE=fish relance | source
