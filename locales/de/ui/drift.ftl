### Abweichungen: was eine Bearbeitung ändert, und „Was wäre, wenn“.

## Kopf, und die beiden Fragen des Ortes
base-in-force = geltend
head-as-edited = bearbeitet
versions = { $base } → { $head }
# `$file` wird nur bei einem einzigen Entwurf genannt.
title = { $drafts ->
    [0] Gespeicherte Richtlinien im Vergleich mit { $base }
    [one] { $file }, Entwurf im Vergleich mit { $base }
   *[other] { NUMBER($drafts) } Entwürfe im Vergleich mit { $base }
}
title-what-ifs = Was wäre, wenn die Fakten andere wären?
sheets = Wonach gefragt wird
changes = Änderungen durch die Bearbeitung
what-ifs = Was wäre, wenn
to-look-at = { NUMBER($count) } zu prüfen
run-all = Alle ausführen
compare = Vergleichen …
back-to-edit = Zurück zur Bearbeitung
back-to-editor = Zurück zum Editor

## Wenn es keine Änderungen zu zeigen gibt, oder nur alte
computing = Die Bearbeitung wird nachgespielt …
broken = Die Bearbeitung enthält Fehler; diese Änderungen gehören zum letzten Text, der sich nachspielen ließ
no-log = Noch keine aufgezeichneten Entscheidungen
no-log-about = Hier werden aufgezeichnete Entscheidungen mit Ihrer Bearbeitung nachgespielt. Sie sehen, wer Zugriff gewinnt oder verliert, und warum. Dafür braucht es ein Entscheidungsprotokoll: Importieren Sie Ihres, oder erzeugen Sie eines aus Schema und Entitäten.
generate = Erzeugen …
no-replay = Noch nichts nachzuspielen
no-replay-about = Die Richtlinien enthalten Fehler. Beheben Sie die Probleme, dann erscheinen die Änderungen hier.

## Überblick: was gezählt wird, und darunter, wie weit es reicht
headline = Überblick, zugleich Filter
gain-access = Zugriff gewonnen
lose-access = Zugriff verloren
undeterminable = Nicht bestimmbar
errors = Auswertungsfehler
reach = { $principals ->
    [one] { NUMBER($principals) } Prinzipal
   *[other] { NUMBER($principals) } Prinzipale
}, { $resources ->
    [one] { NUMBER($resources) } Ressource
   *[other] { NUMBER($resources) } Ressourcen
}
all-known = jedes Ergebnis ist bekannt
log-lacks = dem Protokoll fehlt, wovon sie abhängen
may-change = { NUMBER($gained) } vielleicht gewonnen, { NUMBER($lost) } vielleicht verloren
no-errors = keiner kam hinzu oder fiel weg
errors-about = hinzugekommen oder weggefallen; ein forbid mit Fehler wird übersprungen
show-all-changes = Alle Änderungen zeigen
show-only-these = Nur diese zeigen
disagrees = { $count ->
    [one] { NUMBER($count) } Entscheidung ist anders aufgezeichnet
   *[other] { NUMBER($count) } Entscheidungen sind anders aufgezeichnet
}, als die geltenden Richtlinien sie treffen: Das Protokoll ist älter als sie, oder die Auswertung hat sich geändert
show-all = Alle zeigen
show-disagreeing = Unter den Änderungen zeigen

## Anordnungen
layout = Anordnung der Änderungen
tab-all = Alle Änderungen
tab-principal = Nach Person
tab-resource = Nach Ressource
tab-action = Nach Handlung
tab-policy = Nach Richtlinie
tab-text = Text
tab-semantic = Bedeutung
tab-proof = Beweis
why = Warum
why-width = Breite der Erklärung

## Liste. Zahlenspalten sind schmal: acht Buchstaben.
list = Änderungen, riskanteste zuerst
column-change = Änderung
column-who = Wer
column-action = Handlung
column-on = Worauf
column-policy = Richtlinie
column-times = Mal
column-gain = Gewonnen
column-lose = Verloren
column-open = Offen
column-changes = Anzahl
column-risk = Risiko
column-viewed = Gesehen
search = Änderungen suchen
hide-viewed = Gesehene ausblenden
clear-filters = Filter zurücksetzen
mark-viewed = Als gesehen markieren
mark-not-viewed = Als nicht gesehen markieren
nobody = Niemand gewinnt oder verliert Zugriff
nobody-about = Jede aufgezeichnete Entscheidung fällt mit der Bearbeitung so aus wie nach den geltenden Richtlinien.
none-fits = Keine Änderung passt zu den Filtern
none-fits-about = Die Änderungen sind noch da; die Filter blenden sie aus.
unchanged = { NUMBER($unchanged) } von { NUMBER($rows) } aufgezeichneten Entscheidungen unverändert, nicht aufgeführt.
assumed = { $count ->
    [one] { NUMBER($count) } davon ist ohne Entitäten aufgezeichnet; es gelten die des Arbeitsbereichs.
   *[other] { NUMBER($count) } davon sind ohne Entitäten aufgezeichnet; es gelten die des Arbeitsbereichs.
}
viewed = { NUMBER($viewed) } von { NUMBER($all) } gesehen

