### Releases: Kanäle als Bahnen, ihre Schritte, und die Formulare, die sie bewegen. `Gravis` zeichnet Code aus.

## Wenn es nichts zu zeigen gibt
no-repository = Dieser Arbeitsbereich liegt in keinem Git-Repository
no-repository-about = Fassungen und Kanäle liegen im eigenen Repository des Arbeitsbereichs, als Tags und Refs neben den Branches der Autoren. Legen Sie eines an und committen Sie die Richtlinien:
no-releases = Noch liefert kein Kanal etwas aus
no-releases-about = Ein Kanal, etwa stable, liefert immer genau eine Fassung der Richtlinien aus. Eine Einführung bewegt ihn, sobald seine Prüfungen bestanden sind; der Rückweg ist dann schon gebaut und unterschrieben.

## Ein Kanal
lane = Kanal { $lane }
roll-back-to = Zurück zu { $version } …
mode-dots = Anwendung …
enforce-dots = Durchsetzen …
ships-nothing = Liefert noch nichts aus.
in-force-since = `{ $version }` gilt seit { $at }, in Kraft gesetzt von { $by }.
nothing-decides = Noch entscheidet hier nichts
nothing-decides-about = Vorher galt nichts, und diese Richtlinien werden nicht durchgesetzt: Wen kein Probelauf erreicht, dem wird alles verweigert.
track = Schritte von { $lane }, der älteste zuerst
before = { NUMBER($count) } davor
asks = Vor jedem Schritt: keine Fehler, Tests bestanden, { $asks }.

## Schritte eines Kanals
moves = Schritte
moves-of = Schritte von { $lane }
older-moves = { $count ->
    [one] { NUMBER($count) } älterer Schritt: `fabric history { $lane }`
   *[other] { NUMBER($count) } ältere Schritte: `fabric history { $lane }`
}
what-and-why = { $what }: { $reason }

## Der ausgewählte Schritt
move = Ausgewählter Schritt
version-as-move = { $version } als Schritt { NUMBER($sequence) }
in-force = in Kraft
what = Vorgang
when = Zeitpunkt
by = Von
reason = Grund
mode = Anwendung
enforced = durchgesetzt
audit-only = nur zur Beobachtung
canary = Probelauf { NUMBER($percent) } %
applied-but = { $said }, { $name } { $mode }
applied-many = { $count ->
    [one] { $all }, { NUMBER($count) } anders
   *[other] { $all }, { NUMBER($count) } anders
}
version-in-mode = { $version }, { $mode }
ships = { $channel } liefert { $version }, { $mode }
did-promotion = Einführung
did-modes = Andere Anwendung
did-undo = Nimmt { NUMBER($sequence) } zurück
did-undo-part = Nimmt einen Teil von { NUMBER($sequence) } zurück
ask-drift = Abweichung innerhalb von `{ $file }`
ask-approvals = { $count ->
    [one] eine Freigabe durch jemand anderen
   *[other] { NUMBER($count) } Freigaben durch andere
}
and-more = und { NUMBER($count) } weitere
approved-by = Freigegeben von
gates-passed-over = Ausgelassene Prüfungen
commit = Commit
copy-commit = Commit kopieren
compare-with = Mit { $version } vergleichen
show-receipt = Beleg zeigen

## Anwendungen zur Wahl
mode-enforce = Für alle durchsetzen
mode-canary-10 = Probelauf: 10 % der Personen
mode-canary-50 = Probelauf: 50 % der Personen
mode-audit-only = Nur zur Beobachtung: auswerten und aufzeichnen
nobody-else = Wer nicht erreicht wird, dem wird alles verweigert
nobody-else-about = Vor dieser Version galt hier nichts, deshalb entscheidet sonst nichts für die, die diese Anwendung auslässt.

## Eine Einführung. `$commit` ist die erste Zeile eines Commits, `$why` ein Satz ohne Punkt.
made-of = Eine Fassung, die es noch nicht gibt, entsteht aus dem jetzigen Commit: { $commit }. Eine Einführung wird unterschrieben und bleibt in der Geschichte; rückgängig macht sie eine Rücknahme.
unready = Eine neue Fassung lässt sich jetzt nicht bilden: { $why }. Eine vorhandene lässt sich ausliefern.
channel = Kanal
version = Fassung
if-closed = Wenn eine Prüfung nicht bestanden ist
why-outside = Warum es nicht bis zum Zeitfenster warten kann
why-references = Warum ungültige Verweise bleiben dürfen
override-file = Datei mit der unterschriebenen Ausnahme für Abweichungen
promoting = Beide Pakete werden unterschrieben, der Beleg wird geschrieben …

## Prüfungen
gates = Prüfungen
looking = Prüfungen werden ausgewertet …
gate-validation = Gültigkeit
gate-tests = Tests
gate-references = Verweise
gate-drift = Abweichung
gate-approvals = Freigaben
gate-window = Zeitfenster
gate-passed = bestanden
gate-passed-over = ausgelassen
gate-closed = nicht bestanden
gate-not-asked = nicht verlangt

