### Richtlinien: Dateien, Editor, Inspektor, und die eine Zeile unter dem Editor, die immer stimmt.

## Um Dateien, Editor und Inspektor
tree-width = Breite des Dateibaums
show-tree = Dateibaum einblenden
hide-tree = Dateibaum ausblenden
inspector = Inspektor
inspector-width = Breite des Inspektors
show-inspector = Inspektor einblenden
hide-inspector = Inspektor ausblenden
problems = Probleme
tests = Tests
history = Verlauf

## Dateien
files = Dateien
schema = Schema
what-ifs = Was wäre, wenn
links = Vorlagenverknüpfungen
entities = Entitäten
stories = Vorbereitete Änderungen
has-problems = Mit Problemen
has-draft = Mit ungespeichertem Entwurf

## Eine Datei, neben ihrem Namen
changed = geändert
new = neu
draft = Entwurf
read-only = schreibgeschützt

## Editor
no-file = Keine Datei geöffnet
no-file-about = Wählen Sie eine Datei im Baum, oder drücken Sie Strg K und tippen Sie einen Teil ihres Namens.
discard = Verwerfen
format = Formatieren
save = Speichern
take-disk = Stand auf der Platte übernehmen
conflict = Diese Datei hat sich auf der Platte geändert, seit Ihr Entwurf begann. Ihr Entwurf bleibt erhalten; gespeichert wird erst, wenn Sie sich entschieden haben.
recovered = Entwürfe aus einer früheren Sitzung sind erhalten:
no-problem-here = Keine Probleme in dieser Datei
editor-missing = Der Editor wurde nicht geladen

## Was aus Dateien, Richtlinien und Änderungen wurde
not-opened = { $path } wurde nicht geöffnet
saved = { $path } gespeichert
formatted = Formatiert
formatted-already = Schon formatiert
discarded = Entwurf verworfen; „Rückgängig“ bringt ihn zurück
cited = { $name } ist als Grundlage angegeben
defined-nowhere = Dafür gibt es anderswo keine Definition
gone = { $name } gibt es in diesem Arbeitsbereich nicht mehr
edit-not-applied = Die Änderung wurde nicht übernommen

## Vorbereitete Änderungen
stories-title = Was möchten Sie sehen?
stories-about = Jede Karte legt eine Änderung als Entwurf an. { NUMBER($rows) } aufgezeichnete Entscheidungen werden damit nachgespielt, und gespeichert wird erst, wenn Sie es wollen.
stories-about-no-log = Jede Karte legt eine Änderung als Entwurf an. Die aufgezeichneten Entscheidungen, die damit nachgespielt werden, sind noch nicht da; die Zeile unten sagt mehr.
stories-or = Oder öffnen Sie eine Datei im Baum und ändern Sie selbst etwas.
story = Änderung { NUMBER($number) }
story-meant = Die Absicht dahinter
story-next = Zurücknehmen und weiter zu: { $title }

## Die Zeile unter dem Editor. Sterne umschließen, was hervorgehoben ist, in dieser Reihenfolge: Entscheidungen, gewonnen, verloren, nicht bestimmbar, Fehler.
effect = Was diese Bearbeitung bewirkt
open = Öffnen
not-compiling = Die Richtlinien lassen sich nicht kompilieren. Nachgespielt werden kann also noch nichts.
replaying-log = Aufgezeichnete Entscheidungen werden nachgespielt …
replaying = wird nachgespielt …
log-progress = Fortschritt des Protokolls
nothing-known = Noch sind keine Entscheidungen aufgezeichnet. Wessen Zugriff diese Bearbeitung ändert, lässt sich also nicht sagen.
generate = Erzeugen …
generate-decisions = { NUMBER($rows) } Entscheidungen erzeugen
import = Importieren …
counts-nobody = *{ NUMBER($rows) }* aufgezeichnete Entscheidungen: Niemand gewinnt oder verliert Zugriff.
counts = *{ NUMBER($rows) }* aufgezeichnete Entscheidungen: *{ $gained ->
    [0] 0
    [one] +{ NUMBER($gained) }
   *[other] +{ NUMBER($gained) }
} gewonnen*, *{ $lost ->
    [0] 0
    [one] −{ NUMBER($lost) }
   *[other] −{ NUMBER($lost) }
} verloren*, *{ NUMBER($open) } nicht bestimmbar*{ $errors ->
    [0] {""}
    [one] , *{ NUMBER($errors) } Auswertungsfehler geändert*
   *[other] , *{ NUMBER($errors) } Auswertungsfehler geändert*
}.
counts-of-last = Die Zahlen gelten für den letzten Text, der sich nachspielen ließ.
counts-older = Die Zahlen sind älter als der Text.
does-not-parse = Diese Bearbeitung hat Syntaxfehler.
does-not-parse-at = Diese Bearbeitung hat Syntaxfehler ({ $file }, Zeile { $line }).
has-errors-at = Diese Bearbeitung hat Fehler ({ $file }, Zeile { $line }).
not-proven = Nicht bewiesen: { $why }

