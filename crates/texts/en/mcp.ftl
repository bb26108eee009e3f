### What `relance mcp` says to an assistant.

mcp-for-assistants = relance mcp speaks with an assistant over standard input and output, which here is a terminal; docs/mcp.md says how an assistant is told to start it. Ctrl-C ends it
mcp-no-tool = there is no tool { $name }; there are { $tools }
mcp-not-allowed = { $name } changes a service, and this assistant may only look; relance mcp --allow-control lets it
mcp-no-parameter = { $tool } has no parameter { $name }; it has { $known }
mcp-missing = { $tool } needs { $name }
mcp-wrong-value = { $name } is { $wanted }
mcp-text = a text
mcp-texts = a list of texts, with one at least
mcp-flag = true or false
mcp-number = a whole number from 1 to { $most }
