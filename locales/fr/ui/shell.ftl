### Ce qui entoure chaque lieu : barres, palette, dialogues sans lieu propre, écran de départ, et mots des composants.

## Lieux
policies = Règles
drift = Écarts
releases = Mises en service
evidence = Preuves
narratives = Rapports
settings = Réglages
places = Lieux
skip = Aller au contenu

## Mots de plusieurs lieux
cancel = Annuler
close = Fermer
copied = Copié
dismiss = Fermer
undo = Annuler
cancelled = Annulé

## Barre du haut
studio = Trust Fabric Studio
tenant = Locataire
residency = Résidence : où les données de cet espace de travail peuvent être conservées
search = Chercher fichiers, règles, entités, reçus, commandes
compared-with = Vos modifications sont comparées à ceci
drift-risky = La modification change des accès, dont certains à risque
drift-changes = La modification change des accès

## Barre d’état
status = État
offline = Hors ligne
offline-about = Rien n’est envoyé. Tout est calculé sur cette machine.
log-none = Journal : aucune décision
log = Journal : { $log }
job = { $title } : { NUMBER($done) } sur { NUMBER($total) }
job-done = { $job } : terminé
progress = Progression
verified-none = Rien n’a encore été vérifié
verified = { $verdict } : { $bundle }
tests = { NUMBER($passed) } tests réussis sur { NUMBER($all) }
no-problems = 0 problème
errors = { $count ->
    [one] { NUMBER($count) } erreur
   *[other] { NUMBER($count) } erreurs
}
warnings = { $count ->
    [one] { NUMBER($count) } avertissement
   *[other] { NUMBER($count) } avertissements
}
errors-and-warnings = { $errors }, { $warnings }

## Palette
results = Résultats
nothing-fits = Rien ne correspond. Essayez avec moins de lettres.
to-move = parcourir
to-choose = choisir
to-close = fermer
kind-file = fichier
kind-story = modification préparée
kind-policy = règle de ce fichier
kind-test = demande de test
kind-entity = entité : essayer une requête
kind-receipt = reçu
kind-what-ifs = hypothèses

## Touches, telles qu’elles figurent sur les claviers
key-ctrl = Ctrl
key-shift = Maj
key-alt = Alt
key-escape = Échap
key-enter = Entrée
key-space = Espace

## Liste des raccourcis

## Titres des dialogues
dialog-new-file = Nouveau fichier de règles
dialog-add-test = Ajouter le changement aux tests
dialog-generate = Générer des décisions
dialog-compare = Comparer des versions
dialog-export = Exporter des reçus
dialog-promote = Mettre en service
dialog-roll-back = Revenir en arrière
dialog-mode = Changer le mode
dialog-publish = Publier
dialog-rate = Évaluer
dialog-cite = Citer

## Nouveau fichier. Ce qui ne va pas dans un nom s’affiche sous le champ, et avec une majuscule sur le bouton.
new-file-path = Chemin dans l’espace de travail
new-file-example = Par exemple access/contractors.cedar
new-file-ending = le nom doit se terminer par .cedar
new-file-taken = un fichier de ce nom existe déjà
new-file-empty = Saisissez d’abord un nom
create = Créer

## Un changement comme test
select-change = Sélectionnez d’abord un changement.
may = { $who } peut { $action } { $resource }
may-not = { $who } ne peut pas { $action } { $resource }
as-before-and-after = comme en vigueur et comme modifié
as-before = comme en vigueur : le test échoue jusqu’à ce que la modification soit annulée
as-after = comme modifié : le test le maintient
as-neither = ni comme en vigueur ni comme modifié
invented = Inventé par le solveur, et conservé avec les entités nécessaires ({ $entities }).
entities = { $count ->
    [one] { NUMBER($count) } entité
   *[other] { NUMBER($count) } entités
}
test-name = Nom
test-replaces = remplace le test de ce nom
test-decision = Décision attendue par le test
must-be-denied = Doit être refusé
must-be-allowed = Doit être autorisé
add-test = Ajouter le test

## Un journal généré
generate-about = Produit des décisions vraisemblables à partir du schéma et des entités de cet espace de travail, prises selon les règles en vigueur. La même graine donne le même journal.
generate-replaces = Il prend la place du journal chargé actuellement.
generate-decisions = Décisions
generate-seed = Graine
generate = Générer
whole-number = saisissez un nombre entier

