### The words of the command line, beside what the manager says.

command-error = error
