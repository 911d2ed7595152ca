### Einstellungen.

title = Einstellungen
look = Darstellung
theme = Farbschema
theme-about = „System“ folgt dem Gerät, auch dessen Wunsch nach mehr Kontrast.
theme-system = System
theme-light = Hell
theme-dark = Dunkel
theme-contrast = Hoher Kontrast
density = Zeilenabstand
density-about = Höhe der Listenzeilen und der Zeilen im Editor.
density-comfortable = Normal
density-compact = Kompakt
language = Sprache
language-about = Gilt sofort. Was ein Arbeitsbereich selbst sagt, bleibt, wie es geschrieben wurde.
language-system = System
# Der Name, den die Sprache sich selbst gibt, in jeder Datei derselbe.
language-de = Deutsch
language-en = English
language-fr = Français
editing = Bearbeiten
format-on-save = Richtliniendateien beim Speichern formatieren
format-on-save-about = Lässt sich in einem Schritt widerrufen. Text mit Syntaxfehlern wird so gespeichert, wie er ist.
notify = Melden, wenn eine lange Arbeit endet, während ich woanders bin
notify-about = Über die Benachrichtigungen des Systems und nur, wenn dieses Fenster nicht vorn ist und es länger als zehn Sekunden gedauert hat.
data = Daten
data-workspace = Arbeitsbereich
data-own = Eigene Daten des Studios
data-log = Entscheidungsprotokoll
data-log-facts = { NUMBER($requests) } verschiedene Anfragen, { NUMBER($slices) } Entitätsausschnitte, { $bytes } auf der Platte.
data-log-origin = Aus { $origin }.
copy-path = Pfad kopieren
path-copied = Pfad kopiert
help = Hilfe und Störungen
count-help = Zählen, welche Hilfe ich öffne
count-help-about = Auf diesem Gerät und nur für Sie: welcher Artikel, wie oft, und an welchem Tag zuletzt. Nichts wird gesendet.
counts-none = Es wurde noch nichts gezählt.
counts-kept = Es wird nichts mehr gezählt. Was gezählt wurde, bleibt, bis Sie es löschen.
counts-csv = Als CSV exportieren …
counts-json = Als JSON exportieren …
counts-clear = Löschen
opened = { $count ->
    [one] { NUMBER($count) }-mal geöffnet
   *[other] { NUMBER($count) }-mal geöffnet
}
trouble = Wenn etwas nicht stimmt
trouble-about = Trägt Versionen, Anzahlen und Protokollzeilen ohne Geheimnisse und Namen zusammen, zeigt sie und speichert sie als Datei.
about = Über das Studio
about-engine = Auswertung der Richtlinien
about-licences = Lizenzen
licences = Studio: Apache-2.0. Inter und JetBrains Mono: OFL. Lucide-Symbole: ISC.
