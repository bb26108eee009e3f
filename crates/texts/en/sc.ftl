### What relance sc says in the words of sc.exe’s verbs.

sc-other-machine = relance sc asks the manager of this machine; on { $server } run it there
sc-no-verb = { $verb } is not a verb that relance has; the list above has them
sc-of-windows = { $verb } is about something that only Windows’ services have; there is nothing to do for it here
sc-name-missing = say which service: relance sc { $verb } NAME
sc-option-missing = say what to set: relance sc { $verb } NAME OPTION= VALUE
sc-no-option = { $word } is not an option; write NAME= VALUE, like start= auto
sc-no-value = { $name }= has no value; write one behind it
sc-unknown-option = { $name }= is not an option of this verb; relance sc lists them
sc-no-control = { $word } is not a control; use paramchange, or a number from 128 to 255
sc-no-type = { $word } is not a type that relance has; use own, interact, or program for a program that does not speak to the manager
sc-bin-path-missing = say what to run: binPath= "PROGRAM ARGUMENTS"
sc-reset-with-actions = reset= and actions= go together; give both
sc-flag-is-0-or-1 = the flag is 0 or 1
sc-sddl-missing = give the descriptor as SDDL; relance sc sdshow NAME prints the one there is
