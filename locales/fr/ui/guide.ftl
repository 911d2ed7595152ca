### Le guide : trois étapes au premier démarrage, puis une visite qui est le vrai travail sur l’exemple. Une étape dit en une phrase ce qu’il y a à faire.

title = Guide
welcome = Bienvenue, { NUMBER($number) } sur { NUMBER($all) }
tour = Visite, { NUMBER($number) } sur { NUMBER($all) }
show = Montrer
continue = Continuer
skip = Passer
leave = Quitter le guide
left = Guide quitté. « Faire la visite guidée », dans la recherche ou dans l’aide, le reprend.

## Premier démarrage
open = Ouvrez l’espace de travail d’exemple, ou un dossier avec vos propres règles.
look = Choisissez l’apparence du Studio et sa langue.
machine = Recherche de ce que cette machine propose.
solver = Le solveur est là : les modifications sont prouvées même pour des requêtes qu’aucun journal ne contient.
no-solver = Il n’y a pas de solveur : les modifications sont rejouées, mais pas prouvées tant que `cvc5` n’est pas installé.
keyring = Les clés peuvent être gardées dans le trousseau de ce système.
no-keyring = Aucun trousseau ne répond : les clés sont gardées dans des fichiers, scellés par une phrase secrète.

## Visite
sample = Ouvrez l’espace de travail d’exemple ; vous en recevez votre propre copie.
edit = Choisissez la deuxième modification préparée, ou changez vous-même une règle.
drift = Ouvrez « Écarts » et voyez qui gagne ou perd un accès.
why = Choisissez un changement et lisez pourquoi : quelle règle décide, et par quelle clause.
promote = Mettez en service la version du dernier commit sur canary, d’abord en observation.
enforce = Appliquez-la à tous sur canary ; dès lors, le canal a un chemin de retour.
roll-back = Revenez en arrière sur canary.
verify = Vérifiez le lot de l’exemple, comme le ferait un auditeur.
narrative = Ouvrez « Rapports » et lisez ce qui s’est passé.
end = C’était tout le travail
end-about = Une modification, ses conséquences, une version, son chemin de retour, la preuve et le rapport. « Faire la visite guidée » recommence du début.