## Text und Bedeutung
same-text = Kein Unterschied im Text
same-text-about = Die Dateien sind dieselben wie in der Vergleichsfassung.
files-differ = { $count ->
    [one] { NUMBER($count) } Datei ist anders
   *[other] { NUMBER($count) } Dateien sind anders
}
side-by-side = Nebeneinander
one-column = In einer Spalte
open-in-editor = Im Editor öffnen
same-meaning = Gleiche Bedeutung
same-meaning-about = Jede Richtlinie bedeutet dasselbe wie in der Vergleichsfassung, gleich wie sie formatiert ist und wo sie steht.
added = hinzugefügt
removed = entfernt
changed = geändert
moved = verschoben
was = bisher { $id }
in-force = Geltend
edited = Bearbeitet

## Beweis
no-solver = kein Solver
solver = { $solver }, { NUMBER($milliseconds) } ms
none-decided-otherwise = Keine Anfrage kann anders entschieden werden
none-decided-otherwise-about = Bewiesen für jeden Prinzipal, jede Ressource, jeden Kontext und jede Hierarchie, die das Schema erlaubt, aufgezeichnet oder nicht.
kinds-the-same = { $count ->
    [one] Bewiesen: { NUMBER($count) } andere Art von Anfragen bleibt, wie sie ist.
   *[other] Bewiesen: { NUMBER($count) } andere Arten von Anfragen bleiben, wie sie sind.
}
principal-on-resource = { $principal } auf { $resource }
as-edited = Bearbeitet
decided = { $decision } durch `{ $policies }`
decided-by-none = { $decision }: kein `permit` trifft zu
request-and-entities = Die Anfrage und alle Entitäten, die es gibt
try-request = Diese Anfrage ausprobieren
add-as-test = Als Test aufnehmen
open-policy = Richtlinie öffnen
copy-json = Als JSON kopieren

## Warum
explanation = Erklärung
entities-read = Gelesene Entitäten
no-change = Keine Änderung ausgewählt
no-change-about = Wählen Sie eine Änderung, oder drücken Sie n. Dann sehen Sie, welche Richtlinien sie entscheiden und was sie lesen.
# Was im Protokoll steht: `$seen` ist eines der drei Wörter darunter, `$times` sagt, wie oft.
seen = { $times } { $seen }.
seen-on = Am { $day } { $times } { $seen }.
seen-between = Zwischen dem { $first } und dem { $last } { $times } { $seen }.
seen-allowed = erlaubt
seen-denied = abgelehnt
seen-asked = angefragt
times = { NUMBER($count) }-mal
now-allowed = Mit der Bearbeitung ist es erlaubt.
now-denied = Mit der Bearbeitung ist es abgelehnt.
now-open = Mit der Bearbeitung hängt es von etwas ab, das nicht im Protokoll steht.
risk = Risiko: { $level }
log-disagrees = Die geltenden Richtlinien entscheiden anders, als aufgezeichnet ist
recorded = Aufgezeichnet: { $decisions }.
recorded-times = { $times } { $decision }
error-changed = Ein Auswertungsfehler kam hinzu oder fiel weg
error-changed-about = Eine Richtlinie mit Fehler wird übersprungen, auch ein forbid.
under-edit = Mit der Bearbeitung
context = Kontext
fact = Angabe
decision = Entscheidung
decided-by = Entschieden durch
depends-on = Hängt ab von
left-open-by = Offen gelassen durch
no-permit = kein permit traf zu
# Steht nach dem Namen einer Richtlinie.
errs = schlägt fehl: { $message }
more-clauses = und { NUMBER($count) } weitere
no-entity = Keine Entität wurde gelesen
no-entity-about = Die Entscheidung beruht allein auf der Anfrage.
entities-assumed = Das Protokoll enthält zu dieser Anfrage keine Entitäten. Dies sind die des Arbeitsbereichs, wie sie jetzt sind; damals können sie anders gewesen sein.
entities-recorded = So, wie sie mit der Anfrage aufgezeichnet wurden.
in-parents = in `{ $parents }`

