### Was jeden Ort umgibt: Leisten, Befehlssuche, Dialoge ohne eigenen Ort, der Startbildschirm und Wörter der Bausteine.

## Orte
policies = Richtlinien
drift = Abweichungen
releases = Releases
evidence = Nachweise
narratives = Berichte
settings = Einstellungen
places = Orte
skip = Zum Inhalt springen

## Wörter vieler Orte
cancel = Abbrechen
close = Schließen
copied = Kopiert
dismiss = Schließen
undo = Rückgängig
cancelled = Abgebrochen

## Obere Leiste
studio = Trust Fabric Studio
tenant = Mandant
residency = Datenstandort: wo die Daten dieses Arbeitsbereichs liegen dürfen
search = Dateien, Richtlinien, Entitäten, Belege, Befehle suchen
compared-with = Damit werden Ihre Änderungen verglichen
drift-risky = Ihre Bearbeitung ändert Zugriff, zum Teil mit Risiko
drift-changes = Ihre Bearbeitung ändert Zugriff

## Statusleiste
status = Status
offline = Offline
offline-about = Nichts wird versendet. Alles hier wird auf diesem Gerät berechnet.
log-none = Protokoll: noch keine Entscheidungen
log = Protokoll: { $log }
job = { $title }: { NUMBER($done) } von { NUMBER($total) }
job-done = { $job }: fertig
progress = Fortschritt
verified-none = Noch nichts geprüft
verified = { $verdict }: { $bundle }
tests = { NUMBER($passed) } von { NUMBER($all) } Tests bestanden
no-problems = 0 Probleme
errors = { $count ->
    [one] { NUMBER($count) } Fehler
   *[other] { NUMBER($count) } Fehler
}
warnings = { $count ->
    [one] { NUMBER($count) } Warnung
   *[other] { NUMBER($count) } Warnungen
}
errors-and-warnings = { $errors }, { $warnings }

## Befehlssuche
results = Ergebnisse
nothing-fits = Nichts passt. Versuchen Sie es mit weniger Buchstaben.
to-move = bewegen
to-choose = wählen
to-close = schließen
kind-file = Datei
kind-story = vorbereitete Änderung
kind-policy = Richtlinie in dieser Datei
kind-test = Testanfrage
kind-entity = Entität: Anfrage ausprobieren
kind-receipt = Beleg
kind-what-ifs = Was wäre, wenn

## Tasten, wie sie auf Tastaturen stehen
key-ctrl = Strg
key-shift = Umschalt
key-alt = Alt
key-escape = Esc
key-enter = Eingabe
key-space = Leertaste

## Liste der Tastenkürzel

## Titel der Dialoge
dialog-new-file = Neue Richtliniendatei
dialog-add-test = Änderung als Test aufnehmen
dialog-generate = Entscheidungen erzeugen
dialog-compare = Fassungen vergleichen
dialog-export = Belege exportieren
dialog-promote = Einführen
dialog-roll-back = Zurücknehmen
dialog-mode = Anwendung ändern
dialog-publish = Veröffentlichen
dialog-rate = Bewerten
dialog-cite = Grundlage angeben

## Neue Datei. Was an einem Namen falsch ist, steht unter dem Feld, und mit großem Anfang am Knopf.
new-file-path = Pfad im Arbeitsbereich
new-file-example = Zum Beispiel access/contractors.cedar
new-file-ending = der Name muss auf .cedar enden
new-file-taken = eine Datei dieses Namens gibt es schon
new-file-empty = Geben Sie zuerst einen Namen ein
create = Anlegen

## Eine Änderung als Test
select-change = Wählen Sie zuerst eine Änderung aus.
may = { $who } darf { $action } { $resource }
may-not = { $who } darf nicht { $action } { $resource }
as-before-and-after = wie es gilt und wie es bearbeitet ist
as-before = wie es gilt: Der Test schlägt fehl, bis die Bearbeitung zurückgenommen ist
as-after = wie bearbeitet: Der Test hält es so fest
as-neither = weder wie es gilt noch wie es bearbeitet ist
invented = Vom Solver erfunden; gespeichert mit den Entitäten, die der Test braucht ({ $entities }).
entities = { $count ->
    [one] { NUMBER($count) } Entität
   *[other] { NUMBER($count) } Entitäten
}
test-name = Name
test-replaces = ersetzt den Test dieses Namens
test-decision = Entscheidung, die der Test erwartet
must-be-denied = Muss abgelehnt werden
must-be-allowed = Muss erlaubt werden
add-test = Test aufnehmen

## Ein erzeugtes Protokoll
generate-about = Erzeugt glaubhafte Entscheidungen aus Schema und Entitäten dieses Arbeitsbereichs, entschieden nach den geltenden Richtlinien. Derselbe Startwert ergibt dasselbe Protokoll.
generate-replaces = Es tritt an die Stelle des jetzt geladenen Protokolls.
generate-decisions = Entscheidungen
generate-seed = Startwert
generate = Erzeugen
whole-number = geben Sie eine ganze Zahl ein

## Fassungen vergleichen
compare-about = Spielt das Protokoll unter zwei beliebigen Fassungen nach und beweist, worin sie sich unterscheiden: Commit, Tag oder Branch, oder der Pfad eines Ordners oder Archivs.
compare-before = Vorher
compare-before-hint = Leer: die geltenden Richtlinien
compare-after = Nachher
compare-after-hint = Leer: die bearbeiteten Richtlinien
compare-edit = die Bearbeitung
compare = Vergleichen

