### Comment s’écrivent les valeurs : nombres, dates, tailles, et les mots pour ce que dit le moteur.

## Nombres. Le signe entre les milliers et celui devant les décimales.
group = {"\u202F"}
decimal = ,
bytes = { NUMBER($n) } o
kilobytes = { NUMBER($n) } ko
megabytes = { $n } Mo
milliseconds = { NUMBER($n) } ms
seconds = { $n } s

## Dates
january = janv.
february = févr.
march = mars
april = avr.
may = mai
june = juin
july = juil.
august = août
september = sept.
october = oct.
november = nov.
december = déc.
day = { $day } { $month }
date = { $day } { $month } { $year }
date-time = { $date }, { $time } UTC
span = du { $first } au { $last }
decisions = { $count ->
    [one] { NUMBER($count) } décision
   *[other] { NUMBER($count) } décisions
}
log = { $decisions }, { $span }

## Sortes de changement, à côté d’un signe
gained = gagné
lost = perdu
maybe-gained = peut-être gagné
maybe-lost = peut-être perdu
undeterminable = indéterminable
unchanged = inchangé

## Risques
risk-high = élevé
risk-medium = moyen
risk-low = faible

## Décisions
allow = autorisé
deny = refusé
cannot-be-told = impossible à dire

## Comment la modification se rapporte à ce qui est en vigueur
equivalent = identique
narrows = restreint seulement
widens = élargit seulement
differs = élargit et restreint
not-proven = non prouvé

## Ce qui est prouvé. `$actions` est vide, ou l’une des trois lignes qui commencent par une virgule.
for-one = , pour { $action }
for-few = , pour { $actions } et { $last }
for-many = , pour { NUMBER($count) } actions
proven-equivalent = Prouvé pour toute demande possible : personne ne gagne ni ne perd d’accès.
proven-widens = Prouvé : l’accès ne peut qu’être gagné{ $actions }.
proven-narrows = Prouvé : l’accès ne peut qu’être perdu{ $actions }.
proven-differs = Prouvé : l’accès peut être gagné ou perdu{ $actions }.
proven-in-part = Prouvé en partie seulement{ $actions }.
proven-no-solver = Non prouvé : aucun solveur.

## Ce que la preuve a fait trouver
not-separate = non séparé
may-error = peut échouer
always-allows = autorise toujours
never-matches = ne s’applique jamais
nothing-to-separate = rien à séparer

## Comment une vérification s’est terminée, en tout et point par point
verified = Vérifié
failed = Échec
cannot-decide = Indécidable
check-passes = vrai
check-fails = faux
check-not-made = non vérifié

## Les nombres d’un aperçu
nobody = { NUMBER($rows) } décisions enregistrées : personne ne gagne ni ne perd d’accès.
totals = { NUMBER($rows) } décisions enregistrées : { NUMBER($gained) } gagnent, { NUMBER($lost) } perdent, { NUMBER($open) } indéterminables.

## What is wrong with something that policies cite
amiss-unlisted = `{ $name }` ne figure pas dans `{ $list }`
amiss-near = `{ $name }` ne figure pas dans `{ $list }` ; s’agit-il de `{ $near }` ?
amiss-empty = `@{ $annotation }` ne cite rien entre ses guillemets ou ses virgules
amiss-expired = `{ $name }` valait jusqu’au { $until }
amiss-file-gone = `{ $name }` : le fichier `{ $path }` manque
amiss-file-changed = `{ $name }` : le fichier `{ $path }` a changé depuis qu’il est dans la liste
amiss-no-receipt = `{ $name }` : le reçu manque dans le registre