## Was eine Prüfung ergab. `$more`, `$message`, `$why` und `$reason` können Worte anderer sein.
found-no-errors = Keine Fehler in den Dateien
found-errors = { $count ->
    [one] { NUMBER($count) } Fehler, in `{ $place }`: { $message }
   *[other] { NUMBER($count) } Fehler, der erste in `{ $place }`: { $message }
}
found-no-tests = Die Fassung hat keine benannten Tests
found-tests-pass = { $count ->
    [one] { NUMBER($count) } benannter Test bestanden
   *[other] { NUMBER($count) } benannte Tests bestanden
}
found-tests-fail = { NUMBER($failed) } von { $of ->
    [one] { NUMBER($of) } benannten Test
   *[other] { NUMBER($of) } benannten Tests
} nicht bestanden, zuerst `{ $first }`
found-unlisted = Der Arbeitsbereich hat keine Datei `{ $file }`
found-references-whole = { $count ->
    [one] { NUMBER($count) } Verweis ist gültig
   *[other] { NUMBER($count) } Verweise sind gültig
}
found-references-broken = Ungültig: { NUMBER($broken) } von { $of ->
    [one] { NUMBER($of) } Verweis
   *[other] { NUMBER($of) } Verweisen
}, zuerst in `{ $place }`: { $message }
found-list-gone = Die geltende Fassung hat eine Datei `{ $file }`, diese hat keine
found-left-out = { $found }; ausgelassen, Grund: { $reason }
found-no-tolerance = Für den Kanal ist keine Toleranzdatei angegeben
found-nothing-shipped = Der Kanal liefert noch nichts aus, zu vergleichen gibt es also nichts
found-no-log = Es gibt kein Entscheidungsprotokoll zum Nachspielen
found-replayed = { $rows ->
    [one] { NUMBER($rows) } Zeile nachgespielt
   *[other] { NUMBER($rows) } Zeilen nachgespielt
}: +{ NUMBER($gained) } gewonnen, −{ NUMBER($lost) } verloren, { NUMBER($open) } nicht bestimmbar
found-no-schema = nichts bewiesen, denn es gibt kein Schema
found-proven = `{ $action }`: { $relation }
found-proven-why = `{ $action }`: { $relation } ({ $why })
found-alike = { $count ->
    [one] für { NUMBER($count) } Handlung ist bewiesen, dass sich nichts ändert
   *[other] für { NUMBER($count) } Handlungen ist bewiesen, dass sich nichts ändert
}
found-exceeded = { $count ->
    [one] { NUMBER($count) } Grenze überschritten
   *[other] { NUMBER($count) } Grenzen überschritten
}
found-answer = { $by } steht dafür ein: { $reason }
found-no-approvals = Der Kanal verlangt keine Freigabe
found-not-approved = { $wanted ->
    [one] { NUMBER($wanted) } Freigabe verlangt, keine erteilt
   *[other] { NUMBER($wanted) } Freigaben verlangt, keine erteilt
}
found-approved = { NUMBER($there) } von { $wanted ->
    [one] { NUMBER($wanted) } Freigabe
   *[other] { NUMBER($wanted) } Freigaben
} erteilt: { $people }
found-any-time = Der Kanal darf sich jederzeit bewegen
found-open = Zeitfenster offen: { $hours }
found-closed = Zeitfenster geschlossen: { $hours }
found-anyway = Außerhalb des Zeitfensters ({ $hours }), Grund: { $reason }
remark-own = { $found }; nach den Regeln der nächsten Fassung, denn die geltenden sind nicht zu erfüllen: { $why }
remark-own-approvals = { $asked ->
    [one] { NUMBER($asked) } Freigabe
   *[other] { NUMBER($asked) } Freigaben
} verlangt, { $there ->
    [one] { NUMBER($there) } Freigebender
   *[other] { NUMBER($there) } Freigebende
} benannt
remark-tests-gone = { $count ->
    [one] ein benannter Test ist nicht mehr enthalten: `{ $first }`
   *[other] { NUMBER($count) } benannte Tests sind nicht mehr enthalten, darunter `{ $first }`
}
remark-in-between = solange manche ihrer Richtlinien warten und die vorigen an ihrer Stelle gelten
remark-canary-left-out = was ein Probelauf denen gibt, die er erreicht, ist nicht mitgezählt
remark-nothing-decides = noch entscheidet nichts für alle: verglichen mit der Fassung, die nur mitläuft
remark-not-shipped = { $count ->
    [one] eine Datei wird nicht ausgeliefert, weil sie nicht in git ist: `{ $first }`
   *[other] { NUMBER($count) } Dateien werden nicht ausgeliefert, weil sie nicht in git sind, darunter `{ $first }`
}
found-also = { $found }; { $more }
hours = { $days }, { $from } bis { $until } UTC
weekday = { $day ->
    [0] So
    [1] Mo
    [2] Di
    [3] Mi
    [4] Do
    [5] Fr
   *[other] Sa
}

