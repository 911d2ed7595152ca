### Tout ce que l’on peut faire : les commandes, leurs groupes, et pourquoi l’une d’elles n’est pas possible maintenant.
###
### Une raison commence par une minuscule : elle suit le nom de la commande, ou se tient seule avec une majuscule.

## Groupes
section-go = Aller à
section-edit = Édition
section-review = Examen des changements
section-releases = Mises en service
section-evidence = Preuves
section-workspace = Espace de travail
section-help = Aide

## Commandes
palette = Recherche et commandes
go-policies = Aller aux règles
go-drift = Aller aux écarts
go-what-ifs = Aller aux hypothèses
go-releases = Aller aux mises en service
go-evidence = Aller aux preuves
go-ledger = Aller au registre de l’espace de travail
go-narratives = Aller aux rapports
go-settings = Aller aux réglages
save = Enregistrer le fichier
format = Mettre en forme le fichier
cite = Citer ce qui fonde la règle…
undo = Annuler
redo = Rétablir
discard = Abandonner le brouillon
next-problem = Problème suivant
previous-problem = Problème précédent
definition = Aller à la définition
focus-editor = Aller dans l’éditeur
show-problems = Afficher les problèmes
show-drift = Afficher les écarts à côté de l’éditeur
show-tests = Afficher les demandes de test
run-tests = Exécuter les demandes de test
toggle-tree = Afficher ou masquer l’arborescence
toggle-inspector = Afficher ou masquer l’inspecteur
next-change = Changement suivant
previous-change = Changement précédent
mark-viewed = Marquer le changement comme vu
add-test = Ajouter le changement aux tests
compare-versions = Comparer des versions
open-in-editor = Ouvrir le changement dans l’éditeur
text-diff = Afficher la comparaison du texte
semantic-diff = Afficher la comparaison du sens
run-what-ifs = Exécuter toutes les hypothèses
promote = Mettre en service…
roll-back = Revenir en arrière…
change-mode = Changer le mode…
publish-narrative = Publier le rapport…
verify-bundle = Vérifier un lot de preuves…
verify-again = Vérifier à nouveau
choose-trust = Choisir le fichier de confiance…
check-ledger = Relire tous les reçus
verify-sample = Vérifier le lot de l’exemple
export-receipts = Exporter des reçus…
open-folder = Ouvrir un dossier…
open-sample = Ouvrir l’espace de travail d’exemple
new-file = Nouveau fichier de règles…
import-log = Importer des décisions enregistrées…
generate-log = Générer des décisions…
replay = Rejouer le journal
close-workspace = Fermer l’espace de travail
help = Aide sur l’élément actif
shortcuts = Raccourcis clavier
diagnose = Diagnostic…

## Pourquoi une commande n’est pas possible maintenant
refused = { $action } : { $why }
busy = tâche en cours : { $job }
no-workspace = aucun espace de travail n’est ouvert
no-file = aucun fichier n’est ouvert
file-too-large = ce fichier est trop grand pour être modifié ici
nothing-unsaved = tout est enregistré
only-policies-cite = seules les règles citent ce qui les fonde
only-policies-are-formatted = seuls les fichiers de règles sont mis en forme
does-not-parse = le texte est mal formé ; corrigez d’abord les problèmes
no-decisions = aucune décision n’est encore enregistrée
not-computed = les changements ne sont pas encore calculés
nothing-changes = rien ne change
no-change-selected = aucun changement n’est sélectionné
no-sample-bundle = il vient avec l’espace de travail d’exemple, pour qui n’a pas encore de fichier de confiance
no-narrative = aucun rapport n’est affiché
no-channel-ships = aucun canal qui livre quelque chose n’est sélectionné
no-way-back = aucun canal qui puisse revenir en arrière n’est sélectionné
no-problems = il n’y a aucun problème
no-what-ifs = il n’y a aucune hypothèse à exécuter
no-bundle = aucun lot de preuves n’est ouvert
no-ledger = l’espace de travail n’a pas de registre
cause-is-gone = La règle à l’origine de ce changement n’existe plus
