### Nachweise: ein Bündel und wie es beurteilt wurde, seine Belege, wessen Wort zählt, und das Belegbuch des Arbeitsbereichs.

## Der Ort
ledger-of = Belegbuch von { $workspace }
read-all-again = Alle neu lesen
verify-another = Anderes prüfen …
sheets = Wessen Nachweise
sheet-bundle = Bündel
sheet-ledger = Belegbuch dieses Arbeitsbereichs
in-trouble = gestört
drop = Bündel ablegen, um es zu prüfen
drop-about = Es wird nur gelesen, und nichts verlässt dieses Gerät. Ein Ordner wird als Arbeitsbereich geöffnet.
receipt-count = { $count ->
    [one] { NUMBER($count) } Beleg
   *[other] { NUMBER($count) } Belege
}

## Was sich kopieren lässt
copy = Kopieren
copy-path = Pfad kopieren
copy-digest = Prüfsumme kopieren
copy-root = Wurzel kopieren
copy-key-id = Schlüssel-ID kopieren
copy-key = Für eine Vertrauensdatei kopieren
copy-commands = Befehle kopieren
copy-verdict = Urteil kopieren
copy-proof = Beweis kopieren
copy-statement = Aussage kopieren
copy-envelope = Umschlag kopieren
hash-copied = Hash kopiert

## Bevor ein Bündel gewählt ist
begin = Prüfen Sie, was versprochen wurde, ohne jemandem glauben zu müssen
begin-about = Ein Bündel enthält unterschriebene Belege und alles, was sie beweist: Schlüssel, das Belegbuch, in dem sie stehen, und die Entscheidungen selbst. Geprüft wird auf diesem Gerät und allein nach Ihrer Vertrauensdatei; aufgezeichnete Entscheidungen werden nachgespielt. Nichts verlässt dieses Gerät.
begin-drop = oder legen Sie eine .tfb-Datei irgendwo auf diesem Fenster ab
begin-sample = drei Belege, auf diesem Gerät entstanden, beurteilt nach der Vertrauensdatei des Beispiels
begin-trust = Wessen Wort zählt
begin-recent = Zuletzt geöffnet
judged-on = { $verdict } am { $date }
try-again = Noch einmal versuchen

## Das Urteil. Die Angaben einer Zeile sind durch Punkte getrennt.
line-exported = exportiert am { $date }
line-says-exported = nach eigener Angabe am { $date } exportiert
line-judged = beurteilt nach { $file } in { $time }
line-judged-by-nobody = beurteilt ohne Vertrauensdatei in { $time }
line-stays = nichts hat dieses Gerät verlassen
remember = Prüfpunkt merken
remembered = Prüfpunkt gemerkt
rests-on = Worauf das Urteil beruht
side = Einzelheiten
side-width = Breite der Seitenspalte

## Warum das Urteil so ausfällt. `$sentence` kommt von der Anwendung und beginnt klein; deshalb steht der Satz hinter einem Doppelpunkt.
because-verified = { $idle ->
    [0] Alles, was hier zu prüfen ist, stimmt ({ NUMBER($hold) }).
    [one] Alles, was hier zu prüfen ist, stimmt ({ NUMBER($hold) }); eine Prüfung hat hier keinen Gegenstand.
   *[other] Alles, was hier zu prüfen ist, stimmt ({ NUMBER($hold) }); { NUMBER($idle) } Prüfungen haben hier keinen Gegenstand.
}
because-failed = { $more ->
    [0] Das stimmt nicht: { $sentence } ({ $check }).
    [one] Das stimmt nicht: { $sentence } ({ $check }). Eine weitere Prüfung schlägt fehl.
   *[other] Das stimmt nicht: { $sentence } ({ $check }). { NUMBER($more) } weitere Prüfungen schlagen fehl.
}
because-nobody = Keine Prüfung schlägt fehl, aber noch wird niemandem vertraut. Wählen Sie eine Vertrauensdatei: Sie sagt, wessen Wort zählt.
because-open = Keine Prüfung schlägt fehl, aber das ließ sich nicht prüfen: { $sentence } ({ $check }). Grund: { $why }.
because-unclear = Die Prüfungen unten erklären dieses Urteil nicht. Prüfen Sie erneut, und verlassen Sie sich weder auf das Urteil noch auf die Prüfungen.

