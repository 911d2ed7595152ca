### Règles : fichiers, éditeur, inspecteur, et la seule ligne sous l’éditeur, toujours vraie.

## Autour des fichiers, de l’éditeur et de l’inspecteur
tree-width = Largeur de l’arborescence
show-tree = Afficher l’arborescence
hide-tree = Masquer l’arborescence
inspector = Inspecteur
inspector-width = Largeur de l’inspecteur
show-inspector = Afficher l’inspecteur
hide-inspector = Masquer l’inspecteur
problems = Problèmes
tests = Tests
history = Historique

## Fichiers
files = Fichiers
schema = Schéma
what-ifs = Hypothèses
links = Liaisons de modèles
entities = Entités
stories = Modifications préparées
has-problems = Contient des problèmes
has-draft = Brouillon non enregistré

## Un fichier, à côté de son nom
changed = modifié
new = nouveau
draft = brouillon
read-only = lecture seule

## Éditeur
no-file = Aucun fichier ouvert
no-file-about = Choisissez un fichier dans l’arborescence, ou appuyez sur Ctrl K et saisissez une partie de son nom.
discard = Abandonner
format = Mettre en forme
save = Enregistrer
take-disk = Prendre le fichier du disque
conflict = Ce fichier a changé sur le disque depuis le début de votre brouillon. Votre brouillon est conservé ; l’enregistrement est refusé tant que vous n’avez pas choisi.
recovered = Brouillons conservés d’une session précédente :
no-problem-here = Aucun problème dans ce fichier
editor-missing = L’éditeur ne s’est pas chargé

## Ce que sont devenus fichiers, règles et modifications
not-opened = { $path } n’a pas été ouvert
saved = { $path } : enregistré
formatted = Mis en forme
formatted-already = Déjà mis en forme
discarded = Brouillon abandonné ; « Annuler » le fait revenir
cited = Citation ajoutée : { $name }
defined-nowhere = Rien n’est défini ailleurs pour ceci
gone = { $name } n’est plus dans cet espace de travail
edit-not-applied = La modification n’a pas été appliquée

## Modifications préparées
stories-title = Que souhaitez-vous voir ?
stories-about = Chaque carte fait une modification dans un brouillon. { NUMBER($rows) } décisions enregistrées sont rejouées avec elle, et rien n’est écrit dans le fichier sans votre accord.
stories-about-no-log = Chaque carte fait une modification dans un brouillon. Les décisions enregistrées à rejouer ne sont pas encore là ; voyez la ligne du bas.
stories-or = Ou ouvrez un fichier de l’arborescence et faites votre propre modification.
story = Modification { NUMBER($number) }
story-meant = L’intention de l’auteur
story-next = Annuler et voir : { $title }

## La ligne sous l’éditeur. Les étoiles entourent ce qui ressort, dans cet ordre : décisions, gagné, perdu, indéterminable, erreurs.
effect = Effet de cette modification
open = Ouvrir
not-compiling = Les règles ne se compilent pas : rien ne peut encore être rejoué.
replaying-log = Les décisions enregistrées sont rejouées…
replaying = rejeu en cours…
log-progress = Progression du journal
nothing-known = Aucune décision n’est encore enregistrée : on ne peut rien dire des accès que cette modification change.
generate = Générer…
generate-decisions = Générer { NUMBER($rows) } décisions
import = Importer…
counts-nobody = *{ NUMBER($rows) }* décisions enregistrées : personne ne gagne ni ne perd d’accès.
counts = *{ NUMBER($rows) }* décisions enregistrées : *{ $gained ->
    [0] 0 gagne
    [one] +{ NUMBER($gained) } gagne
   *[other] +{ NUMBER($gained) } gagnent
}*, *{ $lost ->
    [0] 0 perd
    [one] −{ NUMBER($lost) } perd
   *[other] −{ NUMBER($lost) } perdent
}*, *{ $open ->
    [one] { NUMBER($open) } indéterminable
   *[other] { NUMBER($open) } indéterminables
}*{ $errors ->
    [0] {""}
    [one] , *{ NUMBER($errors) } erreur d’évaluation changée*
   *[other] , *{ NUMBER($errors) } erreurs d’évaluation changées*
}.
counts-of-last = Les nombres sont ceux du dernier texte qui a pu être rejoué.
counts-older = Les nombres sont plus anciens que le texte.
does-not-parse = Cette modification est mal formée.
does-not-parse-at = Cette modification est mal formée ({ $file }, ligne { $line }).
has-errors-at = Cette modification contient des erreurs ({ $file }, ligne { $line }).
not-proven = Non prouvé : { $why }

