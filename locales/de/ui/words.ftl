### Wie Werte geschrieben werden: Zahlen, Daten, Größen, und Wörter für das, was die Auswertung sagt.

## Zahlen. Das Zeichen zwischen Tausendern und das vor den Nachkommastellen.
group = .
decimal = ,
bytes = { NUMBER($n) } B
kilobytes = { NUMBER($n) } kB
megabytes = { $n } MB
milliseconds = { NUMBER($n) } ms
seconds = { $n } s

## Daten
january = Jan.
february = Feb.
march = März
april = Apr.
may = Mai
june = Juni
july = Juli
august = Aug.
september = Sept.
october = Okt.
november = Nov.
december = Dez.
day = { $day }. { $month }
date = { $day }. { $month } { $year }
date-time = { $date }, { $time } UTC
span = { $first } bis { $last }
decisions = { $count ->
    [one] { NUMBER($count) } Entscheidung
   *[other] { NUMBER($count) } Entscheidungen
}
log = { $decisions }, { $span }

## Arten einer Änderung, neben einem Zeichen
gained = gewonnen
lost = verloren
maybe-gained = vielleicht gewonnen
maybe-lost = vielleicht verloren
undeterminable = nicht bestimmbar
unchanged = unverändert

## Risiken
risk-high = hoch
risk-medium = mittel
risk-low = niedrig

## Entscheidungen
allow = erlaubt
deny = abgelehnt
cannot-be-told = nicht zu sagen

## Wie die Bearbeitung zu dem steht, was gilt
equivalent = gleich
narrows = schränkt nur ein
widens = erweitert nur
differs = erweitert und schränkt ein
not-proven = nicht bewiesen

## Was bewiesen ist. `$actions` ist nichts oder eine der drei Zeilen, die mit einem Komma beginnen.
for-one = , bei { $action }
for-few = , bei { $actions } und { $last }
for-many = , bei { NUMBER($count) } Handlungen
proven-equivalent = Bewiesen für jede denkbare Anfrage: Niemand gewinnt oder verliert Zugriff.
proven-widens = Bewiesen: Zugriff kann nur hinzukommen{ $actions }.
proven-narrows = Bewiesen: Zugriff kann nur verloren gehen{ $actions }.
proven-differs = Bewiesen: Zugriff kann hinzukommen und verloren gehen{ $actions }.
proven-in-part = Nur zum Teil bewiesen{ $actions }.
proven-no-solver = Nicht bewiesen: Es gibt keinen Solver.

## Was durch Beweis gefunden wurde
not-separate = nicht getrennt
may-error = kann fehlschlagen
always-allows = erlaubt immer
never-matches = trifft nie zu
nothing-to-separate = nichts zu trennen

## Wie eine Prüfung ausging, im Ganzen und Punkt für Punkt
verified = Geprüft
failed = Nicht bestanden
cannot-decide = Nicht entscheidbar
check-passes = stimmt
check-fails = stimmt nicht
check-not-made = nicht geprüft

## Die Zahlen einer Vorschau
nobody = { NUMBER($rows) } aufgezeichnete Entscheidungen: Niemand gewinnt oder verliert Zugriff.
totals = { NUMBER($rows) } aufgezeichnete Entscheidungen: { NUMBER($gained) } gewonnen, { NUMBER($lost) } verloren, { NUMBER($open) } nicht bestimmbar.

## What is wrong with something that policies cite
amiss-unlisted = `{ $name }` steht nicht in `{ $list }`
amiss-near = `{ $name }` steht nicht in `{ $list }`; ist `{ $near }` gemeint?
amiss-empty = `@{ $annotation }` nennt zwischen Anführungszeichen oder Kommas nichts
amiss-expired = `{ $name }` galt bis { $until }
amiss-file-gone = `{ $name }`: Die Datei `{ $path }` fehlt
amiss-file-changed = `{ $name }`: Die Datei `{ $path }` wurde geändert, seit sie in der Liste steht
amiss-no-receipt = `{ $name }`: Der Beleg fehlt im Belegbuch
