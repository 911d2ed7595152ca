### Écarts : ce qu’une modification change, et les hypothèses.

## En-tête, et les deux questions du lieu
base-in-force = en vigueur
head-as-edited = modifié
versions = { $base } → { $head }
# `$file` n’est dit que d’un seul brouillon.
title = { $drafts ->
    [0] Règles enregistrées, comparées à { $base }
    [one] { $file }, brouillon comparé à { $base }
   *[other] { NUMBER($drafts) } brouillons comparés à { $base }
}
title-what-ifs = Et si les faits étaient différents ?
sheets = La question posée
changes = Changements dus à la modification
what-ifs = Hypothèses
to-look-at = { NUMBER($count) } à examiner
run-all = Tout exécuter
compare = Comparer…
back-to-edit = Revenir à la modification
back-to-editor = Revenir à l’éditeur

## Quand il n’y a pas de changements à montrer, ou seulement d’anciens
computing = La modification est rejouée…
broken = La modification contient des erreurs ; ces changements sont ceux du dernier texte qui a pu être rejoué
no-log = Pas encore de décisions enregistrées
no-log-about = Les décisions enregistrées sont rejouées avec votre modification : vous voyez qui gagne ou perd un accès, et pourquoi. Il faut pour cela un journal des décisions : importez le vôtre, ou générez-en un à partir du schéma et des entités.
generate = Générer…
no-replay = Rien à rejouer pour l’instant
no-replay-about = Les règles contiennent des erreurs. Corrigez les problèmes, et les changements apparaîtront ici.

## Vue d’ensemble : ce qui est compté, et dessous, jusqu’où cela va
headline = Vue d’ensemble, qui sert aussi de filtre
gain-access = Accès gagnés
lose-access = Accès perdus
undeterminable = Indéterminables
errors = Erreurs d’évaluation
reach = { $principals ->
    [one] { NUMBER($principals) } principal
   *[other] { NUMBER($principals) } principaux
}, { $resources ->
    [one] { NUMBER($resources) } ressource
   *[other] { NUMBER($resources) } ressources
}
all-known = tous les résultats sont connus
log-lacks = le journal ne dit pas ce dont elles dépendent
may-change = { $gained ->
    [one] { NUMBER($gained) } peut-être gagné
   *[other] { NUMBER($gained) } peut-être gagnés
}, { $lost ->
    [one] { NUMBER($lost) } peut-être perdu
   *[other] { NUMBER($lost) } peut-être perdus
}
no-errors = aucune n’est apparue ni n’a disparu
errors-about = apparues ou disparues ; un forbid en erreur est ignoré
show-all-changes = Afficher tous les changements
show-only-these = N’afficher que ceux-ci
disagrees = { $count ->
    [one] { NUMBER($count) } décision enregistrée diffère
   *[other] { NUMBER($count) } décisions enregistrées diffèrent
} de ce que donnent les règles en vigueur : le journal est plus ancien qu’elles, ou le moteur a changé
show-all = Tout afficher
show-disagreeing = Les afficher parmi les changements

## Dispositions
layout = Disposition des changements
tab-all = Tous les changements
tab-principal = Par personne
tab-resource = Par ressource
tab-action = Par action
tab-policy = Par règle
tab-text = Texte
tab-semantic = Sens
tab-proof = Preuve
why = Pourquoi
why-width = Largeur de l’explication

## Liste. Les colonnes de nombres sont étroites : huit lettres.
list = Changements, les plus risqués d’abord
column-change = Changement
column-who = Qui
column-action = Action
column-on = Sur quoi
column-policy = Règle
column-times = Fois
column-gain = Gagnés
column-lose = Perdus
column-open = Indécis
column-changes = Nombre
column-risk = Risque
column-viewed = Vu
search = Chercher dans les changements
hide-viewed = Masquer les vus
clear-filters = Effacer les filtres
mark-viewed = Marquer comme vu
mark-not-viewed = Marquer comme non vu
nobody = Personne ne gagne ni ne perd d’accès
nobody-about = Chaque décision enregistrée reste, avec la modification, celle que donnent les règles en vigueur.
none-fits = Aucun changement ne correspond aux filtres
none-fits-about = Les changements sont toujours là ; les filtres les masquent.
unchanged = { $unchanged ->
    [one] { NUMBER($unchanged) } décision enregistrée sur { NUMBER($rows) } est inchangée et ne figure pas ici.
   *[other] { NUMBER($unchanged) } décisions enregistrées sur { NUMBER($rows) } sont inchangées et ne figurent pas ici.
}
assumed = { $count ->
    [one] { NUMBER($count) } d’entre elles est enregistrée sans entités ; celles de l’espace de travail ont été retenues.
   *[other] { NUMBER($count) } d’entre elles sont enregistrées sans entités ; celles de l’espace de travail ont été retenues.
}
viewed = { $viewed ->
    [one] { NUMBER($viewed) } vu sur { NUMBER($all) }
   *[other] { NUMBER($viewed) } vus sur { NUMBER($all) }
}