## Startbildschirm
start-title = Sehen Sie, wessen Zugriff eine Änderung trifft
start-about = Öffnen Sie einen Ordner mit Richtlinien, bearbeiten Sie sie, und jede aufgezeichnete Entscheidung wird mit Ihrer Änderung nachgespielt. Nichts verlässt dieses Gerät.
start-sample = Beispiel-Arbeitsbereich öffnen
start-sample-about = Ein Unternehmen mit Dokumenten, Teams, Regionen und Bereitschaftsdienst, und drei Änderungen, deren Wirkung sehenswert ist. Sie bekommen eine eigene Kopie.
start-folder = Ordner öffnen
start-folder-about = Ein Arbeitsbereich, oder ein Ordner mit .cedar-Richtlinien, einem Schema und Entitäten. Die Dateien bleiben, wo sie sind; Entwürfe liegen daneben.
start-verify = Bündel prüfen
start-verify-about = Prüfen Sie unterschriebene Nachweise mit Ihrer eigenen Vertrauensdatei. Das geht ohne Arbeitsbereich: Wählen Sie eine .tfb-Datei, oder legen Sie eine irgendwo auf dem Fenster ab.
start-opening = { $what } wird geöffnet …
start-recent = Zuletzt geöffnet
start-gone = der Ordner ist nicht mehr da
the-sample = Der Beispiel-Arbeitsbereich

## Was mit Arbeitsbereichen und Protokollen geschieht
opened = { $name } geöffnet
not-opened = Der Arbeitsbereich wurde nicht geöffnet
not-closed = Der Arbeitsbereich wurde nicht geschlossen
created = { $path } angelegt
not-created = Die Datei wurde nicht angelegt
settings-not-kept = Die Einstellungen wurden nicht gespeichert
importing = { $files }: Import läuft
generating = Entscheidungen werden erzeugt
no-log-chosen = Kein Protokoll wurde gewählt
not-imported = Das Protokoll wurde nicht importiert
decisions-ready = { $count ->
    [one] { NUMBER($count) } aufgezeichnete Entscheidung bereit
   *[other] { NUMBER($count) } aufgezeichnete Entscheidungen bereit
}
lines-skipped = { $count ->
    [one] { NUMBER($count) } Zeile war nicht zu verwenden.
   *[other] { NUMBER($count) } Zeilen waren nicht zu verwenden.
}
lines-skipped-from = { $count ->
    [one] { NUMBER($count) } Zeile war nicht zu verwenden: Zeile { $line }.
   *[other] { NUMBER($count) } Zeilen waren nicht zu verwenden, zuerst Zeile { $line }.
}

## Bausteine
messages = Meldungen
suggestions = Vorschläge
passphrase = Passphrase des Schlüssels

## Fehler des Fensters selbst. Meldung und Hinweis stehen auch allein, mit großem Anfang.
reload-hint = laden Sie die Ansicht neu; Ihre Entwürfe bleiben erhalten
no-answer = die Anwendung hat nicht geantwortet: { $words }
crash-title = Die Ansicht ist stehen geblieben
crash-about = In diesem Fenster ist etwas schiefgegangen. Ihre Änderungen sind als Entwürfe gesichert und nach dem Neuladen wieder da.
crash-reload = Ansicht neu laden
crash-diagnose = Neu laden und Diagnose zeigen

## Tabellen
exporting-table = Tabelle wird exportiert
table-exported = { $count ->
    [one] Eine Zeile exportiert
   *[other] { NUMBER($count) } Zeilen exportiert
}
table-not-exported = Die Tabelle wurde nicht exportiert
table-copied = Tabelle als Markdown kopiert
table-not-copied = Die Tabelle wurde nicht kopiert

## Zurücknehmen
undone = Zurückgenommen
partly-undone = Zurückgenommen, bis auf das, was seither geändert wurde
not-undone = Es ließ sich nicht zurücknehmen

## Was über das Fenster gehalten wird
drop-report = Bericht ablegen, um ihn zu prüfen
drop-logs = Protokolle ablegen, um sie zu importieren
drop-logs-about = Sie ersetzen die aufgezeichneten Entscheidungen des Arbeitsbereichs. Die Dateien bleiben, wo sie sind.
drop-workspace = Ordner ablegen, um ihn zu öffnen
drop-workspace-about = Er wird als Arbeitsbereich geöffnet, so wie er ist.
drop-project = Ablegen, um zu sehen, was darin ist
drop-project-about = Bevor sich etwas ändert, sehen Sie, was ein Import täte.
not-taken = Das lässt sich hier nicht ablegen
accepted = Angenommen werden Bündel, Berichte, Entscheidungsprotokolle, Ordner und Archive mit Richtlinien sowie Richtliniendateien, jeweils nur eine Art.
logs-need-workspace = Öffnen Sie zuerst einen Arbeitsbereich: Entscheidungen werden in einen importiert.
files-added = { $count ->
    [0] Alles war schon da
    [one] Eine Datei hinzugefügt
   *[other] { NUMBER($count) } Dateien hinzugefügt
}
dialog-project = Projekt importieren