## Versions à comparer
compare-about = Rejoue le journal avec deux versions quelconques et prouve ce qui les distingue : un commit, une étiquette ou une branche, ou le chemin d’un dossier ou d’une archive.
compare-before = Avant
compare-before-hint = Vide : les règles en vigueur
compare-after = Après
compare-after-hint = Vide : les règles modifiées
compare-edit = la modification
compare = Comparer

## Écran de départ
start-title = Voyez à qui une modification donne ou retire l’accès
start-about = Ouvrez un dossier de règles, modifiez-les, et chaque décision enregistrée est rejouée avec votre modification. Rien ne quitte cette machine.
start-sample = Ouvrir l’espace de travail d’exemple
start-sample-about = Une organisation avec documents, équipes, régions et astreintes, et trois modifications dont l’effet mérite d’être vu. Vous en recevez votre propre copie.
start-folder = Ouvrir un dossier
start-folder-about = Un espace de travail, ou tout dossier contenant des règles .cedar, un schéma et des entités. Les fichiers restent où ils sont ; les brouillons sont gardés à côté.
start-verify = Vérifier un lot de preuves
start-verify-about = Contrôlez des preuves signées avec votre propre fichier de confiance. Sans espace de travail : choisissez un fichier .tfb, ou déposez-en un n’importe où sur la fenêtre.
start-opening = Ouverture : { $what }…
start-recent = Récents
start-gone = le dossier n’existe plus
the-sample = l’espace de travail d’exemple

## Ce qui arrive aux espaces de travail et aux journaux
opened = { $name } : ouvert
not-opened = L’espace de travail n’a pas été ouvert
not-closed = L’espace de travail n’a pas été fermé
created = { $path } : créé
not-created = Le fichier n’a pas été créé
settings-not-kept = Les réglages n’ont pas été conservés
importing = Importation : { $files }
generating = Génération des décisions
no-log-chosen = Aucun journal n’a été choisi
not-imported = Le journal n’a pas été importé
decisions-ready = { $count ->
    [one] { NUMBER($count) } décision enregistrée est prête
   *[other] { NUMBER($count) } décisions enregistrées sont prêtes
}
lines-skipped = { $count ->
    [one] { NUMBER($count) } ligne inutilisable.
   *[other] { NUMBER($count) } lignes inutilisables.
}
lines-skipped-from = { $count ->
    [one] { NUMBER($count) } ligne inutilisable : ligne { $line }.
   *[other] { NUMBER($count) } lignes inutilisables, la première à la ligne { $line }.
}

## Composants
messages = Messages
suggestions = Suggestions
passphrase = Phrase secrète de la clé

## Échecs de la fenêtre elle-même. Un message et un conseil commencent par une minuscule.
reload-hint = rechargez la vue ; vos brouillons sont conservés
no-answer = l’application n’a pas répondu : { $words }
crash-title = La vue s’est arrêtée
crash-about = Un problème est survenu dans cette fenêtre. Vos modifications sont conservées comme brouillons et reviennent au rechargement.
crash-reload = Recharger la vue
crash-diagnose = Recharger et montrer le diagnostic

## Tableaux
exporting-table = Exportation d’un tableau
table-exported = { $count ->
    [one] Une ligne exportée
   *[other] { NUMBER($count) } lignes exportées
}
table-not-exported = Le tableau n’a pas été exporté
table-copied = Tableau copié en Markdown
table-not-copied = Le tableau n’a pas été copié

## Annuler
undone = Annulé
partly-undone = Annulé, sauf ce qui a été modifié depuis
not-undone = L’annulation n’a pas été possible

## Ce qui est tenu au-dessus de la fenêtre
drop-report = Déposez un rapport pour le vérifier
drop-logs = Déposez des journaux pour les importer
drop-logs-about = Ils remplacent les décisions enregistrées de l’espace de travail. Les fichiers restent où ils sont.
drop-workspace = Déposez le dossier pour l’ouvrir
drop-workspace-about = Il s’ouvre comme espace de travail, tel qu’il est.
drop-project = Déposez-le pour voir ce qu’il contient
drop-project-about = Avant tout changement, vous voyez ce que ferait une importation.
not-taken = Cela ne peut pas être déposé ici
accepted = Sont acceptés les lots de preuves, les rapports, les journaux de décisions, les dossiers et archives de règles et les fichiers de règles, une seule sorte à la fois.
logs-need-workspace = Ouvrez d’abord un espace de travail : les décisions y sont importées.
files-added = { $count ->
    [0] Tout y était déjà
    [one] Un fichier ajouté
   *[other] { NUMBER($count) } fichiers ajoutés
}
dialog-project = Importer un projet