## Abweichungen neben dem Editor
no-log = Keine aufgezeichneten Entscheidungen
no-log-about = Hier werden aufgezeichnete Entscheidungen mit Ihrer Bearbeitung nachgespielt; Sie sehen, wer Zugriff gewinnt und wer ihn verliert. Importieren oder erzeugen Sie unter dem Editor ein Protokoll.
nothing-to-replay = Noch nichts nachzuspielen
nothing-to-replay-about = Die Richtlinien lassen sich nicht kompilieren. Beheben Sie zuerst die Probleme.
not-replayed = Nicht nachgespielt
not-replayed-about = Mit dem Text im Editor ließ sich nichts nachspielen; die Zeile unter dem Editor sagt, warum.
nobody = Niemand gewinnt oder verliert Zugriff
nobody-same = Die Richtlinien bedeuten dasselbe wie { $base }. { NUMBER($rows) } aufgezeichnete Entscheidungen bleiben, wie sie sind.
nobody-differ = { $policies ->
    [one] { NUMBER($policies) } Richtlinie ist anders, aber keine der { NUMBER($rows) } aufgezeichneten Entscheidungen ändert sich.
   *[other] { NUMBER($policies) } Richtlinien sind anders, aber keine der { NUMBER($rows) } aufgezeichneten Entscheidungen ändert sich.
}
review = { $changes ->
    [one] { NUMBER($changes) } Änderung prüfen
   *[other] Alle { NUMBER($changes) } Änderungen prüfen
}
reach = { $principals ->
    [one] { NUMBER($principals) } Prinzipal
   *[other] { NUMBER($principals) } Prinzipale
} auf { $resources ->
    [one] { NUMBER($resources) } Ressource
   *[other] { NUMBER($resources) } Ressourcen
}.
line = Zeile { $line }

## Probleme
no-problems = Keine Probleme
no-problems-about = Jede Richtlinie ist syntaktisch richtig, passt zum Schema und hat eine eigene ID.
more-problems = { $count ->
    [one] Und { NUMBER($count) } weiteres. Beheben Sie zuerst die obigen.
   *[other] Und { NUMBER($count) } weitere. Beheben Sie zuerst die obigen.
}
by-proof = Durch Beweis gefunden
by-proof-later = Wird gesucht, sobald die Bearbeitung nachgespielt ist.
by-proof-broken = Über Richtlinien, die sich nicht kompilieren lassen, lässt sich nichts beweisen. Beheben Sie zuerst die Probleme.
by-proof-nothing = Nichts: Jede Richtlinie trifft auf eine mögliche Anfrage zu, kein `permit` auf alle einer Art, und keine Richtlinie kann fehlschlagen.
not-proven-of = Nicht bewiesen für `{ $policy }`: { $why }.
not-proven-of-many = Nicht bewiesen für { NUMBER($count) } Richtlinien: { $why }.
try-request = Anfrage ausprobieren

## Testanfragen
tests-score = Mit dem Text im Editor bestanden: { NUMBER($passed) } von { NUMBER($all) }
tests-about = Anfragen und die Entscheidung, die für jede fallen muss
new-test = Neu
no-tests = Keine Testanfragen
no-tests-about = Eine Testanfrage sagt, wer was will und welche Entscheidung fallen muss. Sie läuft bei jeder Bearbeitung mit.
test-requests = Testanfragen
own-entities = { $count ->
    [one] mit { NUMBER($count) } eigenen Entität
   *[other] mit { NUMBER($count) } eigenen Entitäten
}
edit = Bearbeiten
remove = Entfernen
fails = schlägt fehl
expected = erwartet: { $decision }
no-permit = kein permit trifft zu
held = erfüllt
not-held = nicht erfüllt
not-evaluated = nicht auswertbar
open-in-editor = Im Editor öffnen
test-kept = Test `{ $name }` aufgenommen
test-removed = Test `{ $name }` entfernt
test-not-removed = Der Test wurde nicht entfernt

## Eine Anfrage zum Ausprobieren. Was fehlt, steht mit großem Anfang am Knopf.
action = Handlung
principal = Prinzipal
resource = Ressource
context = Kontext, als JSON
no-context = Diese Handlung hat keinen Kontext.
own-entities-instead = { $count ->
    [one] Mit { NUMBER($count) } eigenen Entität anstelle derer des Arbeitsbereichs
   *[other] Mit { NUMBER($count) } eigenen Entitäten anstelle derer des Arbeitsbereichs
}
workspace-entities = Entitäten des Arbeitsbereichs verwenden
decide = Entscheiden
decided = Entschieden: { $decision }
keep-name = Als Test aufnehmen: Name
it-must = Die Anfrage muss
be-allowed = erlaubt werden
be-denied = abgelehnt werden
keep-test = Test aufnehmen
name-test = Geben Sie dem Test einen Namen
name-principal = nennen Sie zuerst einen Prinzipal
name-action = nennen Sie zuerst eine Handlung
name-resource = nennen Sie zuerst eine Ressource
not-json = der Kontext ist kein JSON-Objekt: { $error }

## Worauf eine Richtlinie beruht
find = Suchen
cite-as = Angeben als
reading-list = Liste wird gelesen …
nothing-to-cite = Dieser Arbeitsbereich führt keine Grundlagen auf. In `authorities.toml` stehen Klauseln, Verträge, Tickets und Berichte, jeweils mit ID und Titel.
nothing-called-so = Kein Eintrag heißt so.
citable = Mögliche Grundlagen

## Frühere Vorschauen und Importe
no-history = Noch nichts
no-history-about = Hier stehen die Vorschauen und Protokollimporte dieses Arbeitsbereichs.
