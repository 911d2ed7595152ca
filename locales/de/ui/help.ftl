### Hilfe: Artikel und die Liste der Tastenkürzel.

title = Hilfe
search = Hilfe durchsuchen
nothing = Nichts gefunden. Versuchen Sie es mit einem Wort oder einem anderen.
all = Alle Artikel
no-handbook = Das Handbuch wurde nicht geöffnet
article = Artikel
shortcuts = Tastenkürzel
in-the-editor = Im Editor
editor-complete = Vervollständigen
editor-indent = Einrücken
editor-leave = Editor verlassen; danach geht es mit Tab weiter
editor-find = Suchen
editor-comment = Aus- oder einkommentieren
