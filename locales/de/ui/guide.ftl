### Der Begleiter: drei Schritte beim ersten Start, dann ein Rundgang, der die wirkliche Arbeit am Beispiel ist. Ein Schritt sagt in einem Satz, was zu tun ist.

title = Begleiter
welcome = Willkommen, { NUMBER($number) } von { NUMBER($all) }
tour = Rundgang, { NUMBER($number) } von { NUMBER($all) }
show = Zeigen
continue = Weiter
skip = Überspringen
leave = Begleiter verlassen
left = Begleiter verlassen. „Rundgang machen“ in der Suche oder in der Hilfe setzt ihn fort.

## Erster Start
open = Öffnen Sie den Beispiel-Arbeitsbereich oder einen Ordner mit eigenen Richtlinien.
look = Wählen Sie, wie das Studio aussieht und welche Sprache es spricht.
machine = Es wird nachgesehen, was dieser Rechner mitbringt.
solver = Der Solver ist da: Änderungen werden auch für Anfragen bewiesen, die in keinem Protokoll stehen.
no-solver = Es gibt keinen Solver: Änderungen werden nachgespielt, aber erst bewiesen, wenn `cvc5` installiert ist.
keyring = Schlüssel können im Schlüsselbund dieses Systems liegen.
no-keyring = Kein Schlüsselbund antwortet: Schlüssel liegen in Dateien, mit einer Passphrase versiegelt.

## Rundgang
sample = Öffnen Sie den Beispiel-Arbeitsbereich; Sie erhalten eine eigene Kopie.
edit = Wählen Sie die zweite vorbereitete Änderung, oder ändern Sie selbst eine Richtlinie.
drift = Öffnen Sie „Abweichungen“ und sehen Sie, wer Zugriff gewinnt oder verliert.
why = Wählen Sie eine Änderung und lesen Sie, warum: welche Richtlinie entscheidet, und durch welche Klausel.
promote = Führen Sie die Fassung des letzten Commits in canary ein, zuerst nur zur Beobachtung.
enforce = Setzen Sie sie in canary durch; von da an hat der Kanal einen Rückweg.
roll-back = Nehmen Sie canary zurück.
verify = Prüfen Sie das Bündel des Beispiels, wie es eine Prüferin täte.
narrative = Öffnen Sie „Berichte“ und lesen Sie, was geschehen ist.
end = Das war die ganze Arbeit
end-about = Eine Änderung, ihre Folgen, ein Release, sein Rückweg, der Beweis dafür und der Bericht. „Rundgang machen“ beginnt von vorn.
