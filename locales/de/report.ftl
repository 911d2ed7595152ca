### Berichte auf Deutsch. Kurze Sätze, das Verb nicht am Ende, keine Substantivketten.

## Was ein Druckbild selbst sagt
language-name = Deutsch
furniture-contents = Inhalt
furniture-page = Seite { $page } von { $pages }
furniture-continued = Fortsetzung
furniture-edited = bearbeitet von { $by }
furniture-unfounded = nicht mehr durch Fakten gedeckt
furniture-data = Die Zahlen
furniture-sources = Quellen
furniture-hash = Prüfsumme des Inhalts

## Schreibweisen
quotation = „{ $text }“
quotation-end = „{ $text }“.
moment = { $date }, { $hour }:{ $minute } Uhr (UTC)
about = rund { $n }
percent = { $n } %
more = { $count } weitere
move-item = Schritt { $sequence } ({ $version })
group-item = { $name } ({ $count })
note-of = { $whole ->
    [one] { $part } von { $whole } Anfrage
   *[other] { $part } von { $whole } Anfragen
}
note-receipt = Beleg { $number }
note-report = Bericht { $digest }
note-bundle = Paket { $digest }
note-policy = Richtlinie { $id }

## Mengen
requests = { $count ->
    [one] { $count } Anfrage
   *[other] { $count } Anfragen
}
# Steht nach „von“, im Dativ.
people = { $count ->
    [one] einer Person
   *[other] { $count } Personen
}
resources = { $count ->
    [one] eine Ressource
   *[other] { $count } Ressourcen
}
receipts = { $count ->
    [one] { $count } Beleg
   *[other] { $count } Belege
}
moves = { $count ->
    [one] { $count } Schritt
   *[other] { $count } Schritte
}
# Steht nach „bei“, im Dativ.
share = { $kind ->
    [none] keiner Anfrage
    [below] weniger als einer von { $n } Anfragen
    [one-in] rund einer von { $n } Anfragen
    [percent] rund { $n } % der Anfragen
    [half] rund der Hälfte aller Anfragen
    [nearly-all] fast allen Anfragen
   *[all] allen Anfragen
}

## Begriffe, mit ihrem Eintrag im Glossar
-channel = Kanal
    .name = Kanal
    .means = Ein Ort, an dem eine Fassung der Richtlinien gilt, zum Beispiel die Produktion. Er ändert sich nur in einzelnen Schritten, und jeder Schritt wird festgehalten.
-log = Entscheidungsprotokoll
    .name = Entscheidungsprotokoll
    .means = Die Aufzeichnung der Anfragen, die Menschen und Programme wirklich gestellt haben, mit den Antworten darauf.
-replay = nachgespielt
    .name = Nachspielen
    .means = Aufgezeichnete Anfragen werden unter den alten und unter den neuen Richtlinien beantwortet und die Antworten verglichen.
-gate = { $form ->
    [many] Prüfungen
   *[one] Prüfung
}
    .name = Prüfung
    .means = Eine Bedingung, auf die vor einem Schritt geachtet wird: Tests, Freigaben, Abweichungen. Ist sie nicht erfüllt, bleibt der Kanal stehen, es sei denn, jemand steht dafür ein.
-canary = Probelauf
    .name = Probelauf
    .means = Eine Richtlinie gilt zuerst nur für einen festen Teil aller Personen, immer für dieselben. So trifft ein Fehler wenige.
-audit-only = nur zur Beobachtung
    .name = Nur zur Beobachtung
    .means = Eine Richtlinie wird ausgewertet und aufgezeichnet, entscheidet aber noch nichts.
-receipt = { $form ->
    [many] Belege
   *[one] Beleg
}
    .name = Beleg
    .means = Die signierte Aufzeichnung eines Ereignisses. Jeder kann sie prüfen, ohne uns zu fragen.
-ledger = Belegbuch
    .name = Belegbuch
    .means = Die Liste aller Belege. Es kommen nur neue hinzu; wer einen alten ändert, fällt auf.
-checkpoint = Prüfpunkt
    .name = Prüfpunkt
    .means = Eine signierte Zusammenfassung des ganzen Belegbuchs zu einem Zeitpunkt. Wer sie hat, bemerkt jede spätere Änderung am Älteren.
-witness = { $form ->
    [many] Zeugen
   *[one] Zeuge
}
    .name = Zeuge
    .means = Eine unabhängige Stelle, die einen Prüfpunkt mitsigniert, nachdem sie gesehen hat, dass nichts Älteres geändert wurde.
-proof = bewiesen
    .name = Bewiesen
    .means = Mathematisch gezeigt für jede denkbare Anfrage, nicht nur für die aufgezeichneten.
-tolerance = Toleranz
    .name = Toleranz
    .means = Wie viele Anfragen eine Änderung betreffen darf, bevor jemand dafür einstehen muss.
-override = Ausnahme
    .name = Ausnahme
    .means = Die signierte Erklärung eines Freigebenden, dass eine Änderung trotz überschrittener Toleranz gelten darf.
-bundle = Paket
    .name = Paket
    .means = Eine signierte Fassung, die Durchsetzungspunkte übernehmen. Das Paket für den Rückweg wird mit jedem Schritt gleich mitsigniert.
-sensitive = Schutzbedürftiges
    .name = Schutzbedürftiges
    .means = Das, wofür der Arbeitsbereich die höchste Risikostufe festgelegt hat.

## Abschnitte
section-changed = Was sich geändert hat
section-affected = Wen es betrifft
section-why = Warum
section-risk = Wie groß das Risiko ist
section-undo = Was geschieht, wenn wir es zurücknehmen
section-forward = Wenn wir wieder vorwärtsgehen
section-know = Woher wir das wissen
section-next = Was jetzt zu tun ist
section-detail = Im Einzelnen
section-glossary = Begriffe auf diesen Seiten

