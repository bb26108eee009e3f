### A command line that cannot be read.

misuse-usage = usage: { $usage }
misuse-help = --help says more
misuse-option = there is no option { $option }
misuse-word = "{ $word }" is one word too many
misuse-word-option = { $problem }; write { $option } before it
misuse-word-instead = { $problem }; write { $instead }
misuse-option-of = { $problem } here; it is one of { $commands }
misuse-option-instead = { $problem } here; write { $command }
misuse-command = there is no command "{ $word }"
misuse-similar = { $problem }; did you mean { $names }?
misuse-as-value = { $problem }; write -- before it if it is not meant as an option
misuse-command-missing = name what to do: { $commands }
misuse-argument-missing = { $arguments } is missing
misuse-no-value = { $option } needs a value
misuse-no-value-of = { $option } needs a value: { $values }
misuse-equals = write the value of { $option } behind an equals sign
misuse-value = { $option }: { $problem }
misuse-not-one-of = "{ $value }" is not one of { $values }
misuse-not-a-number = "{ $value }" is not a whole number
misuse-out-of-range = "{ $value }" is not a number from { $least } to { $most }
misuse-beyond = "{ $value }" is too large a number
misuse-not-a-value = "{ $value }" is not a value of it
misuse-too-many-values = "{ $value }" is one value too many for { $option }
misuse-values-count = { $option } takes { $expected ->
    [one] { $expected } value
   *[other] { $expected } values
}, and { $actual ->
    [one] { $actual } was given
   *[other] { $actual } were given
}
misuse-twice = { $option } can be given only once
misuse-conflict = { $option } cannot be used together with { $others }; leave one of them out
misuse-conflict-unnamed = { $option } cannot be used together with one of the others
misuse-not-utf8 = an argument is not valid UTF-8
misuse-unreadable = the command line cannot be read
