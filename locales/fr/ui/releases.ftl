### Mises en service : les canaux, leurs étapes, et les formulaires qui les font avancer. L’`accent grave` marque le code.

## Quand il n’y a rien à afficher
no-repository = Cet espace de travail n’est dans aucun dépôt git
no-repository-about = Les versions et les canaux sont conservés dans le dépôt de l’espace de travail, en étiquettes et en références à côté des branches des auteurs. Créez un dépôt et validez-y les règles :
no-releases = Aucun canal ne livre encore de version
no-releases-about = Un canal, stable par exemple, livre une seule version des règles à la fois. Une mise en service le fait avancer dès que ses contrôles sont réussis ; le retour en arrière est alors déjà construit et signé.

## Un canal
lane = Canal { $lane }
roll-back-to = Revenir à { $version }…
mode-dots = Mode…
enforce-dots = Appliquer à tous…
ships-nothing = Ne livre encore rien.
in-force-since = `{ $version }` est en vigueur depuis le { $at }, mise en place par { $by }.
nothing-decides = Rien ne décide encore ici
nothing-decides-about = Rien n’était en vigueur avant, et ces règles ne sont pas appliquées : tout est refusé à qui n’est atteint par aucun essai.
track = Étapes de { $lane }, de la plus ancienne à la plus récente
before = { NUMBER($count) } avant
asks = Avant chaque étape : aucune erreur, tests réussis, { $asks }.

## Étapes d’un canal
moves = Étapes
moves-of = Étapes de { $lane }
older-moves = { $count ->
    [one] { NUMBER($count) } étape antérieure : `fabric history { $lane }`
   *[other] { NUMBER($count) } étapes antérieures : `fabric history { $lane }`
}
what-and-why = { $what } : { $reason }

## L’étape sélectionnée
move = Étape sélectionnée
version-as-move = { $version }, étape { NUMBER($sequence) }
in-force = en vigueur
what = Opération
when = Date
by = Par
reason = Raison
mode = Mode
enforced = appliquée
audit-only = en observation
canary = essai limité à { NUMBER($percent) } %
applied-but = { $said }, { $name } { $mode }
applied-many = { $count ->
    [one] { $all }, { NUMBER($count) } autrement
   *[other] { $all }, { NUMBER($count) } autrement
}
version-in-mode = { $version }, { $mode }
ships = { $channel } livre { $version }, { $mode }
did-promotion = Mise en service
did-modes = Autres modes
did-undo = Annule { NUMBER($sequence) }
did-undo-part = Annule une partie de { NUMBER($sequence) }
ask-drift = écart dans les limites de `{ $file }`
ask-approvals = { $count ->
    [one] une approbation par quelqu’un d’autre
   *[other] { NUMBER($count) } approbations par d’autres
}
and-more = { $count ->
    [one] et { NUMBER($count) } autre
   *[other] et { NUMBER($count) } autres
}
approved-by = Approuvée par
gates-passed-over = Contrôles laissés de côté
commit = Commit
copy-commit = Copier le commit
compare-with = Comparer avec { $version }
show-receipt = Afficher le reçu

## Modes au choix
mode-enforce = Appliquer à tous
mode-canary-10 = Essai limité : 10 % des personnes
mode-canary-50 = Essai limité : 50 % des personnes
mode-audit-only = En observation : évaluer et enregistrer
nobody-else = Tout est refusé à qui n’est pas atteint
nobody-else-about = Rien n’était en vigueur ici avant cette version : rien d’autre ne décide pour ceux que ce mode laisse de côté.

## Une mise en service. `$commit` est la première ligne d’un commit, `$why` une phrase sans point final.
made-of = Une version qui n’existe pas encore est créée à partir du commit actuel : { $commit }. Une mise en service est signée et reste dans l’historique ; un retour en arrière l’annule.
unready = Aucune nouvelle version ne peut être créée maintenant : { $why }. Une version existante peut être livrée.
channel = Canal
version = Version
if-closed = Si un contrôle reste bloquant
why-outside = Pourquoi cela ne peut pas attendre le créneau prévu
why-references = Pourquoi des références rompues peuvent rester
override-file = Fichier de la dérogation signée pour les écarts
promoting = Signature des deux paquets, écriture du reçu…

## Contrôles
gates = Contrôles
looking = Examen des contrôles…
gate-validation = Validation
gate-tests = Tests
gate-references = Références
gate-drift = Écart
gate-approvals = Approbations
gate-window = Créneau
gate-passed = réussi
gate-passed-over = laissé de côté
gate-closed = bloquant
gate-not-asked = non demandé