## Einführung einer Fassung
promotion-title = { $channel } liefert jetzt { $version }
promotion-subtitle = { $tenant } · Schritt { $sequence } von { $channel } · { $at }
promotion-lead = Am { $at } hat { $by } den { -channel } { $channel } von Fassung { $from } auf Fassung { $version } gebracht.
promotion-lead-first = Am { $at } hat { $by } mit { $version } die erste Fassung in den { -channel } { $channel } gebracht.
promotion-lead-modes = Am { $at } hat { $by } geändert, wie Fassung { $version } im { -channel } { $channel } angewandt wird.
modes-title = { $channel } wendet { $version } anders an
policies-differ = { $count ->
    [0] Keine Richtlinie weicht von dem ab, was vorher galt.
    [one] Eine Richtlinie ist anders: { $policies }.
    [2] Zwei Richtlinien sind anders: { $policies }.
    [3] Drei Richtlinien sind anders: { $policies }.
   *[other] { $count } Richtlinien sind anders: { $policies }.
}
policies-applied = { $count ->
    [0] Keine Richtlinie wird anders angewandt als vorher.
    [one] Eine Richtlinie wird anders angewandt als vorher: { $policies }.
    [2] Zwei Richtlinien werden anders angewandt als vorher: { $policies }.
    [3] Drei Richtlinien werden anders angewandt als vorher: { $policies }.
   *[other] { $count } Richtlinien werden anders angewandt als vorher: { $policies }.
}
applied-enforced = Jede Richtlinie gilt für alle.
applied-rest = { $count ->
    [0] Alles andere gilt für alle.
    [one] Auch eine weitere Richtlinie gilt nicht für alle. Alles andere schon.
   *[other] Auch { $count } weitere Richtlinien gelten nicht für alle. Alles andere schon.
}
applied-canary = { $which ->
    [all] Die ganze Fassung ist ein { -canary }: Sie gilt für { $percent } der Personen.
   *[one] { $policy } ist ein { -canary }: Die Richtlinie gilt für { $percent } der Personen.
}
applied-audit = { $which ->
    [all] Die ganze Fassung läuft { -audit-only }: Sie wird aufgezeichnet und entscheidet noch nichts.
   *[one] { $policy } läuft { -audit-only }: Die Richtlinie wird aufgezeichnet und entscheidet noch nichts.
}

## Wen es betrifft
replayed = Wir haben { $requests }, die Menschen und Programme wirklich gestellt haben, { -replay }.
replayed-day = Wir haben { $requests }, die Menschen und Programme am { $day } wirklich gestellt haben, { -replay }.
replayed-window = Wir haben { $requests }, die Menschen und Programme vom { $from } bis zum { $until } wirklich gestellt haben, { -replay }.
replayed-generated = Wir haben { $requests } aus einem erzeugten Protokoll { -replay }: Niemand hat sie wirklich gestellt.
reached-some = Noch gilt es nur für einen Teil der Personen. Gälte es für alle, änderte sich Folgendes:
reached-again = Für einen Teil der Personen gilt wieder, was früher galt. Gälte es wieder für alle, änderte sich Folgendes:
reached-rest = Es gilt jetzt für alle. Für Personen, die der { -canary } noch nicht erfasst hatte, ändert sich Folgendes:
reached-withdrawn = Für alle gilt wieder, was früher galt. Für Personen, die der { -canary } erfasst hatte, ändert sich Folgendes:
reached-apart = Vor oder nach diesem Schritt entscheidet ein { -canary } nur für einige Personen. Jede Anfrage wurde danach gezählt, was für die Person entscheidet, die sie gestellt hat.
reached-proposed = Ein Urteil allein ändert keine Antwort. Gälte die Änderung für alle, änderte sich Folgendes:
reached-nobody = Noch ändert sich keine Antwort: Was bisher entschied, entscheidet weiter. Gälte es für alle, änderte sich Folgendes:
who-share = { $form ->
    [is] Bei { $share } fällt die Antwort jetzt anders aus.
   *[would] Bei { $share } fiele die Antwort anders aus.
}
sensitive-gained = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage zielt auf { -sensitive }, war bisher abgelehnt und ist jetzt erlaubt.
       *[other] { $count } Anfragen zielen auf { -sensitive }, waren bisher abgelehnt und sind jetzt erlaubt.
    }
   *[would] { $count ->
        [one] { $count } Anfrage zielt auf { -sensitive }, wird heute abgelehnt und würde dann erlaubt.
       *[other] { $count } Anfragen zielen auf { -sensitive }, werden heute abgelehnt und würden dann erlaubt.
    }
}
gained = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage, die abgelehnt wurde, ist jetzt erlaubt.
       *[other] { $count } Anfragen, die abgelehnt wurden, sind jetzt erlaubt.
    }
   *[would] { $count ->
        [one] { $count } Anfrage, die heute abgelehnt wird, würde dann erlaubt.
       *[other] { $count } Anfragen, die heute abgelehnt werden, würden dann erlaubt.
    }
}
gained-in-all = { $form ->
    [is] { $count ->
        [one] Insgesamt erhält { $count } Anfrage Zugriff.
       *[other] Insgesamt erhalten { $count } Anfragen Zugriff.
    }
   *[would] { $count ->
        [one] Insgesamt erhielte { $count } Anfrage Zugriff.
       *[other] Insgesamt erhielten { $count } Anfragen Zugriff.
    }
}
gained-nothing = { $form ->
    [is] Keine Anfrage erhält neuen Zugriff.
   *[would] Keine Anfrage erhielte neuen Zugriff.
}
lost = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage, die erlaubt wurde, ist jetzt abgelehnt.
       *[other] { $count } Anfragen, die erlaubt wurden, sind jetzt abgelehnt.
    }
   *[would] { $count ->
        [one] { $count } Anfrage, die heute erlaubt wird, würde dann abgelehnt.
       *[other] { $count } Anfragen, die heute erlaubt werden, würden dann abgelehnt.
    }
}
lost-nothing = { $form ->
    [is] Keine Anfrage verliert Zugriff.
   *[would] Keine Anfrage verlöre Zugriff.
}
neither = { $form ->
    [is] Laut Protokoll gewinnt oder verliert niemand Zugriff.
   *[would] Laut Protokoll würde niemand Zugriff gewinnen oder verlieren.
}
reach = { $count ->
    [one] Sie stammt von { $people } und betrifft { $resources }.
   *[other] Sie stammen von { $people } und betreffen { $resources }.
}
gained-most = { $form ->
    [is] Der neue Zugriff geht vor allem an { $group }.
   *[would] Der neue Zugriff ginge vor allem an { $group }.
}
gained-groups = { $form ->
    [is] Der neue Zugriff geht an { $groups }.
   *[would] Der neue Zugriff ginge an { $groups }.
}
lost-most = Die meisten stammen von { $group }.
lost-groups = { $form ->
    [is] Sie entfallen auf { $groups }.
   *[would] Sie entfielen auf { $groups }.
}
open-requests = { $count ->
    [one] Bei { $count } Anfrage gibt das Protokoll keine Auskunft: Ihm fehlt eine Angabe, von der die Antwort abhängt.
   *[other] Bei { $count } Anfragen gibt das Protokoll keine Auskunft: Ihm fehlen Angaben, von denen die Antwort abhängt.
}
compared = { $how ->
    [still-none] Auch der Schritt davor hat keine Antwort geändert.
    [first] Der Schritt davor hatte keine Antwort geändert.
    [vanished] Der Schritt davor hatte die Antworten auf { $before } geändert.
    [twice] Das sind etwa doppelt so viele wie beim Schritt davor ({ $before }).
    [times] Das sind etwa { $n }-mal so viele wie beim Schritt davor ({ $before }).
    [more] Das sind mehr als beim Schritt davor ({ $before }).
    [same] Das sind etwa so viele wie beim Schritt davor ({ $before }).
    [fewer] Das sind weniger als beim Schritt davor ({ $before }).
    [half] Das sind etwa halb so viele wie beim Schritt davor ({ $before }).
   *[far-fewer] Das sind weit weniger als beim Schritt davor ({ $before }).
}
affected-first = Dies ist die erste Fassung hier, es gibt also keine frühere Antwort zum Vergleich.
affected-no-log = Es gibt kein { -log }, mit dem man vergleichen könnte. Wessen Zugriff sich ändert, ist deshalb nicht bekannt.
apart = { $whom ->
    [newly] Die { $percent } der Personen, die ein { -canary } seither erfasst
    [still] Die { $percent } der Personen, die ein { -canary } schon vorher erfasste und weiter erfasst
    [no-longer] Die { $percent } der Personen, die ein { -canary } bisher erfasste
   *[never] Die { $percent } der Personen, die kein { -canary } erfasst
}: { $gained ->
    [0] Keine Anfrage wird neu erlaubt
    [one] { $gained } Anfrage wird neu erlaubt
   *[other] { $gained } Anfragen werden neu erlaubt
}, { $lost ->
    [0] keine neu abgelehnt
    [one] { $lost } neu abgelehnt
   *[other] { $lost } neu abgelehnt
}{ $open ->
    [0] .
   *[other] ; bei { $open } ist es nicht bekannt.
}
affected-canaries = Vor und nach diesem Schritt entscheidet ein { -canary } für einen Teil der Personen. Ihre Anfragen wurden nicht getrennt gezählt. Wessen Zugriff sich ändert, ist deshalb nicht bekannt.
affected-not-kept = Der Bericht, von dem der { -receipt } spricht, ist hier nicht verwahrt. Wessen Zugriff sich ändert, ist deshalb nicht bekannt.
affected-failed = Die aufgezeichneten Anfragen ließen sich nicht auswerten. Wessen Zugriff sich ändert, ist deshalb nicht bekannt. Daran lag es: { $why }.