## Was dann zu tun ist
hint-errors = Beheben Sie die Fehler, committen Sie, und bilden Sie eine neue Fassung
hint-tests = `fabric test` zeigt sie; korrigieren Sie die Richtlinien oder die Tests, und bilden Sie eine neue Fassung
hint-references = Berichtigen Sie die Verweise, committen Sie, und bilden Sie eine neue Fassung; oder geben Sie an, warum ungültige Verweise bleiben dürfen
hint-no-log = Importieren Sie ein Entscheidungsprotokoll in den Arbeitsbereich
hint-exceeded = `fabric guard` zeigt, was die Toleranz überschreitet; ein Freigebender darf eine Ausnahme unterschreiben
hint-approvals = Bitten Sie jemanden, der laut `workspace.toml` freigeben darf und die Änderung nicht geschrieben hat, um `fabric approve`, in der verlangten Anwendung
hint-closed = Warten Sie auf das Zeitfenster, oder geben Sie an, warum es nicht warten kann

## Eine Rücknahme
roll-back-about = `{ $channel }` liefert `{ $now }` und wird wieder `{ $back }` liefern, aus dem Paket, das mit der Einführung unterschrieben wurde. Dafür braucht es weder eine Prüfung noch ein Netz, und eine einzige Einführung führt wieder vorwärts. Auch das wird unterschrieben und bleibt in der Geschichte.
going-back = Rücknahme läuft …

## Eine andere Anwendung. `$mode` nennt sie, wie das Programm es sagt: `audit-only`.
ships-enforced = `{ $channel }` liefert `{ $version }`, für alle durchgesetzt.
ships-in-mode = `{ $channel }` liefert `{ $version }`, { $mode }.
shadow-log = Schattenprotokoll: was der Durchsetzungspunkt aufgezeichnet hat
choose = Wählen …
mode-from-now = Anwendung ab jetzt
only-policy = Nur eine Richtlinie, nach ihrer ID
changing-mode = Anwendung wird geändert …
apply = Übernehmen

## Was ein Schattenprotokoll ergibt
shadow-about = `fabric pdp serve --shadow FILE` zeichnet auf, wie die Fassung entschieden hätte, während etwas anderes durchgesetzt wird.
compared = { $count ->
    [one] { NUMBER($count) } Entscheidung verglichen.
   *[other] { NUMBER($count) } Entscheidungen verglichen.
}
compared-span = { $count ->
    [one] { NUMBER($count) } Entscheidung verglichen, { $first } bis { $last }.
   *[other] { NUMBER($count) } Entscheidungen verglichen, { $first } bis { $last }.
}
of-others = { $count ->
    [one] { NUMBER($count) } Zeile gehört zu anderen Fassungen oder Anwendungen und zählt hier nicht.
   *[other] { NUMBER($count) } Zeilen gehören zu anderen Fassungen oder Anwendungen und zählen hier nicht.
}
not-compared = { $count ->
    [one] { NUMBER($count) } Zeile wurde mit nichts verglichen und zählt hier nicht.
   *[other] { NUMBER($count) } Zeilen wurden mit nichts verglichen und zählen hier nicht.
}
not-read = { $count ->
    [one] { NUMBER($count) } Zeile war nicht lesbar und zählt hier nicht.
   *[other] { NUMBER($count) } Zeilen waren nicht lesbar und zählen hier nicht.
}
nothing-to-go-by = Noch keine Aussage möglich
nothing-to-go-by-about = Von dem, was der Kanal jetzt ausliefert, wurde noch keine Entscheidung verglichen. Was sich durch das Durchsetzen ändern würde, ist also nicht bekannt. Lassen Sie es eine Weile mitlaufen und sehen Sie dann wieder nach.
nobody-notices = Niemand würde es bemerken
nobody-notices-about = Wäre die Fassung durchgesetzt gewesen, wäre jede einzelne Entscheidung genauso ausgefallen.
would-be-denied = dann abgelehnt
would-be-allowed = dann erlaubt
who-notices = Wer es bemerken würde
column-who = Wer
column-action = Handlung
column-would-be = Dann
column-times = Anzahl
column-resources = Ressourcen
column-by = Durch
allowed = + erlaubt
denied = − abgelehnt
no-permit = kein permit
more-lines = { $count ->
    [one] { NUMBER($count) } weitere Zeile: `fabric pdp cutover --json` nennt alle.
   *[other] { NUMBER($count) } weitere Zeilen: `fabric pdp cutover --json` nennt alle.
}

## Was daraus wurde
receipt-says-so = Beleg { $receipt } hält es fest.
no-receipt = Kein Beleg vorhanden
finish = Diesen Schritt beenden
finished-first = Zuerst wurde ein anderer Schritt beendet
finished-look = Er war begonnen und abgebrochen worden. Sonst ist nichts geschehen: Sehen Sie nach, was der Kanal jetzt liefert, und wiederholen Sie dann Ihren Schritt.
not-compared-versions = Die Fassungen wurden nicht verglichen
