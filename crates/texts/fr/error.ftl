### Pourquoi une demande a été refusée ou a échoué : une minuscule au début, pas de code, pas de point final, et ce qu’il faut faire.

error-several = { $problems }
