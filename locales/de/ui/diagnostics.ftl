### Diagnose, und was ein Start meldet.

title = Diagnose
about = Was sich jemandem sagen lässt, der hilft. Nichts wird gesendet: Sie sehen es durch, speichern es und geben es, wem Sie vertrauen. Es läuft am { $expires } ab und sagt das in seinem Namen.
gathering = Versionen, Anzahlen und Protokollzeilen werden zusammengetragen …
show = Alles zeigen, was darin steht
empty = Es steht nichts darin.
caught = Es wurde etwas Geheimes gefunden
caught-about = Die Datei, in der es steht, lässt sich nicht speichern. Alles andere schon.
caught-here = nicht speicherbar
left-out = Weggelassen: Richtlinien, Schemas, Tests, Entscheidungsprotokolle, Belege, Kennungen und Namen von Menschen, Dingen, Dateien und Geräten, Schlüssel, Passphrasen und der Wortlaut von Fehlern. Was auseinanderzuhalten ist, hat einen gesalzenen Hashwert.
save = Speichern unter …
saved = Diagnose gespeichert

## Der Start
ended = Das Studio wurde unerwartet beendet
ended-about = Ihre Bearbeitungen sind als Entwürfe gesichert. Geschieht es wieder, hilft die Diagnose, den Grund zu finden.
ended-since = Es wurde am { $since } gestartet und kam nicht an sein Ende. Ihre Bearbeitungen sind als Entwürfe gesichert.

## Zählung der Hilfe
counts-cleared = Zählung gelöscht
counts-exported = Zählung exportiert