## Texte et sens
same-text = Aucune différence de texte
same-text-about = Les fichiers sont les mêmes que dans la version de référence.
files-differ = { $count ->
    [one] { NUMBER($count) } fichier diffère
   *[other] { NUMBER($count) } fichiers diffèrent
}
side-by-side = Côte à côte
one-column = En une colonne
open-in-editor = Ouvrir dans l’éditeur
same-meaning = Même sens
same-meaning-about = Chaque règle a le même sens que dans la version de référence, quels que soient sa mise en forme, sa place ou son fichier.
added = ajoutée
removed = supprimée
changed = modifiée
moved = déplacée
was = auparavant { $id }
in-force = En vigueur
edited = Modifié

## Preuve
no-solver = aucun solveur
solver = { $solver }, { NUMBER($milliseconds) } ms
none-decided-otherwise = Aucune demande ne peut recevoir une autre décision
none-decided-otherwise-about = Prouvé pour tout principal, toute ressource, tout contexte et toute hiérarchie que permet le schéma, enregistrés ou non.
kinds-the-same = { $count ->
    [one] Prouvé : { NUMBER($count) } autre type de demande reste inchangé.
   *[other] Prouvé : { NUMBER($count) } autres types de demande restent inchangés.
}
principal-on-resource = { $principal } sur { $resource }
as-edited = Modifié
decided = { $decision } par `{ $policies }`
decided-by-none = { $decision } : aucun `permit` ne s’applique
request-and-entities = La demande et toutes les entités qui existent
try-request = Essayer cette demande
add-as-test = Ajouter aux tests
open-policy = Ouvrir la règle
copy-json = Copier en JSON

## Pourquoi
explanation = Explication
entities-read = Entités lues
no-change = Aucun changement sélectionné
no-change-about = Choisissez un changement, ou appuyez sur n, pour voir quelles règles en décident et ce qu’elles lisent.
# Ce que dit le journal : `$seen` est l’un des trois mots dessous, `$times` dit combien de fois.
seen = { $seen } { $times }.
seen-on = { $seen } { $times } le { $day }.
seen-between = { $seen } { $times } entre le { $first } et le { $last }.
seen-allowed = Autorisé
seen-denied = Refusé
seen-asked = Demandé
times = { NUMBER($count) } fois
now-allowed = La modification l’autorise.
now-denied = La modification le refuse.
now-open = Avec la modification, cela dépend de ce que le journal ne dit pas.
risk = risque { $level }
log-disagrees = Les règles en vigueur ne reproduisent pas le journal
recorded = Enregistré : { $decisions }.
recorded-times = { $decision } { $times }
error-changed = Une erreur d’évaluation est apparue ou a disparu
error-changed-about = Une règle en erreur est ignorée, même un forbid.
under-edit = Avec la modification
context = Contexte
fact = Fait
decision = Décision
decided-by = Décidé par
depends-on = Dépend de
left-open-by = Laissé indécis par
no-permit = aucun permit ne s’appliquait
# Suit le nom d’une règle.
errs = échoue : { $message }
more-clauses = { $count ->
    [one] et { NUMBER($count) } autre
   *[other] et { NUMBER($count) } autres
}
no-entity = Aucune entité n’a été lue
no-entity-about = La décision repose sur la seule demande.
entities-assumed = Le journal ne contient pas d’entités pour cette demande. Voici celles de l’espace de travail, telles qu’elles sont maintenant ; elles ont pu être différentes alors.
entities-recorded = Telles qu’elles ont été enregistrées avec la demande.
in-parents = dans `{ $parents }`