## Écarts à côté de l’éditeur
no-log = Aucune décision enregistrée
no-log-about = Les décisions enregistrées sont rejouées ici avec votre modification, pour montrer qui gagne et qui perd l’accès. Importez ou générez un journal sous l’éditeur.
nothing-to-replay = Rien à rejouer pour l’instant
nothing-to-replay-about = Les règles ne se compilent pas. Corrigez d’abord les problèmes.
not-replayed = Non rejoué
not-replayed-about = Rien n’a pu être rejoué avec le texte affiché ; la ligne sous l’éditeur dit pourquoi.
nobody = Personne ne gagne ni ne perd d’accès
nobody-same = Les règles ont le même sens que { $base }. { NUMBER($rows) } décisions enregistrées restent telles quelles.
nobody-differ = { $policies ->
    [one] { NUMBER($policies) } règle diffère, mais aucune des { NUMBER($rows) } décisions enregistrées ne change.
   *[other] { NUMBER($policies) } règles diffèrent, mais aucune des { NUMBER($rows) } décisions enregistrées ne change.
}
review = { $changes ->
    [one] Examiner { NUMBER($changes) } changement
   *[other] Examiner les { NUMBER($changes) } changements
}
reach = { $principals ->
    [one] { NUMBER($principals) } principal
   *[other] { NUMBER($principals) } principaux
} sur { $resources ->
    [one] { NUMBER($resources) } ressource
   *[other] { NUMBER($resources) } ressources
}.
line = ligne { $line }

## Problèmes
no-problems = Aucun problème
no-problems-about = Chaque règle est bien formée, respecte le schéma et a son propre identifiant.
more-problems = { $count ->
    [one] Et { NUMBER($count) } autre. Corrigez d’abord ceux qui précèdent.
   *[other] Et { NUMBER($count) } autres. Corrigez d’abord ceux qui précèdent.
}
by-proof = Trouvé par la preuve
by-proof-later = Sera cherché une fois la modification rejouée.
by-proof-broken = Rien ne peut être prouvé de règles qui ne se compilent pas. Corrigez d’abord les problèmes.
by-proof-nothing = Rien : chaque règle s’applique à au moins une demande, aucun `permit` à toutes celles d’un genre, et aucune règle ne peut échouer.
not-proven-of = Non prouvé pour `{ $policy }` : { $why }.
not-proven-of-many = Non prouvé pour { NUMBER($count) } règles : { $why }.
try-request = Essayer la demande

## Demandes de test
tests-score = Tests réussis avec le texte affiché : { NUMBER($passed) } sur { NUMBER($all) }
tests-about = Des demandes, et la décision attendue pour chacune
new-test = Nouveau
no-tests = Aucune demande de test
no-tests-about = Une demande de test dit qui demande quoi et la décision attendue. Elle s’exécute à chaque modification.
test-requests = Demandes de test
own-entities = { $count ->
    [one] avec { NUMBER($count) } entité propre
   *[other] avec { NUMBER($count) } entités propres
}
edit = Modifier
remove = Supprimer
fails = échoue
expected = attendu : { $decision }
no-permit = aucun permit ne s’applique
held = satisfaite
not-held = non satisfaite
not-evaluated = non évaluable
open-in-editor = Ouvrir dans l’éditeur
test-kept = Test `{ $name }` ajouté
test-removed = Test `{ $name }` supprimé
test-not-removed = Le test n’a pas été supprimé

## Une demande à essayer. Ce qui manque commence par une minuscule, et par une majuscule sur le bouton.
action = Action
principal = Principal
resource = Ressource
context = Contexte, en JSON
no-context = Cette action n’a pas de contexte.
own-entities-instead = { $count ->
    [one] Avec { NUMBER($count) } entité propre au lieu de celles de l’espace de travail
   *[other] Avec { NUMBER($count) } entités propres au lieu de celles de l’espace de travail
}
workspace-entities = Utiliser les entités de l’espace de travail
decide = Décider
decided = Décision : { $decision }
keep-name = Ajouter aux tests : nom
it-must = La demande doit
be-allowed = être autorisée
be-denied = être refusée
keep-test = Ajouter le test
name-test = Donnez un nom au test
name-principal = indiquez d’abord un principal
name-action = indiquez d’abord une action
name-resource = indiquez d’abord une ressource
not-json = le contexte n’est pas un objet JSON : { $error }

## Ce qui fonde une règle
find = Chercher
cite-as = Citer comme
reading-list = Lecture de la liste…
nothing-to-cite = Cet espace de travail ne répertorie rien à citer. `authorities.toml` nomme clauses, contrats, tickets et rapports, chacun avec un identifiant et un titre.
nothing-called-so = Aucun élément de la liste ne porte ce nom.
citable = Ce qui peut être cité

## Aperçus et importations antérieurs
no-history = Rien pour l’instant
no-history-about = Les aperçus et les importations de journaux de cet espace de travail apparaissent ici.