## Ce qu’un contrôle a constaté. `$more`, `$message`, `$why` et `$reason` peuvent être les mots d’autrui.
found-no-errors = Aucune erreur dans les fichiers
found-errors = { $count ->
    [one] { NUMBER($count) } erreur, dans `{ $place }` : { $message }
   *[other] { NUMBER($count) } erreurs, la première dans `{ $place }` : { $message }
}
found-no-tests = La version n’a pas de test nommé
found-tests-pass = { $count ->
    [one] { NUMBER($count) } test nommé réussi
   *[other] { NUMBER($count) } tests nommés réussis
}
found-tests-fail = { $failed ->
    [one] { NUMBER($failed) } test nommé
   *[other] { NUMBER($failed) } tests nommés
} sur { NUMBER($of) } en échec, d’abord `{ $first }`
found-unlisted = L’espace de travail n’a pas de fichier `{ $file }`
found-references-whole = { $count ->
    [one] { NUMBER($count) } référence intacte
   *[other] { NUMBER($count) } références intactes
}
found-references-broken = { $broken ->
    [one] { NUMBER($broken) } référence rompue
   *[other] { NUMBER($broken) } références rompues
} sur { NUMBER($of) }, d’abord dans `{ $place }` : { $message }
found-list-gone = La version en vigueur a un fichier `{ $file }`, celle-ci n’en a pas
found-left-out = { $found } ; laissé de côté, raison : { $reason }
found-no-tolerance = Aucun fichier de tolérance n’est indiqué pour le canal
found-nothing-shipped = Le canal ne livre encore rien : il n’y a rien à comparer
found-no-log = Il n’y a pas de journal des décisions à rejouer
found-replayed = { $rows ->
    [one] { NUMBER($rows) } ligne rejouée
   *[other] { NUMBER($rows) } lignes rejouées
} : { $gained ->
    [one] +{ NUMBER($gained) } accès gagné
   *[other] +{ NUMBER($gained) } accès gagnés
}, { $lost ->
    [one] −{ NUMBER($lost) } perdu
   *[other] −{ NUMBER($lost) } perdus
}, { $open ->
    [one] { NUMBER($open) } indéterminable
   *[other] { NUMBER($open) } indéterminables
}
found-no-schema = rien n’est prouvé, faute de schéma
found-proven = `{ $action }` : { $relation }
found-proven-why = `{ $action }` : { $relation } ({ $why })
found-alike = { $count ->
    [one] pour { NUMBER($count) } action, il est prouvé que rien ne change
   *[other] pour { NUMBER($count) } actions, il est prouvé que rien ne change
}
found-exceeded = { $count ->
    [one] { NUMBER($count) } limite dépassée
   *[other] { NUMBER($count) } limites dépassées
}
found-answer = { $by } en répond : { $reason }
found-no-approvals = Le canal ne demande aucune approbation
found-not-approved = { $wanted ->
    [one] { NUMBER($wanted) } approbation demandée, aucune obtenue
   *[other] { NUMBER($wanted) } approbations demandées, aucune obtenue
}
found-approved = { $there ->
    [one] { NUMBER($there) } approbation
   *[other] { NUMBER($there) } approbations
} sur { NUMBER($wanted) } : { $people }
found-any-time = Le canal peut bouger à tout moment
found-open = Créneau ouvert : { $hours }
found-closed = Créneau fermé : { $hours }
found-anyway = Hors du créneau ({ $hours }), raison : { $reason }
remark-own = { $found } ; selon les règles de la version suivante, car celles en vigueur ne peuvent être satisfaites : { $why }
remark-own-approvals = { $asked ->
    [one] { NUMBER($asked) } approbation demandée
   *[other] { NUMBER($asked) } approbations demandées
}, { $there ->
    [one] { NUMBER($there) } approbateur désigné
   *[other] { NUMBER($there) } approbateurs désignés
}
remark-tests-gone = { $count ->
    [one] { NUMBER($count) } test nommé n’y figure plus : `{ $first }`
   *[other] { NUMBER($count) } tests nommés n’y figurent plus, dont `{ $first }`
}
remark-in-between = tant que certaines de ses règles attendent et que les précédentes en tiennent lieu
remark-canary-left-out = ce qu’un essai donne à ceux qu’il atteint n’est pas compté
remark-nothing-decides = rien ne décide encore pour tous : comparé à la version qui est seulement en observation
remark-not-shipped = { $count ->
    [one] { NUMBER($count) } fichier n’est pas livré, car git ne l’a pas : `{ $first }`
   *[other] { NUMBER($count) } fichiers ne sont pas livrés, car git ne les a pas, dont `{ $first }`
}
found-also = { $found } ; { $more }
hours = { $days }, de { $from } à { $until } UTC
weekday = { $day ->
    [0] dim.
    [1] lun.
    [2] mar.
    [3] mer.
    [4] jeu.
    [5] ven.
   *[other] sam.
}

