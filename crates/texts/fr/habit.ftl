### Les mots que l’on apporte d’autres gestionnaires de services, et ce qu’il faut taper.

habit-other = relance n’a pas de { $word } ; ceci le fait : { $instead }
habit-reads = relance n’a pas de { $word } : rien n’est gardé dans des fichiers à relire ; relance apply --file FICHIER lit un fichier et change ce qui diffère
habit-saved = relance n’a pas de { $word } : chaque changement est aussitôt sur disque, et relance enable NOM démarre un service avec la machine ; relance backup FICHIER en fait une copie
habit-signal = relance n’a pas de { $word } : relance reload NOM envoie le signal de relecture, relance control NOM 200 un de --control-signals, relance terminate NOM met fin au service de force
habit-option = relance { $command } n’a pas { $option } ; ceci le fait : { $instead }
habit-file = { $file } est un fichier : relance create NOM -- PROGRAMME fait d’un programme un service, relance import { $file } lit les fichiers d’autres gestionnaires de services