## Warum
reason = { $by } gab diesen Grund an: { $reason }
reason-none = Ein Grund wurde nicht festgehalten.
approved = { $count ->
    [one] Eine Person, die die Änderung nicht geschrieben hat, hat sie freigegeben: { $people }.
   *[other] { $count } Personen, die die Änderung nicht geschrieben haben, haben sie freigegeben: { $people }.
}
approved-none = Eine Freigabe war nicht verlangt, und niemand hat eine gegeben.
cites = Die Richtlinie { $policy } beruht auf { $authorities }.
cites-none = Keine der geänderten Richtlinien sagt, worauf sie beruht.

## Wie groß das Risiko ist
risk-title = { $level ->
    [high] Hohes Risiko
    [medium] Mittleres Risiko
   *[low] Geringes Risiko
}
risk-word = { $level ->
    [high] hoch
    [medium] mittel
   *[low] gering
}
risk-sensitive-gained = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage auf { -sensitive } ist neu erlaubt.
       *[other] { $count } Anfragen auf { -sensitive } sind neu erlaubt.
    }
   *[would] { $count ->
        [one] { $count } Anfrage auf { -sensitive } würde neu erlaubt.
       *[other] { $count } Anfragen auf { -sensitive } würden neu erlaubt.
    }
}
risk-gained = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage ist neu erlaubt.
       *[other] { $count } Anfragen sind neu erlaubt.
    }
   *[would] { $count ->
        [one] { $count } Anfrage würde neu erlaubt.
       *[other] { $count } Anfragen würden neu erlaubt.
    }
}
risk-sensitive-lost = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage auf { -sensitive } ist neu abgelehnt. Vielleicht kann jemand nicht arbeiten.
       *[other] { $count } Anfragen auf { -sensitive } sind neu abgelehnt. Vielleicht können Menschen nicht arbeiten.
    }
   *[would] { $count ->
        [one] { $count } Anfrage auf { -sensitive } würde neu abgelehnt. Vielleicht könnte dann jemand nicht arbeiten.
       *[other] { $count } Anfragen auf { -sensitive } würden neu abgelehnt. Vielleicht könnten dann Menschen nicht arbeiten.
    }
}
risk-lost = { $form ->
    [is] { $count ->
        [one] { $count } Anfrage ist neu abgelehnt. Vielleicht kann jemand nicht arbeiten.
       *[other] { $count } Anfragen sind neu abgelehnt. Vielleicht können Menschen nicht arbeiten.
    }
   *[would] { $count ->
        [one] { $count } Anfrage würde neu abgelehnt. Vielleicht könnte dann jemand nicht arbeiten.
       *[other] { $count } Anfragen würden neu abgelehnt. Vielleicht könnten dann Menschen nicht arbeiten.
    }
}
risk-errors = { $count ->
    [one] Bei { $count } Anfrage scheitert eine Richtlinie neu oder nicht mehr. Eine, die scheitert, verbietet vielleicht nicht mehr, was sie soll.
   *[other] Bei { $count } Anfragen scheitert eine Richtlinie neu oder nicht mehr. Eine, die scheitert, verbietet vielleicht nicht mehr, was sie soll.
}
risk-overridden = Die Prüfung „{ $gate }“ wurde nicht bestanden. Jemand hat die Verantwortung dafür übernommen.
risk-skipped = Die Prüfung „{ $gate }“ wurde ausgelassen.
risk-left-out = Die Prüfung „{ $gate }“ wurde nicht bestanden oder ausgelassen.
risk-blocked = { $count ->
    [one] Die Änderung überschreitet die Toleranz an einer Stelle.
   *[other] Die Änderung überschreitet die Toleranz an { $count } Stellen.
}
risk-widens = Auch jenseits des Protokolls können Anfragen Zugriff erhalten. Das ist { -proof } für { $actions }.
risk-blind = Wessen Zugriff sich ändert, ist nicht bekannt, und Unbekanntes nennen wir nicht gering.
risk-blind-in = Wessen Zugriff sich änderte, ist bei { $count } von { $of } Schritten nicht bekannt, und Unbekanntes nennen wir nicht gering.
risk-moves = { $count ->
    [one] Für sich allein hatte { $moves } ein { $level ->
        [high] hohes
        [medium] mittleres
       *[low] geringes
    } Risiko.
   *[other] Für sich allein hatten { $moves } jeweils ein { $level ->
        [high] hohes
        [medium] mittleres
       *[low] geringes
    } Risiko.
}
risk-nothing = { $form ->
    [is] Laut Protokoll gewinnt oder verliert niemand Zugriff, und keine Prüfung wurde ausgelassen.
   *[would] Niemand aus dem Protokoll würde Zugriff gewinnen oder verlieren, und keine Prüfung wurde ausgelassen.
}
risk-quiet = Der Kanal hat sich nicht bewegt; geändert hat sich also nichts.
unknown-title = Was wir nicht wissen
unknown-open = { $count ->
    [one] Wie { $count } Anfrage jetzt beantwortet wird: Dem Protokoll fehlt eine Angabe.
   *[other] Wie { $count } Anfragen jetzt beantwortet werden: Dem Protokoll fehlen Angaben.
}
unknown-replay = Wessen Zugriff sich ändert: Es wurde nichts verglichen.
unknown-replay-of = Wessen Zugriff sich bei { $count } von { $of } Schritten änderte: Für sie wurde nichts verglichen.
unknown-reached = { $reached ->
    [already] Wie viele dieser Anfragen von Personen stammen, für die es schon gilt: Sie wurden nicht getrennt gezählt.
    [again] Wie viele dieser Anfragen von Personen stammen, für die wieder das Frühere gilt: Sie wurden nicht getrennt gezählt.
   *[canary] Wie viele dieser Anfragen von Personen stammen, die der Probelauf erfasst hatte: Sie wurden nicht getrennt gezählt.
}
unknown-proof = Was mit Anfragen geschieht, die nicht im Protokoll stehen: Darüber wurde nichts { -proof }.
unknown-not-proven = Was jenseits des Protokolls für { $actions } gilt: Ein Beweis fand sich nicht.
unknown-small-log = { $count ->
    [one] Ob { $count } aufgezeichnete Anfrage für alle steht. Für Gewissheit ist das zu wenig.
   *[other] Ob { $count } aufgezeichnete Anfragen für alle stehen. Für Gewissheit sind das zu wenige.
}
unknown-old-log = { $days ->
    [one] Was am letzten Tag geschah: Das Protokoll endet davor.
   *[other] Was in den letzten { $days } Tagen geschah: Das Protokoll endet davor.
}
unknown-window = Wann die Anfragen gestellt wurden: Zeiten sind nicht bekannt.
unknown-disagrees = { $count ->
    [one] Warum für { $count } Anfrage eine andere Antwort aufgezeichnet ist, als die alten Richtlinien geben.
   *[other] Warum für { $count } Anfragen eine andere Antwort aufgezeichnet ist, als die alten Richtlinien geben.
}
unknown-assumed = { $count ->
    [one] Die Angaben hinter { $count } Anfrage: Sie fehlen im Protokoll, daher galten die des Arbeitsbereichs.
   *[other] Die Angaben hinter { $count } Anfragen: Sie fehlen im Protokoll, daher galten die des Arbeitsbereichs.
}
unknown-skipped = { $count ->
    [one] Was in { $count } Zeile des Protokolls steht: Sie war nicht lesbar.
   *[other] Was in { $count } Zeilen des Protokolls steht: Sie waren nicht lesbar.
}
unknown-approval = Ob eine zweite Person zustimmt: Niemand hat es freigegeben.
unknown-reason = Warum es geschah: Ein Grund wurde nicht festgehalten.
unknown-receipt = Ob die Aufzeichnung echt ist: Im Belegbuch fand sich kein Beleg.
unknown-nothing = Nichts von dem, worauf wir achten, fehlt.

