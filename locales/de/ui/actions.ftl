### Alles, was man tun kann: Befehle, ihre Gruppen, und warum einer gerade nicht geht.
###
### Ein Grund steht nach dem Befehl oder allein mit großem Anfang; er beginnt klein, wenn es kein Hauptwort ist.

## Gruppen
section-go = Gehe zu
section-edit = Bearbeiten
section-review = Änderungen prüfen
section-releases = Releases
section-evidence = Nachweise
section-workspace = Arbeitsbereich
section-help = Hilfe

## Befehle
palette = Suche und Befehle
go-policies = Zu den Richtlinien
go-drift = Zu den Abweichungen
go-what-ifs = Zu „Was wäre, wenn“
go-releases = Zu den Releases
go-evidence = Zu den Nachweisen
go-ledger = Zum Belegbuch des Arbeitsbereichs
go-narratives = Zu den Berichten
go-settings = Zu den Einstellungen
save = Datei speichern
format = Datei formatieren
cite = Grundlage der Richtlinie angeben …
undo = Rückgängig
redo = Wiederholen
discard = Entwurf verwerfen
next-problem = Nächstes Problem
previous-problem = Voriges Problem
definition = Zur Definition
focus-editor = In den Editor
show-problems = Probleme zeigen
show-drift = Abweichungen neben dem Editor zeigen
show-tests = Testanfragen zeigen
run-tests = Testanfragen ausführen
toggle-tree = Dateibaum ein- oder ausblenden
toggle-inspector = Inspektor ein- oder ausblenden
next-change = Nächste Änderung
previous-change = Vorige Änderung
mark-viewed = Änderung als gesehen markieren
add-test = Änderung als Test aufnehmen
compare-versions = Fassungen vergleichen
open-in-editor = Änderung im Editor öffnen
text-diff = Textvergleich zeigen
semantic-diff = Vergleich der Bedeutung zeigen
run-what-ifs = Alle „Was wäre, wenn“ ausführen
promote = Einführen …
roll-back = Zurücknehmen …
change-mode = Anwendung ändern …
publish-narrative = Bericht veröffentlichen …
verify-bundle = Bündel prüfen …
verify-again = Erneut prüfen
choose-trust = Vertrauensdatei wählen …
check-ledger = Alle Belege neu lesen
verify-sample = Bündel des Beispiels prüfen
export-receipts = Belege exportieren …
open-folder = Ordner öffnen …
open-sample = Beispiel-Arbeitsbereich öffnen
new-file = Neue Richtliniendatei …
import-log = Aufgezeichnete Entscheidungen importieren …
generate-log = Entscheidungen erzeugen …
replay = Protokoll erneut nachspielen
close-workspace = Arbeitsbereich schließen
help = Hilfe zu dem, was den Fokus hat
shortcuts = Tastenkürzel
diagnose = Diagnose …

## Warum einer gerade nicht geht
refused = { $action }: { $why }
busy = noch beschäftigt: { $job }
no-workspace = kein Arbeitsbereich ist geöffnet
no-file = keine Datei ist geöffnet
file-too-large = diese Datei ist zu groß, um sie hier zu bearbeiten
nothing-unsaved = alles ist gespeichert
only-policies-cite = nur Richtlinien geben eine Grundlage an
only-policies-are-formatted = nur Richtliniendateien werden formatiert
does-not-parse = der Text hat Syntaxfehler; beheben Sie zuerst die Probleme
no-decisions = noch sind keine Entscheidungen aufgezeichnet
not-computed = die Änderungen sind noch nicht berechnet
nothing-changes = nichts ändert sich
no-change-selected = keine Änderung ist ausgewählt
no-sample-bundle = es gehört zum Beispiel-Arbeitsbereich, für alle, die noch keine Vertrauensdatei haben
no-narrative = kein Bericht ist aufgeschlagen
no-channel-ships = kein Kanal ist ausgewählt, der etwas ausliefert
no-way-back = kein Kanal ist ausgewählt, der sich zurücknehmen lässt
no-problems = es gibt keine Probleme
no-what-ifs = es gibt kein „Was wäre, wenn“ zum Ausführen
no-bundle = kein Bündel ist geöffnet
no-ledger = der Arbeitsbereich hat kein Belegbuch
cause-is-gone = Die Richtlinie, die diese Änderung verursacht hat, gibt es nicht mehr
