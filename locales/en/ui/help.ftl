### Help: articles, and the list of shortcuts.

title = Help
search = Search help
nothing = Nothing was found. Try one word, or another.
all = All articles
no-handbook = The handbook was not opened
article = Article
shortcuts = Keyboard shortcuts
in-the-editor = In the editor
editor-complete = Complete
editor-indent = Indent
editor-leave = Leave the editor, then Tab moves on
editor-find = Find
editor-comment = Comment or uncomment