## Zurücknehmen
undo-ready = Dann gilt wieder Fassung { $version }. Das { -bundle } dafür ist schon signiert. { $command } liefert es aus, und keine Prüfung steht im Weg.
undo-gained = { $count ->
    [one] { $count } Anfrage, die jetzt erlaubt ist, würde wieder abgelehnt.
   *[other] { $count } Anfragen, die jetzt erlaubt sind, würden wieder abgelehnt.
}
undo-lost = { $count ->
    [one] { $count } Anfrage, die jetzt abgelehnt ist, würde wieder erlaubt.
   *[other] { $count } Anfragen, die jetzt abgelehnt sind, würden wieder erlaubt.
}
undo-same = Soweit das Protokoll reicht, würde es niemand bemerken.
undo-nobody = Keine Antwort würde sich ändern: Auch dieser Schritt hat keine geändert.
undo-unknown = Wessen Zugriff sich dann änderte, ist nicht bekannt.
undo-first = Vorher galt nichts, es gibt also kein Zurück.
undo-later = { $count ->
    [one] Ein Schritt kam danach; dieser ist also nicht mehr der letzte. Um ihn zurückzunehmen, führt man eine frühere Fassung wieder ein.
   *[other] { $count } Schritte kamen danach; dieser ist also nicht mehr der letzte. Um ihn zurückzunehmen, führt man eine frühere Fassung wieder ein.
}
undo-none = Ein Rückweg wurde nicht vorbereitet. Um ihn zurückzunehmen, führt man eine frühere Fassung wieder ein.

