### Preuves : un lot et la façon dont il a été jugé, ses reçus, qui fait foi, et le registre de l’espace de travail.

## Le lieu
ledger-of = Registre de { $workspace }
read-all-again = Tout relire
verify-another = En vérifier un autre…
sheets = Origine des preuves
sheet-bundle = Lot de preuves
sheet-ledger = Registre de cet espace de travail
in-trouble = en défaut
drop = Déposez un lot de preuves pour le vérifier
drop-about = Il est seulement lu, et rien ne quitte cette machine. Un dossier s’ouvre comme espace de travail.
receipt-count = { $count ->
    [one] { NUMBER($count) } reçu
   *[other] { NUMBER($count) } reçus
}

## Ce qui se copie
copy = Copier
copy-path = Copier le chemin
copy-digest = Copier l’empreinte
copy-root = Copier la racine
copy-key-id = Copier l’identifiant de la clé
copy-key = Copier pour un fichier de confiance
copy-commands = Copier les commandes
copy-verdict = Copier le verdict
copy-proof = Copier la preuve
copy-statement = Copier la déclaration
copy-envelope = Copier l’enveloppe
hash-copied = Empreinte copiée

## Avant qu’un lot soit choisi
begin = Vérifiez ce qui a été promis, sans croire personne sur parole
begin-about = Un lot de preuves contient des reçus signés et tout ce qui les prouve : les clés, le registre où ils figurent, les décisions elles-mêmes. Tout est vérifié sur cette machine, selon votre seul fichier de confiance, et les décisions enregistrées sont rejouées. Rien ne quitte cette machine.
begin-drop = ou déposez un fichier .tfb n’importe où sur cette fenêtre
begin-sample = trois reçus produits sur cette machine, jugés selon le fichier de confiance de l’exemple
begin-trust = Qui fait foi
begin-recent = Ouverts récemment
judged-on = { $verdict } le { $date }
try-again = Réessayer

## Le verdict. Les indications d’une ligne sont séparées par des points.
line-exported = exporté le { $date }
line-says-exported = se dit exporté le { $date }
line-judged = jugé selon { $file } en { $time }
line-judged-by-nobody = jugé sans fichier de confiance en { $time }
line-stays = rien n’a quitté cette machine
remember = Retenir le point de contrôle
remembered = Point de contrôle retenu
rests-on = Ce qui fonde le verdict
side = Détails
side-width = Largeur du volet

## Pourquoi ce verdict. `$sentence` vient de l’application et commence par une minuscule ; elle suit donc un deux-points.
because-verified = { $idle ->
    [0] Tout ce qui est à vérifier ici est vrai ({ NUMBER($hold) }).
    [one] Tout ce qui est à vérifier ici est vrai ({ NUMBER($hold) }) ; une vérification est ici sans objet.
   *[other] Tout ce qui est à vérifier ici est vrai ({ NUMBER($hold) }) ; { NUMBER($idle) } vérifications sont ici sans objet.
}
because-failed = { $more ->
    [0] Ceci est faux : { $sentence } ({ $check }).
    [one] Ceci est faux : { $sentence } ({ $check }). Une autre vérification échoue.
   *[other] Ceci est faux : { $sentence } ({ $check }). { NUMBER($more) } autres vérifications échouent.
}
because-nobody = Aucune vérification n’échoue, mais personne n’a encore votre confiance. Choisissez un fichier de confiance : il dit qui fait foi.
because-open = Aucune vérification n’échoue, mais ceci n’a pas pu être vérifié : { $sentence } ({ $check }). Motif : { $why }.
because-unclear = Les vérifications ci-dessous n’expliquent pas ce verdict. Vérifiez à nouveau, et ne vous fiez ni à lui ni à elles.

## Le verdict en texte, à transmettre : les intitulés à gauche, tous de même largeur.
text-digest = lot                sha256:{ $digest }
text-size = taille             { $bytes } octets
text-exported = exporté            { $at } (selon le lot)
text-purpose = finalité           { $purpose } (selon le lot)
text-trust = jugé selon         { $file } sha256:{ $digest }
text-nobody = jugé               sans fichier de confiance
text-at = jugé au            { $at }
text-ledger = registre           { $origin }
text-checkpoint = point de contrôle  reçus : { $size }, racine { $root }
text-compared = comparé            reçus : { $size }, racine { $root }
text-check = { $check } { $state } : { $sentence }
text-expected = attendu : { $expected }
text-found = trouvé : { $found }

