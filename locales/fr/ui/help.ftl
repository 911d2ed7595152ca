### Aide : les articles et la liste des raccourcis.

title = Aide
search = Chercher dans l’aide
nothing = Aucun résultat. Essayez un seul mot, ou un autre.
all = Tous les articles
no-handbook = Le manuel n’a pas été ouvert
article = Article
shortcuts = Raccourcis clavier
in-the-editor = Dans l’éditeur
editor-complete = Compléter
editor-indent = Indenter
editor-leave = Quitter l’éditeur ; Tab passe ensuite à la suite
editor-find = Chercher
editor-comment = Mettre ou retirer un commentaire