## Szenarien von „Was wäre, wenn“ liegen in Sammlungen
no-what-ifs = Noch keine Szenarien
no-what-ifs-about = Eine Bearbeitung fragt, was wäre, wenn die Regeln andere wären; ein Szenario fragt das nach den Fakten: Der Bereitschaftsplan ist ausgefallen, alle Verträge sind beendet, der zweite Faktor ist gestört. Aufgezeichnete Entscheidungen werden mit diesen Fakten nachgespielt und die Unterschiede an dem gemessen, was Sie erwarten, auf Wunsch oder jede Nacht.
# Der Ordner folgt.
packs-are = Sammlungen sind TOML-Dateien in
copy-path = Pfad kopieren
packs = Sammlungen von Szenarien
pack = Die ausgewählte Sammlung
not-run-yet = noch nicht ausgeführt
met = wie erwartet
unmet = { NUMBER($count) } nicht erfüllt
not-run = nicht ausgeführt
standing = { $count ->
    [one] { NUMBER($count) } Sammlung
   *[other] { NUMBER($count) } Sammlungen
}: { $parts }
packs-met = { NUMBER($count) } wie erwartet
packs-unmet = { NUMBER($count) } nicht wie erwartet
packs-failed = { NUMBER($count) } nicht ausführbar
packs-not-run-yet = { NUMBER($count) } noch nicht ausgeführt
unkept = Die letzten Ergebnisse wurden nicht gespeichert
running = Läuft …
running-of = Läuft: { NUMBER($done) } von { NUMBER($total) } Szenarien
running-pack = läuft …
progress = Fortschritt der Szenarien
never-ran = Nie ausgeführt
ran-at = Ausgeführt am { $at }
what-ifs-count = { $count ->
    [one] { NUMBER($count) } Szenario
   *[other] { NUMBER($count) } Szenarien
}

## Die ausgewählte Sammlung
run = Ausführen
busy = Noch beschäftigt: { $job }
open-pack = Im Editor öffnen
rows = Zeilen
ran = Ausgeführt
never = nie
due = Fällig
due-next = sobald nichts anderes läuft
due-by-hand = nur, wenn jemand sie ausführt
pack-found = Was die Sammlung ergab
pack-changed = Die Sammlung wurde nach diesem Lauf geändert
pack-changed-about = Was folgt, gehört zur Sammlung, wie sie vorher war. Führen Sie sie erneut aus.
expected = Erwartet
expectation-met = Erfüllt:
expectation-unmet = Nicht erfüllt:
found = gefunden: { NUMBER($found) }
most-by = vor allem { $principals }
otherwise = andere Fakten in { $requests ->
    [one] { NUMBER($requests) } Anfrage
   *[other] { NUMBER($requests) } verschiedenen Anfragen
}
otherwise-entities = andere Fakten: { $entities ->
    [one] { NUMBER($entities) } Entität
   *[other] { NUMBER($entities) } Entitäten
}, in { $requests ->
    [one] { NUMBER($requests) } Anfrage
   *[other] { NUMBER($requests) } verschiedenen Anfragen
}
none-of-rows = { $rows ->
    [one] { NUMBER($rows) } Zeile, und sie würde nicht anders entschieden
   *[other] Keine von { NUMBER($rows) } Zeilen würde anders entschieden
}
# Beide mit ihrem Vorzeichen.
gained = { $count } gewonnen
lost = { $count } verloren
open = ? { NUMBER($count) } offen
errors-changed = { NUMBER($count) } Fehler geändert
decided-instead = Entschieden nach { $head } statt nach { $base }
examples = Einige der Zeilen, die anders entschieden würden, riskanteste zuerst

## Verlauf
over-time = In den letzten neunzig Tagen
which = Welches Szenario
all-together = Alle Szenarien zusammen
runs = Läufe, neueste zuerst
column-run = Lauf
column-outcome = Ergebnis
column-gained = Gewonnen
column-lost = Verloren
column-met = Erfüllt
met-of = { NUMBER($met) } von { NUMBER($all) }
runs-before = { $count ->
    [one] Und { NUMBER($count) } Lauf davor.
   *[other] Und { NUMBER($count) } Läufe davor.
}

## Was mit Szenarien geschieht
what-ifs-running = Szenarien werden ausgeführt
what-ifs-ran = Die Szenarien wurden ausgeführt
what-ifs-did-not-run = Die Szenarien wurden nicht ausgeführt
