### Diagnostic, et ce que dit un démarrage.

title = Diagnostic
about = Ce qui peut être dit à quelqu’un qui aide. Rien n’est envoyé : vous le parcourez, l’enregistrez et le donnez à qui vous faites confiance. Il expire le { $expires } et son nom le dit.
gathering = Collecte des versions, des nombres et des lignes du journal…
show = Montrer tout ce qui s’y trouve
empty = Il ne contient rien.
caught = Quelque chose de secret a été trouvé
caught-about = Le fichier où il se trouve ne peut être enregistré. Tout le reste le peut.
caught-here = non enregistrable
left-out = Écartés : règles, schémas, tests, journaux de décisions, reçus, identifiants et noms de personnes, de choses, de fichiers et de machines, clés, phrases secrètes et texte des échecs. Ce qu’il faut distinguer porte une empreinte salée.
save = Enregistrer sous…
saved = Diagnostic enregistré

## Le démarrage
ended = Le Studio s’est arrêté de façon inattendue
ended-about = Vos modifications ont été gardées comme brouillons. Si cela se reproduit, le diagnostic aide à trouver pourquoi.
ended-since = Il a été démarré le { $since } et n’est pas allé jusqu’à sa fin. Vos modifications ont été gardées comme brouillons.

## Comptes de l’aide
counts-cleared = Comptes effacés
counts-exported = Comptes exportés
