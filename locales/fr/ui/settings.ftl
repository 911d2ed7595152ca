### Réglages.

title = Réglages
look = Apparence
theme = Thème
theme-about = « Système » suit la machine, y compris ses préférences de contraste.
theme-system = Système
theme-light = Clair
theme-dark = Sombre
theme-contrast = Contraste élevé
density = Densité
density-about = Hauteur des lignes des listes et de l’éditeur.
density-comfortable = Confortable
density-compact = Compacte
language = Langue
language-about = Prend effet aussitôt. Ce que l’espace de travail dit lui-même reste tel qu’il a été écrit.
language-system = Système
# Le nom que la langue se donne elle-même, le même dans tous les fichiers.
language-de = Deutsch
language-en = English
language-fr = Français
editing = Édition
format-on-save = Mettre en forme les fichiers de règles à l’enregistrement
format-on-save-about = S’annule en une fois. Un texte mal formé est enregistré tel quel.
notify = Me prévenir quand un long travail se termine pendant que je suis ailleurs
notify-about = Par les notifications du système, et seulement si cette fenêtre n’est pas au premier plan et que cela a duré plus de dix secondes.
data = Données
data-workspace = Espace de travail
data-own = Données propres au Studio
data-log = Journal des décisions
data-log-facts = { NUMBER($requests) } demandes distinctes, { NUMBER($slices) } extraits d’entités, { $bytes } sur le disque.
data-log-origin = Source : { $origin }.
copy-path = Copier le chemin
path-copied = Chemin copié
help = Aide et pannes
count-help = Compter l’aide que j’ouvre
count-help-about = Sur cette machine et pour vous seul : quel article, combien de fois, et le dernier jour. Rien n’est envoyé.
counts-none = Rien n’a encore été compté.
counts-kept = Plus rien n’est compté. Ce qui l’a été reste jusqu’à ce que vous l’effaciez.
counts-csv = Exporter en CSV…
counts-json = Exporter en JSON…
counts-clear = Effacer
opened = { $count ->
    [one] ouvert { NUMBER($count) } fois
   *[other] ouvert { NUMBER($count) } fois
}
trouble = Quand quelque chose ne va pas
trouble-about = Rassemble versions, nombres et lignes du journal sans secrets ni noms, les montre et les enregistre dans un fichier.
about = À propos
about-engine = Moteur de règles
about-licences = Licences
licences = Studio : Apache-2.0. Inter et JetBrains Mono : OFL. Icônes Lucide : ISC.