## Das Urteil als Text zum Weitergeben: links die Bezeichnungen, alle gleich breit.
text-digest = Bündel       sha256:{ $digest }
text-size = Größe        { $bytes } Bytes
text-exported = Export       { $at } (laut Bündel)
text-purpose = Zweck        { $purpose } (laut Bündel)
text-trust = Urteil nach  { $file } sha256:{ $digest }
text-nobody = Urteil       ohne Vertrauensdatei
text-at = Urteil für   { $at }
text-ledger = Belegbuch    { $origin }
text-checkpoint = Prüfpunkt    Belege: { $size }, Wurzel { $root }
text-compared = verglichen   Belege: { $size }, Wurzel { $root }
text-check = { $check } { $state }: { $sentence }
text-expected = erwartet: { $expected }
text-found = gefunden: { $found }

## Die Prüfungen
checks = Prüfungen
checks-open = { NUMBER($count) } offen
checks-failed = { NUMBER($count) } fehlgeschlagen
checks-needed = Nötig, ließ sich aber nicht prüfen
checks-idle = { $count ->
    [one] Eine Prüfung hat hier keinen Gegenstand
   *[other] { NUMBER($count) } Prüfungen haben hier keinen Gegenstand
}
check-gone = nicht mehr da
check-expected = Erwartet
check-found = Gefunden
check-why-not = Grund
check-also = Außerdem
check-more = und { NUMBER($count) } weitere
check-run = Diese Prüfung wiederholen
check-again = Erneut geprüft um { $time } UTC: { $state }.

## Dateien in einem Bündel
files = Dateien
no-files = Keine Dateien
no-files-about = Die Belege in diesem Bündel sprechen von keiner mitgelieferten Datei.
file = Datei
size = Größe

## Was ein Bündel über sich sagt, und wie es beurteilt wurde
circumstances = Das Bündel und wie es beurteilt wurde
the-bundle = Das Bündel
says-itself = Das Folgende sagt es über sich selbst.
exported = Exportiert
purpose = Zweck
no-purpose = nicht angegeben
checkpoint = Prüfpunkt
no-checkpoint = keiner enthalten
judged-by = Beurteilt nach
judged-at = Beurteilt zum Zeitpunkt
judged-as-of = Stand { $at }: Danach darf nichts mehr unterschrieben worden sein.
judged-any-time = Kein Zeitpunkt ist angegeben: Jede Unterschrift wird nach ihrer eigenen Zeit beurteilt.
moment = Zeitpunkt der Beurteilung, UTC
moment-wrong = Schreiben Sie den Zeitpunkt so: 2026-11-21 12:00
judge-then = Dafür beurteilen
any-time = Ohne Zeitpunkt
compared-with = Verglichen mit
compared-with-nothing = Nichts: Von diesem Belegbuch wurde noch kein Prüfpunkt gesehen. Merken Sie einen, und jedes spätere Bündel muss aus ihm hervorgegangen sein.
compare-file = Mit einer Datei vergleichen …
compared-from = aus { $file }
compare-remembered = Den gemerkten verwenden

