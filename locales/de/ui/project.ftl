### Der Dialog, der ein Projekt aus Cedar oder OPA übernimmt.

about = Wählen Sie einen Ordner oder ein Archiv mit Cedar-Richtlinien oder ein OPA-Paket. Es wird nur angesehen, bis Sie sagen, was geschehen soll.
looking = Der Inhalt wird angesehen …
choose-folder = Ordner wählen …
choose-archive = Archiv wählen …
found = Gefunden in { $name }
policies = { $holds ->
    [one] Eine Richtlinie
   *[other] { NUMBER($holds) } Richtlinien
} in { $files ->
    [one] einer Datei
   *[other] { NUMBER($files) } Dateien
}
modules = { $holds ->
    [one] Eine Regel
   *[other] { NUMBER($holds) } Regeln
} in { $files ->
    [one] einem Rego-Modul
   *[other] { NUMBER($files) } Rego-Modulen
}
entities = { $holds ->
    [one] Eine Entität
   *[other] { NUMBER($holds) } Entitäten
} in { $files ->
    [one] einer Datei
   *[other] { NUMBER($files) } Dateien
}
schema = { $files ->
    [one] Ein Schema
   *[other] Ein Schema in { NUMBER($files) } Dateien
}
data = { $files ->
    [one] Eine Datei mit Daten
   *[other] { NUMBER($files) } Dateien mit Daten
}
links = { $files ->
    [one] Eine Datei mit Vorlagenverknüpfungen
   *[other] { NUMBER($files) } Dateien mit Vorlagenverknüpfungen
}
tests = { $files ->
    [one] Eine Datei mit Tests
   *[other] { NUMBER($files) } Dateien mit Tests
}
logs = Danach die aufgezeichneten Entscheidungen aus { $files } importieren
problems = { $count ->
    [one] Es enthält einen Fehler: { $file }: { $message }
   *[other] Es enthält { NUMBER($count) } Fehler, den ersten in { $file }: { $message }
}
kept = { $count ->
    [one] Eine dieser Dateien hat der offene Arbeitsbereich mit anderem Inhalt; er behält seine: { $files }
   *[other] { NUMBER($count) } dieser Dateien hat der offene Arbeitsbereich mit anderem Inhalt; er behält seine: { $files }
}
left = { $count ->
    [one] Eine Datei bleibt außen vor
   *[other] { NUMBER($count) } Dateien bleiben außen vor
}
others = { $count ->
    [one] Eine weitere Datei gehört zu keinem Richtlinienprojekt.
   *[other] { NUMBER($count) } weitere Dateien gehören zu keinem Richtlinienprojekt.
}
extend = { $count ->
    [0] Nichts Neues für den offenen Arbeitsbereich
    [one] Dem offenen Arbeitsbereich eine Datei hinzufügen
   *[other] Dem offenen Arbeitsbereich { NUMBER($count) } Dateien hinzufügen
}
make = Arbeitsbereich anlegen …
