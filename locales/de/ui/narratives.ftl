### Berichte: worüber sich berichten lässt und was veröffentlicht ist, die Seiten, ihr Wortlaut zum Bearbeiten, und die Formulare zum Veröffentlichen und Bewerten.

## Wenn es nichts zu berichten gibt
nothing-to-tell = Noch nichts zu berichten
nothing-to-tell-about = Ein Bericht sagt in klaren Worten, was sich geändert hat, wen es betrifft, warum, wie groß das Risiko ist und wie man es zurücknimmt. Er entsteht aus Einführungen, Urteilen des Wächters und dem Belegbuch.

## Werkzeuge
language = Sprache
paper = Papier
letter = US Letter
edit = Bearbeiten
read = Lesen
export = Exportieren
publish-dots = Veröffentlichen …

## Formen eines Berichts
pdf = PDF mit seinen Nachweisen
html = HTML, eine Datei
markdown = Markdown
slack = Slack-Blöcke
plain = Reiner Text

## Die linke Spalte. `$language` ist ein Kürzel wie `de`, `$average` eine Zahl von 1 bis 5.
tellings = Worüber sich berichten lässt
to-tell = Themen
contents = Inhalt
published = Veröffentlicht
told-by-itself = Automatisch
week-of = Wochenbericht zu { $channel }
next-week = Nächster: { $next } · { $language }
rated = { $readers ->
    [one] { $average } von 5, { NUMBER($readers) } Bewertung
   *[other] { $average } von 5, { NUMBER($readers) } Bewertungen
}
not-rated = Noch nicht bewertet
rate = Bewerten
receipt-and-stars = Beleg { $receipt } · { $stars }

## Seiten
pages = Seiten
gathering = Fakten werden gesammelt …
leave-reading = Lesen beenden

## Der Wortlaut, zum Bearbeiten
words = Wortlaut
words-about = Markdown. Was Sie ändern, wird als Ihr Text gekennzeichnet; Zahlen, Tabellen und Diagramme bleiben, wie sie berechnet wurden.
paragraph = Absatz { NUMBER($number) }
yours = von Ihnen
without-facts = nicht mehr gedeckt
bring-back = Berechneten Text wiederherstellen

## Veröffentlichen
publish-about = Unterschrieben wird ein Beleg über die Bytes und die Fakten des Berichts, und beides wird beim Belegbuch verwahrt: Wer eine Kopie bekommt, kann nachweisen, dass es genau dieser Bericht ist. Das lässt sich nicht zurücknehmen: Ein Beleg bleibt.
publish-as = Format
signing = Wird unterschrieben …
is-published = Veröffentlicht
receipt-says-so = Beleg { $receipt } hält es fest.

## Bewerten
rate-about = Der Bericht zu Beleg { $receipt }. Wer erneut bewertet, ersetzt die eigene Bewertung.
stars = Sterne
stars-5 = 5: Alles Nötige stand darin
stars-3 = 3: Ich musste nachfragen
stars-1 = 1: Er hat nicht geholfen
comment = Kommentar
rating-kept = Danke: Die Bewertung ist gespeichert
rating-not-kept = Die Bewertung wurde nicht gespeichert

## Export, und Links einer Seite
no-file-chosen = Keine Datei wurde gewählt
exported = Exportiert
not-exported = Nichts wurde exportiert
address-copied = Adresse kopiert: Nach außen wird nichts geöffnet
