### Words that people bring from other service managers, and what to type instead.

habit-other = relance has no { $word }; this does it: { $instead }
habit-reads = relance has no { $word }: nothing is kept in files that would have to be read again; relance apply --file FILE reads a file and changes what differs
habit-saved = relance has no { $word }: every change is on disk at once, and relance enable NAME starts a service at boot; relance backup FILE makes a copy
habit-signal = relance has no { $word }: relance reload NAME sends the reload signal, relance control NAME 200 one of --control-signals, relance terminate NAME ends the service by force
habit-option = relance { $command } has no { $option }; this does it: { $instead }
habit-file = { $file } is a file: relance create NAME -- PROGRAM makes a service of a program, relance import { $file } reads the files of other service managers