## Wessen Wort zählt
trusts-nobody = Noch wird niemandem vertraut
trusts-nobody-about = Eine Vertrauensdatei nennt die Belegbücher, Zeugen und Schlüssel, deren Wort für Sie zählt. Ohne sie wird nichts geglaubt, und nichts lässt sich entscheiden. Was ein Bündel über sich selbst sagt, zählt nie.
choose-another = Andere wählen …
trust-nobody = Niemandem vertrauen
trust-names = { $keys ->
    [one] { NUMBER($keys) } Schlüssel
   *[other] { NUMBER($keys) } Schlüssel
}, { $ledgers ->
    [one] { NUMBER($ledgers) } Belegbuch
   *[other] { NUMBER($ledgers) } Belegbücher
}, { $witnesses ->
    [one] { NUMBER($witnesses) } Zeuge
   *[other] { NUMBER($witnesses) } Zeugen
}
ledgers = Belegbücher
keys = Schlüssel
file-digest = Prüfsumme der Datei

## Belege
receipts = Belege
receipts-label = Belege, die neuesten zuerst
no-receipts = Keine Belege
no-receipts-about = Noch wurde nichts unterschrieben. Einen Beleg gibt es für jede Vorschau, die Sie verlangen, für Urteile des Wächters, für Ausnahmen und für Schlüsselwechsel.
column-number = Nummer
column-signed = Zeit, UTC
column-kind = Art
column-says = Inhalt
row-purged = gelöscht: Nur sein Blatt ist noch da
receipt = Beleg { NUMBER($number) }
receipt-label = Der ausgewählte Beleg
receipt-width = Breite des Belegs
receipt-purged = Er wurde gelöscht: Was er sagte, ist endgültig fort; sein Blatt hält weiter seinen Platz.
receipt-signed = Unterschrieben
by = Von
no-keys = nicht bekannt
export-receipt = Diesen Beleg exportieren …
proves = Was den Beleg beweist
inclusion = Inklusionsbeweis
statement = Aussage
envelope = Umschlag
purged = Gelöscht
purged-about = Der Beleg und sein Salt wurden vernichtet. Was er sagte, lässt sich aus dem Blatt, das bleibt, nicht erraten.

## Arten von Belegen
kind-drift-preview = Vorschau
kind-guard-verdict = Urteil des Wächters
kind-override = Ausnahme
kind-promotion = Einführung
kind-rollback = Rücknahme
kind-narrative = Bericht
kind-key-rotation = Schlüsselwechsel
kind-restore = Wiederherstellung
kind-purge-manifest = Löschung
kind-unknown = unbekannt

## Der Weg von einem Blatt zur Wurzel. Ein Schritt liest sich: Hash, `path-with-left`, Hash, `path-makes`; der nächste beginnt mit dem Ergebnis.
no-path = Noch umfasst ihn kein Prüfpunkt
no-path-about = Der Beleg ist verwahrt. Der nächste Prüfpunkt, den sein Belegbuch unterschreibt, beweist ihn.
path-leads = Führt zur unterschriebenen Wurzel
path-misleads = Führt nicht zur unterschriebenen Wurzel
path-label = Vom Blatt zur Wurzel
path-about = { $steps ->
    [one] Beleg { NUMBER($number) } von { NUMBER($size) }, in { NUMBER($steps) } Schritt bis zum Prüfpunkt von { $origin }
   *[other] Beleg { NUMBER($number) } von { NUMBER($size) }, in { NUMBER($steps) } Schritten bis zum Prüfpunkt von { $origin }
}
path-leaf = Blatt
path-root = unterschriebene Wurzel
path-end = was sich ergibt
path-with-left = mit, links daneben,
path-with-right = mit, rechts daneben,
path-makes = ergibt

## Der Weg als Text: die Hashes stehen untereinander.
way-leaf = Blatt { $number }  { $hash }
way-left = links   { $hash }
way-right = rechts  { $hash }
way-makes = ergibt  { $hash }
way-leads = führt zur Wurzel { $root } von { $origin } (Belege: { $size })
way-misleads = führt nicht zur Wurzel { $root } von { $origin } (Belege: { $size })