## Les vérifications
checks = Vérifications
checks-open = { NUMBER($count) } en suspens
checks-failed = { $count ->
    [one] { NUMBER($count) } échec
   *[other] { NUMBER($count) } échecs
}
checks-needed = Nécessaire, mais n’a pas pu être vérifié
checks-idle = { $count ->
    [one] Une vérification est ici sans objet
   *[other] { NUMBER($count) } vérifications sont ici sans objet
}
check-gone = n’existe plus
check-expected = Attendu
check-found = Trouvé
check-why-not = Motif
check-also = Également
check-more = et { NUMBER($count) } de plus
check-run = Refaire cette vérification
check-again = Vérifié à nouveau à { $time } UTC : { $state }.

## Fichiers d’un lot
files = Fichiers
no-files = Aucun fichier
no-files-about = Les reçus de ce lot ne parlent d’aucun fichier joint.
file = Fichier
size = Taille

## Ce qu’un lot dit de lui-même, et comment il a été jugé
circumstances = Le lot et la façon dont il a été jugé
the-bundle = Le lot
says-itself = Ce qui suit est ce qu’il dit de lui-même.
exported = Exporté
purpose = Finalité
no-purpose = non précisée
checkpoint = Point de contrôle
no-checkpoint = aucun
judged-by = Jugé selon
judged-at = Jugé à la date
judged-as-of = Au { $at } : rien ne doit avoir été signé après.
judged-any-time = Aucune date n’est donnée : chaque signature est jugée à sa propre date.
moment = Date du jugement, UTC
moment-wrong = Écrivez la date ainsi : 2026-11-21 12:00
judge-then = Juger à cette date
any-time = Sans date
compared-with = Comparé à
compared-with-nothing = Rien : aucun point de contrôle de ce registre n’a encore été vu. Retenez-en un, et tout lot ultérieur devra en être la suite.
compare-file = Comparer à un fichier…
compared-from = tiré de { $file }
compare-remembered = Utiliser celui qui est retenu

## Qui fait foi
trusts-nobody = Personne n’a encore votre confiance
trusts-nobody-about = Un fichier de confiance nomme les registres, les témoins et les clés qui font foi pour vous. Sans lui, rien n’est cru, et rien ne peut donc être décidé. Ce qu’un lot dit de lui-même ne compte jamais.
choose-another = En choisir un autre…
trust-nobody = Ne faire confiance à personne
trust-names = { $keys ->
    [one] { NUMBER($keys) } clé
   *[other] { NUMBER($keys) } clés
}, { $ledgers ->
    [one] { NUMBER($ledgers) } registre
   *[other] { NUMBER($ledgers) } registres
}, { $witnesses ->
    [one] { NUMBER($witnesses) } témoin
   *[other] { NUMBER($witnesses) } témoins
}
ledgers = Registres
keys = Clés
file-digest = Empreinte du fichier

## Reçus
receipts = Reçus
receipts-label = Reçus, les plus récents d’abord
no-receipts = Aucun reçu
no-receipts-about = Rien n’a encore été signé. Un reçu est conservé de chaque aperçu que vous demandez, des verdicts du gardien, des dérogations et des changements de clé.
column-number = Numéro
column-signed = Signé, UTC
column-kind = Genre
column-says = Contenu
row-purged = purgé : il n’en reste que la feuille
receipt = Reçu { NUMBER($number) }
receipt-label = Le reçu sélectionné
receipt-width = Largeur du reçu
receipt-purged = Il a été purgé : ce qu’il disait est perdu pour de bon, mais sa feuille tient toujours sa place.
receipt-signed = Signé
by = Par
no-keys = inconnues
export-receipt = Exporter ce reçu…
proves = Ce qui prouve le reçu
inclusion = Preuve d’inclusion
statement = Déclaration
envelope = Enveloppe
purged = Purgé
purged-about = Le reçu et son sel ont été détruits. La feuille qui reste ne permet pas de deviner ce qu’il disait.

## Genres de reçus
kind-drift-preview = aperçu
kind-guard-verdict = verdict du gardien
kind-override = dérogation
kind-promotion = mise en service
kind-rollback = retour
kind-narrative = rapport
kind-key-rotation = changement de clé
kind-restore = restauration
kind-purge-manifest = purge
kind-unknown = inconnu