## Woher wir das wissen
know-receipt = Dies ist { -receipt } { $number } im { -ledger }. Er wurde signiert, als es geschah, und niemand kann ihn unbemerkt ändern.
know-no-receipt = Ein { -receipt } dafür fand sich im { -ledger } nicht. Dies ist also ein Bericht und kein Nachweis.
know-report = Die Zahlen sind die, nach denen damals geurteilt wurde; der Bericht ist unter seiner Prüfsumme verwahrt. Am Rand stehen sie genau.
know-computed = Die Zahlen sind aus dem Protokoll berechnet, wie es heute ist. Am Rand stehen sie genau.
know-gates-all = { $count ->
    [one] Die eine verlangte { -gate } war bestanden.
   *[other] Alle { $count } verlangten { -gate(form: "many") } waren bestanden.
}
know-gates-some = { $passed } von { $all } { -gate(form: "many") } waren bestanden.
know-gates-none = Eine { -gate } war nicht verlangt.
know-proof-equivalent = Für { $actions } ist { -proof }, dass keine einzige Anfrage anders beantwortet wird.
know-proof-narrows = Für { $actions } ist { -proof }, dass niemand Zugriff gewinnen kann.
know-proof-widens = Für { $actions } ist { -proof }, dass niemand Zugriff verlieren kann und manche ihn gewinnen können.
know-proof-differs = Für { $actions } ist { -proof }, dass manche Zugriff gewinnen und manche ihn verlieren können.
know-proof-none = Über das Protokoll hinaus wurde nichts { -proof }.

## Woche
week-title = { $count ->
    [0] Eine ruhige Woche in { $channel }
    [one] Ein Schritt in { $channel } in dieser Woche
   *[other] { $count } Schritte in { $channel } in dieser Woche
}
week-subtitle = { $channel } · { $from } bis { $until }
week-lead = { $count ->
    [0] Der { -channel } { $channel } hat sich in dieser Woche nicht bewegt.
    [one] Der { -channel } { $channel } hat sich in dieser Woche einmal bewegt.
    [2] Der { -channel } { $channel } hat sich in dieser Woche zweimal bewegt.
   *[other] Der { -channel } { $channel } hat sich in dieser Woche { $count }-mal bewegt.
}
week-ships = Der Kanal liefert Fassung { $version }.
week-ships-nothing = Der Kanal hat noch nie etwas geliefert.
week-rollbacks = { $count ->
    [one] Einer der Schritte nahm einen früheren zurück.
   *[other] { $count } der Schritte nahmen frühere zurück.
}
week-compared = { $how ->
    [still-none] Auch die Woche davor war ruhig.
    [first] Die Woche davor war ruhig.
    [vanished] In der Woche davor hat er sich bewegt ({ $before }).
    [twice] Das ist doppelt so oft wie in der Woche davor.
    [times] Das ist etwa { $n }-mal so oft wie in der Woche davor.
    [more] Das ist öfter als in der Woche davor ({ $before }).
    [same] Das ist etwa so oft wie in der Woche davor ({ $before }).
    [fewer] Das ist seltener als in der Woche davor ({ $before }).
    [half] Das ist halb so oft wie in der Woche davor.
   *[far-fewer] Das ist weit seltener als in der Woche davor ({ $before }).
}
week-compared-unknown = Eine frühere Woche zum Vergleich gibt es nicht.
week-gained = { $of ->
    [all] { $count ->
        [0] Zusammen haben die Schritte niemandem neuen Zugriff gegeben.
        [one] Zusammen haben die Schritte { $count } Anfrage neu erlaubt.
       *[other] Zusammen haben die Schritte { $count } Anfragen neu erlaubt.
    }
   *[counted] { $count ->
        [0] Soweit gezählt wurde, hat niemand neuen Zugriff erhalten.
        [one] Soweit gezählt wurde, haben die Schritte { $count } Anfrage neu erlaubt.
       *[other] Soweit gezählt wurde, haben die Schritte { $count } Anfragen neu erlaubt.
    }
}
week-lost = { $of ->
    [all] { $count ->
        [0] Niemand hat Zugriff verloren.
        [one] Neu abgelehnt haben sie { $count } Anfrage.
       *[other] Neu abgelehnt haben sie { $count } Anfragen.
    }
   *[counted] { $count ->
        [0] Ein Verlust von Zugriff wurde nicht gezählt.
        [one] Neu abgelehnt haben sie, soweit gezählt wurde, { $count } Anfrage.
       *[other] Neu abgelehnt haben sie, soweit gezählt wurde, { $count } Anfragen.
    }
}
week-uncounted = { $moves ->
    [one] Bei diesem Schritt wurde nicht gezählt, wessen Zugriff sich änderte.
   *[other] Bei { $count } von { $moves } Schritten wurde nicht gezählt, wessen Zugriff sich änderte: { $which }.
}
week-reason = Fassung { $version }: { $reason }
week-reason-none = Fassung { $version }: Ein Grund wurde nicht festgehalten.
week-left-out = { $count ->
    [0] Keine Prüfung wurde ausgelassen.
    [one] Bei einem Schritt wurde eine Prüfung nicht bestanden oder ausgelassen.
   *[other] Bei { $count } Schritten wurde eine Prüfung nicht bestanden oder ausgelassen.
}
week-undo = Den letzten Schritt nimmt { $command } zurück.
week-undo-nothing = Zurückzunehmen gibt es nichts.
week-receipts = { $count ->
    [0] Ein { -receipt } für einen Schritt fand sich im { -ledger } nicht.
    [one] Ein Schritt hat seinen { -receipt } im { -ledger }.
   *[other] { $count } Schritte haben ihren { -receipt } im { -ledger }.
}