## Ce qu’il faut faire alors
hint-errors = Corrigez-les, faites un commit, puis une nouvelle version
hint-tests = `fabric test` les montre ; corrigez les règles ou les tests, puis faites une nouvelle version
hint-references = Rétablissez-les, faites un commit, puis une nouvelle version ; ou dites pourquoi des références rompues peuvent rester
hint-no-log = Importez un journal des décisions dans l’espace de travail
hint-exceeded = `fabric guard` montre ce qui dépasse la tolérance ; un approbateur peut signer une dérogation
hint-approvals = Demandez à un approbateur de `workspace.toml` qui n’a pas écrit le changement de lancer `fabric approve`, dans les modes demandés
hint-closed = Attendez le créneau, ou dites pourquoi cela ne peut pas attendre

## Un retour en arrière
roll-back-about = `{ $channel }` livre `{ $now }` et livrera de nouveau `{ $back }`, à partir du paquet signé lors de la mise en service. Aucun contrôle n’est demandé, aucun réseau n’est nécessaire, et une seule mise en service suffit pour repartir en avant. Cela aussi est signé et reste dans l’historique.
going-back = Retour en arrière…

## Un autre mode. `$mode` est le nom que lui donne l’application : `audit-only`.
ships-enforced = `{ $channel }` livre `{ $version }`, appliquée à tous.
ships-in-mode = `{ $channel }` livre `{ $version }`, { $mode }.
shadow-log = Journal d’observation : ce que le point d’application a enregistré
choose = Choisir…
mode-from-now = Mode à partir de maintenant
only-policy = Une seule règle, par son identifiant
changing-mode = Changement de mode…
apply = Appliquer

## Ce que donne un journal d’observation
shadow-about = `fabric pdp serve --shadow FILE` enregistre ce que la version aurait décidé pendant qu’une autre est appliquée.
compared = { $count ->
    [one] { NUMBER($count) } décision comparée.
   *[other] { NUMBER($count) } décisions comparées.
}
compared-span = { $count ->
    [one] { NUMBER($count) } décision comparée, du { $first } au { $last }.
   *[other] { NUMBER($count) } décisions comparées, du { $first } au { $last }.
}
of-others = { $count ->
    [one] { NUMBER($count) } ligne concerne d’autres versions ou d’autres modes et ne compte pas ici.
   *[other] { NUMBER($count) } lignes concernent d’autres versions ou d’autres modes et ne comptent pas ici.
}
not-compared = { $count ->
    [one] { NUMBER($count) } ligne n’a été comparée à rien et ne compte pas ici.
   *[other] { NUMBER($count) } lignes n’ont été comparées à rien et ne comptent pas ici.
}
not-read = { $count ->
    [one] { NUMBER($count) } ligne n’a pas pu être lue et ne compte pas ici.
   *[other] { NUMBER($count) } lignes n’ont pas pu être lues et ne comptent pas ici.
}
nothing-to-go-by = Rien ne permet encore de conclure
nothing-to-go-by-about = Aucune décision n’a encore été comparée pour ce que le canal livre actuellement : on ne sait pas ce que changerait son application. Laissez-le tourner en observation quelque temps, puis regardez de nouveau.
nobody-notices = Personne ne s’en apercevrait
nobody-notices-about = Appliquée, la version aurait pris chaque fois la même décision.
# « Refus » et « accès » s’écrivent au singulier comme au pluriel ; le nombre est au-dessus.
would-be-denied = refus à prévoir
would-be-allowed = accès à prévoir
who-notices = Qui s’en apercevrait
column-who = Qui
column-action = Action
column-would-be = Deviendrait
column-times = Nombre
column-resources = Ressources
column-by = Par
allowed = + autorisé
denied = − refusé
no-permit = aucun permit
more-lines = { $count ->
    [one] { NUMBER($count) } autre ligne : `fabric pdp cutover --json` les donne toutes.
   *[other] { NUMBER($count) } autres lignes : `fabric pdp cutover --json` les donne toutes.
}

## Ce qui en est advenu
receipt-says-so = Le reçu { $receipt } l’atteste.
no-receipt = Aucun reçu à afficher
finish = Achever cette étape
finished-first = Une autre étape a d’abord été achevée
finished-look = Elle avait été commencée, puis interrompue. Rien d’autre n’a été fait : regardez ce que le canal livre maintenant, puis recommencez.
not-compared-versions = Les versions n’ont pas été comparées