## Le chemin d’une feuille à la racine. Une étape se lit : empreinte, `path-with-left`, empreinte, `path-makes` ; la suivante commence par le résultat.
no-path = Aucun point de contrôle ne le couvre encore
no-path-about = Le reçu est conservé. Le prochain point de contrôle que signera son registre le prouvera.
path-leads = Mène à la racine signée
path-misleads = Ne mène pas à la racine signée
path-label = De la feuille à la racine
path-about = { $steps ->
    [one] Reçu { NUMBER($number) } sur { NUMBER($size) }, en { NUMBER($steps) } étape jusqu’au point de contrôle de { $origin }
   *[other] Reçu { NUMBER($number) } sur { NUMBER($size) }, en { NUMBER($steps) } étapes jusqu’au point de contrôle de { $origin }
}
path-leaf = feuille
path-root = racine signée
path-end = ce que cela donne
path-with-left = avec, à sa gauche,
path-with-right = avec, à sa droite,
path-makes = donne

## Le chemin en texte : les empreintes s’alignent.
way-leaf = feuille { $number }  { $hash }
way-left = gauche  { $hash }
way-right = droite  { $hash }
way-makes = donne   { $hash }
way-leads = mène à la racine { $root } de { $origin } (reçus : { $size })
way-misleads = ne mène pas à la racine { $root } de { $origin } (reçus : { $size })

## Le registre de l’espace de travail
no-ledger = Cet espace de travail ne tient pas de registre
no-ledger-about = Avec un registre, chaque aperçu que vous conservez et chaque verdict du gardien laisse un reçu signé que nul ne peut changer ni retirer sans que cela se voie. Créez une clé, puis commencez le registre :
the-ledger = Le registre
signs-nothing = ne signe rien
all-signed = tout est signé
not-signed = { $count ->
    [one] { NUMBER($count) } pas encore signé
   *[other] { NUMBER($count) } pas encore signés
}
covered = Couverts par son point de contrôle
database = Base de données
read-again = Relu à { $time } UTC.
read-again-well = { $count ->
    [one] Relu à { $time } UTC : { NUMBER($count) } reçu, aucune contradiction.
   *[other] Relu à { $time } UTC : { NUMBER($count) } reçus, aucune contradiction.
}

## Exportation
export-about = Écrit des reçus avec leurs preuves dans un lot que chacun peut vérifier hors ligne avec son propre fichier de confiance. Le registre contient { $receipts ->
    [one] { NUMBER($receipts) } reçu
   *[other] { NUMBER($receipts) } reçus
} ; les numéros vont de 0 à { NUMBER($newest) }.
export-first = Premier reçu
export-last = Dernier reçu
export-from = Signés à partir de, UTC
export-until = Signés avant, UTC
export-edits = Tous les autres reçus des mêmes modifications : aperçus, verdicts, dérogations, mises en service
export-reports = Les rapports dont parlent les reçus, si cet espace de travail les a conservés
export-decisions = Les décisions que change le dernier aperçu, pour qu’elles soient rejouées à la vérification
export-purpose = La finalité est signée avec le lot, pour qui l’ouvrira.
export-where = Choisir l’emplacement…
export-numbers = Saisissez deux nombres entiers
export-order = Le premier reçu ne doit pas venir après le dernier
export-beyond = Le dernier reçu porte le numéro { NUMBER($last) }
export-moment = Écrivez les dates ainsi : 2026-11-21 12:00
exporting-some = Exportation…
exporting-of = Exportation : { NUMBER($done) } sur { NUMBER($total) }
export-cancelled = Annulé. La même exportation, demandée à nouveau, reprend là où elle s’est arrêtée.
export-done = { $files ->
    [0] Exporté : { $receipts }, { $bytes }
    [one] Exporté : { $receipts } avec { NUMBER($files) } fichier, { $bytes }
   *[other] Exporté : { $receipts } avec { NUMBER($files) } fichiers, { $bytes }
}

## Ce qui prend du temps
verifying = Vérification du lot
reading = Relecture du registre
exporting = Exportation des reçus
running = { $job }…
busy = Tâche en cours : { $job }
busy-wait = Tâche en cours : { $job }. Annulez-la d’abord, ou attendez.

## Ce qui arrive
no-file-chosen = Aucun fichier n’a été choisi
trust-not-taken = Le fichier de confiance n’a pas été pris en compte
judging-by = Le jugement suit { $file }
judging-by-nobody = Personne n’a votre confiance
not-opened = Le lot n’a pas été ouvert
not-verified = Le lot n’a pas été vérifié
verified = { $verdict }. { $why }
checkpoint-remembered = { $count ->
    [one] Le point de contrôle de { NUMBER($count) } reçu est retenu
   *[other] Le point de contrôle de { NUMBER($count) } reçus est retenu
}
checkpoint-not-remembered = Le point de contrôle n’a pas été retenu
read-well = { $count ->
    [one] { NUMBER($count) } reçu relu : aucune contradiction
   *[other] { NUMBER($count) } reçus relus : aucune contradiction
}
nothing-to-export = Il n’y a aucun reçu à exporter
