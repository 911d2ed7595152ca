### Le dialogue qui reprend un projet Cedar ou OPA.

about = Choisissez un dossier ou une archive de règles Cedar, ou un paquet OPA. Il est seulement examiné tant que vous n’avez pas dit que faire.
looking = Examen du contenu…
choose-folder = Choisir un dossier…
choose-archive = Choisir une archive…
found = Trouvé dans { $name }
policies = { $holds ->
    [one] Une règle
   *[other] { NUMBER($holds) } règles
} dans { $files ->
    [one] un fichier
   *[other] { NUMBER($files) } fichiers
}
modules = { $holds ->
    [one] Une définition
   *[other] { NUMBER($holds) } définitions
} dans { $files ->
    [one] un module Rego
   *[other] { NUMBER($files) } modules Rego
}
entities = { $holds ->
    [one] Une entité
   *[other] { NUMBER($holds) } entités
} dans { $files ->
    [one] un fichier
   *[other] { NUMBER($files) } fichiers
}
schema = { $files ->
    [one] Un schéma
   *[other] Un schéma en { NUMBER($files) } fichiers
}
data = { $files ->
    [one] Un fichier de données
   *[other] { NUMBER($files) } fichiers de données
}
links = { $files ->
    [one] Un fichier de liaisons de modèles
   *[other] { NUMBER($files) } fichiers de liaisons de modèles
}
tests = { $files ->
    [one] Un fichier de tests
   *[other] { NUMBER($files) } fichiers de tests
}
logs = Importer ensuite les décisions enregistrées dans { $files }
problems = { $count ->
    [one] Il contient une erreur : { $file } : { $message }
   *[other] Il contient { NUMBER($count) } erreurs, la première dans { $file } : { $message }
}
kept = { $count ->
    [one] L’espace de travail ouvert a un de ces fichiers avec un autre contenu ; il garde le sien : { $files }
   *[other] L’espace de travail ouvert a { NUMBER($count) } de ces fichiers avec un autre contenu ; il garde les siens : { $files }
}
left = { $count ->
    [one] Un fichier est laissé de côté
   *[other] { NUMBER($count) } fichiers sont laissés de côté
}
others = { $count ->
    [one] Un autre fichier n’appartient pas à un projet de règles.
   *[other] { NUMBER($count) } autres fichiers n’appartiennent pas à un projet de règles.
}
extend = { $count ->
    [0] Rien de nouveau pour l’espace de travail ouvert
    [one] Ajouter un fichier à l’espace de travail ouvert
   *[other] Ajouter { NUMBER($count) } fichiers à l’espace de travail ouvert
}
make = Créer un espace de travail…