## Rückkehr
rollback-title = { $channel } ist zurück bei { $version }
rollback-lead = Am { $at } hat { $by } den { -channel } { $channel } von Fassung { $from } auf Fassung { $version } zurückgebracht.
rollback-lead-modes = Am { $at } hat { $by } eine Änderung daran zurückgenommen, wie Fassung { $version } im { -channel } { $channel } angewandt wird.
rollback-partial-title = { $channel } hat einen Teil einer Fassung zurückgenommen
rollback-partial-lead = Am { $at } hat { $by } im { -channel } { $channel } einige Richtlinien der Fassung { $from } zurückgenommen. Seither liefert er { $version }.
rollback-undone = Zurückgenommen ist damit Schritt { $sequence }, den { $by } am { $at } gemacht hat.
rollback-undone-unknown = Der zurückgenommene Schritt ist nicht mehr lesbar.
rollback-after = { $count ->
    [0] Jener Schritt hatte weniger als eine Stunde gegolten.
    [one] Jener Schritt hatte eine Stunde gegolten.
   *[other] Jener Schritt hatte { $count } Stunden gegolten.
}
rollback-after-days = { $count ->
    [one] Jener Schritt hatte einen Tag gegolten.
   *[other] Jener Schritt hatte { $count } Tage gegolten.
}
rollback-approval = Die Rückkehr braucht keine Freigabe: Der Weg zurück ist immer offen.
rollback-forward = Dann gilt wieder Fassung { $version }. Das { -bundle } dafür ist signiert. { $command } liefert es aus.
rollback-forward-later = { $count ->
    [one] Ein Schritt kam danach; dieser ist also nicht mehr der letzte. Um wieder vorwärtszugehen, führt man die spätere Fassung neu ein.
   *[other] { $count } Schritte kamen danach; dieser ist also nicht mehr der letzte. Um wieder vorwärtszugehen, führt man die spätere Fassung neu ein.
}
rollback-forward-none = Ein Paket, das wieder vorwärtsführt, wurde nicht vorbereitet.

## Urteil
verdict-title = { $ruling ->
    [pass] Die Änderung liegt in der Toleranz
    [overridden] Die Änderung darf durch eine Ausnahme gelten
    [blocked] Die Änderung überschreitet die Toleranz
   *[undecided] Ob die Änderung in der Toleranz liegt, sagt das Protokoll nicht
}
verdict-subtitle = { $base } → { $head } · { $at }
verdict-subtitle-undated = { $base } → { $head }
verdict-lead = { $ruling ->
    [pass] Der Wächter hat { $head } mit { $base } verglichen und die Änderung durchgelassen.
    [overridden] Der Wächter hat { $head } im Vergleich mit { $base } angehalten. Ein Freigebender hat die Änderung durchgelassen.
    [blocked] Der Wächter hat { $head } mit { $base } verglichen und die Änderung angehalten.
   *[undecided] Der Wächter hat { $head } mit { $base } verglichen und konnte nicht entscheiden.
}
verdict-authors = { $count ->
    [0] Wer die Änderung geschrieben hat, ist nicht festgehalten.
   *[other] Geschrieben hat die Änderung { $people }.
}
verdict-bounds-held = Alle Grenzen der { -tolerance } sind eingehalten.
verdict-bound = { $measure ->
    [gained] Neuer Zugriff unter der Regel { $rule }: { $found }; erlaubt: { $limit }.
    [lost] Verlorener Zugriff unter der Regel { $rule }: { $found }; erlaubt: { $limit }.
    [open] Offen unter der Regel { $rule }: { $found }; erlaubt: { $limit }.
   *[error-changed] Geänderte Fehler unter der Regel { $rule }: { $found }; erlaubt: { $limit }.
}
verdict-override = { $by } hat eine { -override } signiert, die bis { $until } gilt. Der angegebene Grund: { $reason }
verdict-next = { $ruling ->
    [pass] Nichts. Die Änderung darf in Kraft treten.
    [overridden] Die Ausnahme läuft ab; danach gilt die Änderung als angehalten, wenn sie bis dahin nicht in Kraft ist.
    [blocked] Entweder wird die Änderung kleiner, oder ein Freigebender signiert eine Ausnahme für genau das, was gesehen wurde.
   *[undecided] Entweder bekommt das Protokoll die fehlenden Angaben, oder ein Freigebender signiert eine Ausnahme für das Offene.
}
verdict-receipt-none = Das Urteil wurde in keinem { -ledger } verwahrt.
verdict-tolerance = Geurteilt wurde nach der { -tolerance } mit dieser Prüfsumme: { $digest }.
none-may = keine

## Nachweise
evidence-title = { $receipts } im Belegbuch
evidence-subtitle-day = { $origin } · { $day }
evidence-subtitle = { $origin } · { $from } bis { $until }
evidence-lead = Im { -ledger } { $origin } stehen { $receipts }.
evidence-lead-empty = Das { -ledger } { $origin } ist leer.
evidence-day = Alle sind vom { $day }.
evidence-period = Der erste ist vom { $from }, der letzte vom { $until }.
evidence-kinds = Es sind { $kinds }.
evidence-moves = { $count ->
    [0] Kein Kanal hat sich bewegt.
    [one] Einmal hat sich ein Kanal bewegt.
   *[other] { $count }-mal hat sich ein Kanal bewegt.
}
evidence-exceptions = { $count ->
    [0] Keine Schutzvorkehrung wurde ausgelassen.
    [one] Einmal wurde eine Schutzvorkehrung ausgelassen. Wer dafür einsteht, steht weiter unten.
   *[other] { $count }-mal wurde eine Schutzvorkehrung ausgelassen. Wer jeweils dafür einsteht, steht weiter unten.
}
evidence-purged = { $count ->
    [0] Nichts wurde gelöscht.
    [one] Ein Beleg wurde gelöscht; sein Platz im Belegbuch bleibt nachweisbar.
   *[other] { $count } Belege wurden gelöscht; ihr Platz im Belegbuch bleibt nachweisbar.
}
evidence-audit = Am { $at } wurde das ganze Belegbuch nachgerechnet, und alles stimmte.
evidence-audit-fault = Am { $at } wurde das ganze Belegbuch nachgerechnet, und es stimmt nicht: { $fault }.
evidence-audit-none = Für diesen Bericht hat niemand das Belegbuch nachgerechnet.
evidence-checkpoint = Der letzte { -checkpoint } umfasst { $receipts }.
evidence-checkpoint-all = Der letzte { -checkpoint } umfasst alle.
evidence-checkpoint-none = Einen signierten { -checkpoint } gibt es nicht.
evidence-witnesses = { $count ->
    [0] Kein { -witness } hat ihn mitsigniert.
    [one] Mitsigniert hat der { -witness } { $names }.
   *[other] Mitsigniert haben die { -witness(form: "many") } { $names }.
}
evidence-keys = { $count ->
    [one] Signiert hat ein Schlüssel: { $names }.
   *[other] Signiert haben { $count } Schlüssel, der letzte gilt: { $names }.
}
evidence-check = Wer sicher sein will, holt sich mit { $command } ein Bündel und prüft es allein, ohne uns zu fragen.
risk-fault = Das Belegbuch stimmt nicht. Bis die Ursache bekannt ist, darf sich niemand darauf verlassen.
risk-unwitnessed = Den letzten Prüfpunkt hat kein Zeuge gesehen. Wer den Schlüssel hat, könnte noch zwei Fassungen des Belegbuchs zeigen.
risk-uncovered = { $count ->
    [one] { $count } Beleg ist noch unter keinem Prüfpunkt.
   *[other] { $count } Belege sind noch unter keinem Prüfpunkt.
}
risk-exceptions = { $count ->
    [one] Einmal wurde eine Schutzvorkehrung ausgelassen.
   *[other] { $count }-mal wurde eine Schutzvorkehrung ausgelassen.
}
risk-evidence-nothing = Das Belegbuch stimmt, ein Zeuge hat es gesehen, und keine Schutzvorkehrung wurde ausgelassen.
unknown-audit = Ob das Belegbuch stimmt: Für diesen Bericht wurde es nicht nachgerechnet.
unknown-purged = { $count ->
    [one] Was { $count } gelöschter Beleg sagte.
   *[other] Was { $count } gelöschte Belege sagten.
}
undo-evidence = Ein Belegbuch nimmt man nicht zurück. Was darin falsch ist, berichtigt ein späterer Beleg, und beide bleiben stehen.

