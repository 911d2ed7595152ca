### Rapports : ce qui peut faire l’objet d’un rapport et ce qui a été publié, les pages, leur texte à modifier, et les formulaires pour publier et évaluer.

## Quand il n’y a rien à dire
nothing-to-tell = Encore aucun sujet de rapport
nothing-to-tell-about = Un rapport dit en mots simples ce qui a changé, qui est concerné, pourquoi, quel est le risque et comment revenir en arrière. Il est écrit à partir des mises en service, des verdicts du gardien et du registre.

## Outils
language = Langue
paper = Papier
letter = Lettre US
edit = Modifier
read = Lire
export = Exporter
publish-dots = Publier…

## Formes d’un rapport
pdf = PDF, avec ses preuves
html = HTML, un seul fichier
markdown = Markdown
slack = Blocs Slack
plain = Texte brut

## La colonne de gauche. `$language` est un code comme `de`, `$average` un nombre de 1 à 5.
tellings = Sujets de rapport
to-tell = Sujets
contents = Sommaire
published = Publiés
told-by-itself = Automatiques
week-of = La semaine de { $channel }
next-week = Prochain : { $next } · { $language }
rated = { $readers ->
    [one] { $average } sur 5, { NUMBER($readers) } évaluation
   *[other] { $average } sur 5, { NUMBER($readers) } évaluations
}
not-rated = Pas encore évalué
rate = Évaluer
receipt-and-stars = Reçu { $receipt } · { $stars }

## Pages
pages = Pages
gathering = Collecte des faits…
leave-reading = Quitter la lecture

## Le texte, à modifier
words = Texte
words-about = Markdown. Ce que vous modifiez est signalé comme étant de vous ; chiffres, tableaux et graphiques restent tels qu’ils ont été calculés.
paragraph = Paragraphe { NUMBER($number) }
yours = de vous
without-facts = n’est plus étayé
bring-back = Rétablir le texte calculé

## Publication
publish-about = Un reçu est signé pour les octets et les faits du rapport, conservés avec le registre : quiconque reçoit une copie du rapport peut prouver que c’est bien celui-ci. C’est irrévocable : un reçu reste.
publish-as = Format
signing = Signature…
is-published = Publié
receipt-says-so = Le reçu { $receipt } l’atteste.

## Évaluation
rate-about = Le rapport du reçu { $receipt }. Une nouvelle évaluation remplace la précédente.
stars = Étoiles
stars-5 = 5 : il disait tout ce qu’il me fallait
stars-3 = 3 : j’ai dû demander
stars-1 = 1 : il ne m’a pas été utile
comment = Commentaire
rating-kept = Merci : l’évaluation est conservée
rating-not-kept = L’évaluation n’a pas été conservée

## Exportation, et liens d’une page
no-file-chosen = Aucun fichier n’a été choisi
exported = Exporté
not-exported = Rien n’a été exporté
address-copied = Adresse copiée : rien ne s’ouvre à l’extérieur