## Das Belegbuch des Arbeitsbereichs
no-ledger = Dieser Arbeitsbereich führt kein Belegbuch
no-ledger-about = Mit einem Belegbuch hinterlässt jede Vorschau, die Sie behalten, und jedes Urteil des Wächters einen unterschriebenen Beleg, den niemand unbemerkt ändern oder entfernen kann. Legen Sie einen Schlüssel an, und beginnen Sie dann das Belegbuch:
the-ledger = Das Belegbuch
signs-nothing = unterschreibt nichts
all-signed = alles unterschrieben
not-signed = { NUMBER($count) } noch nicht unterschrieben
covered = Vom Prüfpunkt umfasst
database = Datenbank
read-again = Neu gelesen um { $time } UTC.
read-again-well = { $count ->
    [one] Neu gelesen um { $time } UTC: { NUMBER($count) } Beleg, kein Widerspruch.
   *[other] Neu gelesen um { $time } UTC: { NUMBER($count) } Belege, kein Widerspruch.
}

## Exportieren
export-about = Schreibt Belege mit ihren Beweisen in ein Bündel, das jeder offline mit der eigenen Vertrauensdatei prüfen kann. Das Belegbuch enthält { $receipts ->
    [one] { NUMBER($receipts) } Beleg
   *[other] { NUMBER($receipts) } Belege
}, nummeriert von 0 bis { NUMBER($newest) }.
export-first = Erster Beleg
export-last = Letzter Beleg
export-from = Unterschrieben ab, UTC
export-until = Unterschrieben vor, UTC
export-edits = Alle weiteren Belege zu denselben Bearbeitungen: Vorschauen, Urteile, Ausnahmen, Einführungen
export-reports = Die Berichte, von denen Belege sprechen, soweit dieser Arbeitsbereich sie verwahrt hat
export-decisions = Die Entscheidungen, die die letzte Vorschau ändert, damit sie beim Prüfen nachgespielt werden
export-purpose = Der Zweck wird mit dem Bündel unterschrieben, für alle, die es öffnen.
export-where = Speicherort wählen …
export-numbers = Geben Sie zwei ganze Zahlen ein
export-order = Der erste Beleg darf nicht nach dem letzten kommen
export-beyond = Der letzte Beleg hat die Nummer { NUMBER($last) }
export-moment = Schreiben Sie Zeitpunkte so: 2026-11-21 12:00
exporting-some = Export läuft …
exporting-of = Export: { NUMBER($done) } von { NUMBER($total) }
export-cancelled = Abgebrochen. Starten Sie denselben Export noch einmal, geht er dort weiter, wo er aufgehört hat.
export-done = { $files ->
    [0] { $receipts } exportiert, { $bytes }
    [one] { $receipts } mit { NUMBER($files) } Datei exportiert, { $bytes }
   *[other] { $receipts } mit { NUMBER($files) } Dateien exportiert, { $bytes }
}

## Was lange dauert
verifying = Bündel wird geprüft
reading = Belegbuch wird neu gelesen
exporting = Belege werden exportiert
running = { $job } …
busy = Noch beschäftigt: { $job }
busy-wait = Noch beschäftigt: { $job }. Brechen Sie das zuerst ab, oder warten Sie.

## Was geschieht
no-file-chosen = Keine Datei wurde gewählt
trust-not-taken = Die Vertrauensdatei wurde nicht übernommen
judging-by = Beurteilt wird nach { $file }
judging-by-nobody = Niemandem wird vertraut
not-opened = Das Bündel wurde nicht geöffnet
not-verified = Das Bündel wurde nicht geprüft
verified = { $verdict }. { $why }
checkpoint-remembered = { $count ->
    [one] Der Prüfpunkt über { NUMBER($count) } Beleg ist gemerkt
   *[other] Der Prüfpunkt über { NUMBER($count) } Belege ist gemerkt
}
checkpoint-not-remembered = Der Prüfpunkt wurde nicht gemerkt
read-well = { $count ->
    [one] { NUMBER($count) } Beleg neu gelesen: kein Widerspruch
   *[other] { NUMBER($count) } Belege neu gelesen: kein Widerspruch
}
nothing-to-export = Es gibt keine Belege zum Exportieren