## Tabellen und Bilder
detail-people = Zugriff nach Art der Person
detail-resources = Zugriff nach Art der Ressource
detail-actions = Zugriff nach Handlung
detail-requests = Die heikelsten Anfragen
detail-policies = Geänderte Richtlinien
detail-gates = Prüfungen vor dem Schritt
detail-approvals = Freigaben
detail-proof = Was bewiesen ist, nach Handlung
detail-trend = Geänderte Antworten, Schritt für Schritt
detail-moves = Schritte
detail-bounds = Grenzen der Toleranz
detail-kinds = Belege nach Art
detail-exceptions = Ausgelassene Schutzvorkehrungen
detail-cut = Die Liste ist gekürzt: Es gibt { $count } verschiedene Anfragen.
detail-first = Die Tabelle zeigt die ersten { $shown } von { $count }.
detail-last = Die Tabelle zeigt die letzten { $shown } von { $count }.
detail-incomplete = Der verwahrte Bericht nennt nur die heikelsten Anfragen; diese Zahlen erfassen also einen Teil der Änderungen.
chart-unit = Anfragen
chart-gained = gewonnen
chart-lost = verloren
chart-group = { $name }: { $gained } gewonnen, { $lost } verloren.
chart-step = Schritt { $sequence }, { $date }: { $gained } gewonnen, { $lost } verloren.
column-who = Wer
column-what = Was
column-action = Handlung
column-resource = Ressource
column-kind = Art
column-gained = Gewonnen
column-lost = Verloren
column-open = Offen
column-risk = Risiko
column-requests = Anfragen
column-change = Änderung
column-policy = Richtlinie
column-how = Wie
column-rests-on = Beruht auf
column-gate = Prüfung
column-standing = Stand
column-found = Befund
column-proven = Was bewiesen ist
column-example = Beispiel
column-move = Schritt
column-version = Fassung
column-date = Datum
column-by = Von
column-reason = Grund
column-rule = Regel
column-allowed = Erlaubt
column-receipts = Belege
column-last = Letzter
change-word = { $measure ->
    [gained] erhält Zugriff
    [lost] verliert Zugriff
    [open] nicht bekannt
   *[error-changed] Fehler ändern sich
}
how-word = { $how ->
    [added] neu
    [removed] entfernt
    [changed] geändert
    [moved] verschoben
    [applied] anders angewandt
   *[unknown] nicht festgehalten
}
standing-word = { $standing ->
    [passed] bestanden
    [overridden] Ausnahme
   *[skipped] ausgelassen
}
gate-word = { $gate ->
    [validation] Gültigkeit
    [tests] Tests
    [references] Verweise
    [drift] Abweichung
    [approvals] Freigaben
    [window] Zeitfenster
   *[guard] Wächter
}
gate-at = { $place }: { $gate }
relation-word = { $relation ->
    [equivalent] keine Anfrage wird anders beantwortet
    [narrows] niemand kann Zugriff gewinnen
    [widens] niemand kann Zugriff verlieren, manche können ihn gewinnen
    [differs] manche können Zugriff gewinnen, manche ihn verlieren
   *[not-proven] nicht bewiesen
}
what-word = { $what ->
    [promotion] Einführung
    [rollback] Rücknahme von Schritt { $undone }
    [modes] andere Anwendung
   *[partial] Teil von Schritt { $undone } zurückgenommen
}
kind-word = { $kind ->
    [drift-preview] Vorschauen auf Änderungen
    [guard-verdict] Urteile des Wächters
    [override] Ausnahmen
    [promotion] Einführungen
    [rollback] Rücknahmen
    [narrative] Berichte
    [key-rotation] Schlüsselwechsel
    [restore] Wiederherstellungen
    [purge-manifest] Löschungen
   *[other] von einer Art, die diese Programmversion nicht kennt
}
any-number = beliebig viele
nothing-said = –

## Eine Anfrage, die das Bewiesene zeigt. Typen, Aktionen, Schlüssel und Werte sind die Wörter der Richtlinien
situation = { $form ->
    [could] { $who } könnte { $act } auf { $what } ausführen
   *[no-longer] { $who } könnte { $act } auf { $what } nicht mehr ausführen
}
situation-itself = { $form ->
    [could] { $who } könnte { $act } auf sich selbst ausführen
   *[no-longer] { $who } könnte { $act } auf sich selbst nicht mehr ausführen
}
situation-alone = { $lead }.
situation-where = { $lead }, wobei gilt: { $conditions }.
value-of = { $key } von { $whose }
value-of-request = { $key } der Anfrage
any-of = irgendetwas vom Typ { $kind }
holds-in = { $what } gehört zu { $place }
holds-true = { $what } trifft zu
holds-false = { $what } trifft nicht zu
holds-value = { $what } ist { $value }
holds-none = { $count ->
    [one] { $what } ist nicht { $values }
   *[other] { $what } ist keines von { $values }
}
holds-present = { $what } ist vorhanden
holds-empty = { $what } ist leer
holds-set = { $what } enthält { $values }
holds-compared = { $how ->
    [same] { $what } ist gleich { $to }
    [other] { $what } ist nicht gleich { $to }
    [less] { $what } ist kleiner als { $to }
    [at-most] { $what } ist höchstens { $to }
    [at-least] { $what } ist mindestens { $to }
    [more] { $what } ist größer als { $to }
    [earlier] { $what } ist früher als { $to }
    [no-later] { $what } ist nicht später als { $to }
    [no-earlier] { $what } ist nicht früher als { $to }
   *[later] { $what } ist später als { $to }
}
engine-says = die Engine meldet: { $text }

