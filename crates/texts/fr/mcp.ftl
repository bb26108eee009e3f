### What `relance mcp` says to an assistant.

mcp-for-assistants = relance mcp parle à un assistant par l’entrée et la sortie standard, qui sont ici un terminal ; docs/mcp.md dit comment un assistant le démarre. Ctrl-C y met fin
mcp-no-tool = il n’y a pas d’outil { $name } ; il y a { $tools }
mcp-not-allowed = { $name } modifie un service, et cet assistant peut seulement regarder ; relance mcp --allow-control le lui permet
mcp-no-parameter = { $tool } n’a pas de paramètre { $name } ; il a { $known }
mcp-missing = il faut { $name } à { $tool }
mcp-wrong-value = { $name } est { $wanted }
mcp-text = un texte
mcp-texts = une liste de textes, au moins un
mcp-flag = true ou false
mcp-number = un nombre entier de 1 à { $most }