## Les hypothèses sont réunies en séries
no-what-ifs = Pas encore d’hypothèses
no-what-ifs-about = Une modification demande ce qui se passerait si les règles étaient autres ; une hypothèse le demande pour les faits : le planning d’astreinte est indisponible, tous les contrats ont pris fin, le second facteur ne répond plus. Les décisions enregistrées sont rejouées avec ces faits, et la différence est comparée à ce que vous attendez, à la demande ou chaque nuit.
# Le dossier suit.
packs-are = Les séries sont des fichiers TOML dans
copy-path = Copier le chemin
packs = Séries d’hypothèses
pack = La série sélectionnée
not-run-yet = pas encore exécutée
met = comme attendu
unmet = { $count ->
    [one] { NUMBER($count) } non remplie
   *[other] { NUMBER($count) } non remplies
}
not-run = non exécutée
standing = { $count ->
    [one] { NUMBER($count) } série
   *[other] { NUMBER($count) } séries
} : { $parts }
packs-met = { NUMBER($count) } comme attendu
packs-unmet = { NUMBER($count) } pas comme attendu
packs-failed = { $count ->
    [one] { NUMBER($count) } impossible à exécuter
   *[other] { NUMBER($count) } impossibles à exécuter
}
packs-not-run-yet = { $count ->
    [one] { NUMBER($count) } pas encore exécutée
   *[other] { NUMBER($count) } pas encore exécutées
}
unkept = Les derniers résultats n’ont pas été conservés
running = Exécution…
running-of = Exécution : { NUMBER($done) } hypothèses sur { NUMBER($total) }
running-pack = en cours…
progress = Progression des hypothèses
never-ran = Jamais exécutée
ran-at = Exécutée le { $at }
what-ifs-count = { $count ->
    [one] { NUMBER($count) } hypothèse
   *[other] { NUMBER($count) } hypothèses
}

## La série sélectionnée
run = Exécuter
busy = Tâche en cours : { $job }
open-pack = Ouvrir dans l’éditeur
rows = Lignes
ran = Exécutée
never = jamais
due = Prévue
due-next = dès que rien d’autre n’est en cours
due-by-hand = seulement si quelqu’un la lance
pack-found = Ce que la série a trouvé
pack-changed = La série a été modifiée après cette exécution
pack-changed-about = Ce qui suit concerne la série telle qu’elle était. Exécutez-la à nouveau.
expected = Attendu
expectation-met = Remplie :
expectation-unmet = Non remplie :
found = trouvé : { NUMBER($found) }
most-by = surtout { $principals }
otherwise = autres faits dans { $requests ->
    [one] { NUMBER($requests) } demande
   *[other] { NUMBER($requests) } demandes distinctes
}
otherwise-entities = autres faits : { $entities ->
    [one] { NUMBER($entities) } entité
   *[other] { NUMBER($entities) } entités
}, dans { $requests ->
    [one] { NUMBER($requests) } demande
   *[other] { NUMBER($requests) } demandes distinctes
}
none-of-rows = { $rows ->
    [one] { NUMBER($rows) } ligne, dont la décision ne changerait pas
   *[other] Aucune des { NUMBER($rows) } lignes ne serait décidée autrement
}
# Tous deux avec leur signe.
gained = gagnés : { $count }
lost = perdus : { $count }
open = ? { NUMBER($count) } indécis
errors-changed = { $count ->
    [one] { NUMBER($count) } erreur changée
   *[other] { NUMBER($count) } erreurs changées
}
decided-instead = Décidé selon { $head } au lieu de { $base }
examples = Quelques-unes des lignes qui seraient décidées autrement, les plus risquées d’abord

## Au fil du temps
over-time = Au cours des quatre-vingt-dix derniers jours
which = Quelle hypothèse
all-together = Toutes les hypothèses ensemble
runs = Exécutions, les plus récentes d’abord
column-run = Exécution
column-outcome = Résultat
column-gained = Gagnés
column-lost = Perdus
column-met = Remplies
met-of = { NUMBER($met) } sur { NUMBER($all) }
runs-before = { $count ->
    [one] Et { NUMBER($count) } exécution avant.
   *[other] Et { NUMBER($count) } exécutions avant.
}

## Ce qui arrive aux hypothèses
what-ifs-running = Exécution des hypothèses
what-ifs-ran = Les hypothèses ont été exécutées
what-ifs-did-not-run = Les hypothèses n’ont pas été exécutées