## Was bei einer Prüfung gefunden wurde. `$message`, `$reason`, `$why` und was nach einem Semikolon angefügt ist, können Worte anderer sein.
found-no-errors = keine Fehler in den Dateien
found-errors = { $count ->
    [one] { $count } Fehler, in { $place }: { $message }
   *[other] { $count } Fehler, der erste in { $place }: { $message }
}
found-no-tests = die Fassung hat keine benannten Tests
found-tests-pass = { $count ->
    [one] { $count } benannter Test bestanden
   *[other] { $count } benannte Tests bestanden
}
found-tests-fail = { $of ->
    [one] { $failed } von { $of } benannten Test nicht bestanden: { $first }
   *[other] { $failed } von { $of } benannten Tests nicht bestanden, zuerst { $first }
}
found-unlisted = der Arbeitsbereich hat keine Datei { $file }
found-references-whole = { $count ->
    [one] { $count } Verweis ist gültig
   *[other] { $count } Verweise sind gültig
}
found-references-broken = { $of ->
    [one] ungültig: { $broken } von { $of } Verweis, in { $place }: { $message }
   *[other] ungültig: { $broken } von { $of } Verweisen, der erste in { $place }: { $message }
}
found-list-gone = die bisher geltende Fassung hat eine Datei { $file }, diese hat keine
amiss-unlisted = { $name } steht nicht in { $list }
amiss-empty = { $annotation } nennt zwischen Anführungszeichen oder Kommas nichts
amiss-expired = { $name } galt bis { $until }
amiss-file-gone = { $name }: Die Datei { $path } fehlt
amiss-file-changed = { $name }: Die Datei { $path } wurde geändert, seit sie in der Liste steht
amiss-no-receipt = { $name }: Der Beleg fehlt im Belegbuch
found-left-out = { $found }; ausgelassen, der angegebene Grund: { $reason }
found-no-tolerance = für den Kanal ist keine Toleranzdatei angegeben
found-nothing-shipped = der Kanal lieferte noch nichts, zu vergleichen gab es also nichts
found-no-log = es gab kein Entscheidungsprotokoll zum Nachspielen
found-replayed = { $rows ->
    [one] { $rows } Anfrage nachgespielt
   *[other] { $rows } Anfragen nachgespielt
}, davon { $gained } neu erlaubt, { $lost } neu abgelehnt, { $open } offen
found-no-schema = nichts bewiesen, denn es gibt kein Schema
found-proven = { $actions }: { $relation }
found-proven-why = { $actions }: { $relation } ({ $why })
found-alike = { $count ->
    [one] für { $count } Handlung ist bewiesen, dass keine Anfrage anders beantwortet wird
   *[other] für { $count } Handlungen ist bewiesen, dass keine Anfrage anders beantwortet wird
}
found-exceeded = { $count ->
    [one] { $count } Grenze überschritten
   *[other] { $count } Grenzen überschritten
}
found-answer = { $by } steht dafür ein: { $reason }
found-no-approvals = der Kanal verlangt keine Freigabe
found-not-approved = { $wanted ->
    [one] { $wanted } Freigabe verlangt, keine erteilt
   *[other] { $wanted } Freigaben verlangt, keine erteilt
}
found-approved = { $wanted ->
    [one] { $there } von { $wanted } Freigabe erteilt: { $people }
   *[other] { $there } von { $wanted } Freigaben erteilt: { $people }
}
found-any-time = der Kanal darf sich jederzeit bewegen
found-open = Zeitfenster offen: { $hours }
found-closed = Zeitfenster geschlossen: { $hours }
found-anyway = außerhalb des Zeitfensters ({ $hours }); der angegebene Grund: { $reason }
remark-own-approvals = nach den Regeln der nächsten Fassung beurteilt, weil die geltenden nicht zu erfüllen waren: { $asked } sollten freigeben, { $there } konnten es
remark-own-tolerance = nach den Regeln der nächsten Fassung beurteilt, weil die geltenden nicht zu erfüllen waren: { $why }
remark-tests-gone = { $count ->
    [one] nicht mehr enthalten: { $count } benannter Test, { $first }
   *[other] nicht mehr enthalten: { $count } benannte Tests, zuerst { $first }
}
remark-in-between = solange manche ihrer Richtlinien warten und die vorigen an ihrer Stelle gelten
remark-canary-left-out = was ein Probelauf denen gab, die er erreichte, ist nicht mitgezählt
remark-nothing-decides = noch entschied nichts für alle, verglichen wurde deshalb mit der Fassung, die nur mitlief
remark-not-shipped = { $count ->
    [one] im Arbeitsbereich und nicht ausgeliefert, weil nicht in git: { $first }
   *[other] im Arbeitsbereich und nicht ausgeliefert, weil nicht in git: { $count } Dateien, zuerst { $first }
}
found-also = { $found }; { $more }
hours = { $days }, { $from } bis { $until } Uhr UTC
clock = { $hour }:{ $minute }
weekday = { $day ->
    [mon] Mo
    [tue] Di
    [wed] Mi
    [thu] Do
    [fri] Fr
    [sat] Sa
   *[sun] So
}

## Angaben
particular-channel = Kanal
particular-environment = Umgebung
particular-version = Fassung
particular-move = Schritt
particular-receipt = Beleg
particular-report = Bericht
particular-ledger = Belegbuch
particular-root = Wurzel
particular-base = Vorher
particular-head = Nachher
particular-tolerance = Toleranz

## Bearbeitungen
edit-missing = Die Fakten, von denen hier die Rede war, gibt es nicht mehr.
edit-changed = Die Fakten haben sich geändert. Der daraus berechnete Text lautet jetzt: { $text }
