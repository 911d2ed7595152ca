//! A document with everything that a page can hold, in the three languages. Its figures are of no one's system.

use chart::{Bar, Bars, Chart, Line, Panel, Tone as Ink};
use narrative::{
    Document,
    document::{Block, Column, Content, Drawing, Furniture, Mark, Note, Source, Span, Table, Tone},
};

/// The words of a renderer.
pub(crate) fn furniture(language: &str) -> Furniture {
    let words = match language {
        "de" => [
            "Inhalt",
            "Seite {page} von {pages}",
            "Fortsetzung",
            "bearbeitet von {by}",
            "nicht mehr durch Fakten gestützt",
            "Daten",
            "Inhalts-Hash",
            "Quellen",
        ],
        "fr" => [
            "Sommaire",
            "Page {page} sur {pages}",
            "suite",
            "modifié par {by}",
            "n’est plus étayé par des faits",
            "Données",
            "Empreinte",
            "Sources",
        ],
        _ => [
            "Contents",
            "Page {page} of {pages}",
            "continued",
            "edited by {by}",
            "no longer supported by facts",
            "Data",
            "Content hash",
            "Sources",
        ],
    };
    let [
        contents,
        page,
        continued,
        edited,
        unfounded,
        data,
        hash,
        sources,
    ] = words.map(str::to_owned);
    Furniture {
        contents,
        page,
        continued,
        edited,
        unfounded,
        data,
        hash,
        sources,
        group: match language {
            "de" => ".",
            "fr" => "\u{202f}",
            _ => ",",
        }
        .to_owned(),
    }
}

/// Nothing but a title.
pub(crate) fn empty(language: &str) -> Document {
    Document {
        language: language.to_owned(),
        title: "Nothing changed".to_owned(),
        subtitle: String::new(),
        particulars: Vec::new(),
        blocks: Vec::new(),
        furniture: furniture(language),
    }
}

pub(crate) fn block(id: &str, content: Content) -> Block {
    Block {
        id: id.to_owned(),
        content,
        notes: Vec::new(),
        mark: Mark::Computed,
    }
}

pub(crate) fn words(text: &str) -> Vec<Span> {
    vec![Span::Text(text.to_owned())]
}

pub(crate) fn column(title: &str, numeric: bool) -> Column {
    Column {
        title: title.to_owned(),
        numeric,
    }
}

pub(crate) fn receipt(number: usize) -> Source {
    Source::Receipt(
        format!("{number:02x}9c4fe1d2a7b35860")
            .repeat(4)
            .chars()
            .take(64)
            .collect(),
    )
}

pub(crate) fn note(text: &str, source: Option<Source>) -> Note {
    Note {
        text: text.to_owned(),
        source,
    }
}

pub(crate) const GROUPS: [(&str, f64, f64); 7] = [
    ("Contractors, EMEA", 24_871.0, 310.0),
    ("Finance", 8_112.0, 96.0),
    ("Support, night shift", 5_480.0, 2_904.0),
    ("Legal", 1_206.0, 0.0),
    ("Auditors", 412.0, 3_377.0),
    ("Site reliability", 96.0, 18.0),
    ("Everybody else", 31.0, 44.0),
];

pub(crate) fn groups() -> Table {
    Table {
        caption: "Access gained and lost by group, decisions of four weeks".to_owned(),
        columns: vec![
            column("Group", false),
            column("Gained", true),
            column("Lost", true),
            column("Net", true),
        ],
        rows: GROUPS
            .iter()
            .map(|(name, gained, lost)| {
                [
                    (*name).to_owned(),
                    figure(*gained),
                    figure(*lost),
                    figure(gained - lost),
                ]
                .iter()
                .map(|cell| words(cell))
                .collect()
            })
            .collect(),
    }
}

pub(crate) fn figure(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 {
        format!("\u{2212}{text}")
    } else {
        text
    }
}

pub(crate) fn bars() -> Content {
    Content::Chart {
        drawing: Drawing::Bars(Bars {
            title: "Who gains and who loses".to_owned(),
            unit: "decisions that change, of four weeks".to_owned(),
            groups: GROUPS.iter().map(|(name, gained, lost)| Bar { name: (*name).to_owned(), gained: *gained, lost: *lost }).collect(),
        }),
        alternative: "Contractors in EMEA gain most by far: 24,871 decisions. Auditors lose more than they gain.".to_owned(),
        data: groups(),
    }
}

pub(crate) fn trend(title: &str, runs: i64) -> Content {
    let line = |name: &str, tone, seed: i64| Line {
        name: name.to_owned(),
        tone,
        points: (0..runs)
            .map(|run| {
                (
                    1_790_000_000_000 + run * 604_800_000,
                    ((run * run * seed + 7 * run) % 97 * 11) as f64,
                )
            })
            .collect(),
    };
    let (gained, lost) = (line("gained", Ink::Gain, 13), line("lost", Ink::Loss, 5));
    let rows = gained.points.iter().zip(&lost.points).enumerate().map(
        |(run, ((_, gained), (_, lost)))| {
            [
                format!("Release {}", run + 1),
                figure(*gained),
                figure(*lost),
            ]
            .iter()
            .map(|cell| words(cell))
            .collect()
        },
    );
    let data = Table {
        caption: title.to_owned(),
        columns: vec![
            column("Release", false),
            column("Gained", true),
            column("Lost", true),
        ],
        rows: rows.collect(),
    };
    Content::Chart {
        drawing: Drawing::Trend(Chart {
            title: title.to_owned(),
            panels: vec![Panel {
                title: "decisions that changed".to_owned(),
                lines: vec![gained, lost],
            }],
            days: Vec::new(),
        }),
        alternative: format!("Over {runs} releases drift stays below 1,100 decisions a release."),
        data,
    }
}

/// A narrative of so many parts; three make about four pages.
pub(crate) fn report(language: &str, parts: usize) -> Document {
    let (title, subtitle, lede, why) = match language {
        "de" => (
            "Auftragnehmer in der Region EMEA dürfen nun Kundenakten lesen, die sie nicht selbst angelegt haben",
            "Freigabe 2.4.0 im Kanal „Produktion“ · 21. November 2026",
            "Mit dieser Freigabe werden etwa 1 von 40 Anfragen anders entschieden. Größtenteils gewinnen Außenstellen Zugriff; eingebüßt haben ihn vor allem Prüferinnen und Prüfer. Ärgerlich wäre, wenn das übersehen würde.",
            "Die Regel prüfte bisher, wer eine Akte angelegt hat. Künftig genügt es, dass der Vertrag läuft. Höchstens 310 Anfragen hängen daran, dass Angaben über die Dauer fehlen.",
        ),
        "fr" => (
            "Les prestataires de la zone EMEA peuvent désormais lire des dossiers qu’ils n’ont pas créés",
            "Version 2.4.0 dans le canal « production » · 21 novembre 2026",
            "Avec cette version, environ 1 demande sur 40 reçoit une autre réponse. L’essentiel des accès gagnés l’est par les équipes à l’étranger ; l’audit en perd. Là où l’œil s’arrête, le chiffre exact figure en marge.",
            "Jusqu’ici, la règle demandait qui avait créé le dossier. Désormais, il suffit que le contrat coure : 310 demandes au plus en dépendent.",
        ),
        _ => (
            "Contractors in EMEA may now read customer records that they did not create",
            "Release 2.4.0 in the channel “production” · 21 November 2026",
            "With this release about 1 in 40 requests is decided differently. Most of it is access gained, by offices abroad; auditors lose more than they gain. Nothing that was denied for a reason of law is allowed now.",
            "Until now the rule asked who had created a record. From now on it is enough that the contract runs. At most 310 requests depend on dates that the log does not have.",
        ),
    };
    let mut lede_block = block(
        "lede",
        Content::Paragraph(vec![
            Span::Text(lede.to_owned()),
            Span::Text(" The rule is ".to_owned()),
            Span::Link {
                text: "contractors.read".to_owned(),
                source: Source::Policy("contractors.read".to_owned()),
            },
            Span::Text(", and the ".to_owned()),
            Span::Term("undeterminable".to_owned()),
            Span::Text(" rows are counted apart; see ".to_owned()),
            Span::Link {
                text: "what is not known".to_owned(),
                source: Source::Block("unknown".to_owned()),
            },
            Span::Text(".".to_owned()),
        ]),
    );
    lede_block.notes = vec![
        note("24,871 of 1,000,000 decisions", Some(receipt(1))),
        note("twice last week’s 12,406", Some(receipt(2))),
    ];
    let mut why_block = block(
        "why",
        Content::Paragraph(vec![
            Span::Text(why.to_owned()),
            Span::Text(" The condition that decides it is ".to_owned()),
            Span::Code(
                "resource.owner == principal || principal.contract.until > context.now".to_owned(),
            ),
            Span::Text(".".to_owned()),
        ]),
    );
    why_block.notes = vec![note(
        "1 policy changed",
        Some(Source::Policy("contractors.read".to_owned())),
    )];
    let mut risk = block(
        "risk",
        Content::Callout {
            tone: Tone::Risk,
            title: "Risk: high".to_owned(),
            items: vec![
                words("24,871 decisions give access to records marked confidential."),
                words(
                    "The change was approved by one person; the channel asks for two from December on.",
                ),
                words(
                    "310 rows could not be decided, because the log does not say when contracts end.",
                ),
            ],
        },
    );
    risk.notes = vec![note(
        "scale of five: none, low, medium, high, critical",
        None,
    )];
    let mut edited = block(
        "edited",
        Content::Paragraph(words(
            "We told the works council on Monday. The two heads of department have asked for the list of names and will answer by the end of the month.",
        )),
    );
    edited.mark = Mark::Edited {
        by: "Ana Petrović".to_owned(),
    };
    let mut unfounded = block(
        "unfounded",
        Content::Paragraph(words("Nobody outside of EMEA is affected.")),
    );
    unfounded.mark = Mark::Unfounded {
        by: "Ana Petrović".to_owned(),
        missing: "96 decisions of Site reliability, APAC".to_owned(),
    };
    let mut blocks = vec![
        lede_block,
        risk,
        block(
            "h-why",
            Content::Heading {
                level: 1,
                text: "Why it changes".to_owned(),
            },
        ),
        why_block,
        block(
            "undo",
            Content::Callout {
                tone: Tone::Verified,
                title: "Can be undone: the bundle that takes it back is signed".to_owned(),
                items: vec![words(
                    "Rolling back takes 24,871 decisions away again and gives 6,749 back.",
                )],
            },
        ),
        block(
            "h-who",
            Content::Heading {
                level: 1,
                text: "Who is affected".to_owned(),
            },
        ),
        block(
            "p-who",
            Content::Paragraph(words(
                "Seven groups gain or lose access. Contractors gain most; auditors are the only group that loses far more than it gains, because the rule for reading on behalf of others went away.",
            )),
        ),
        block("bars", bars()),
        edited,
        unfounded,
        block(
            "h-known",
            Content::Heading {
                level: 2,
                text: "What is not known".to_owned(),
            },
        ),
        block(
            "unknown",
            Content::List(vec![
                words(
                    "310 rows are undeterminable: the recorded slice lacks the end of a contract.",
                ),
                words(
                    "The log covers four weeks; what happens at the end of a quarter is not in it.",
                ),
                words(
                    "No proof was asked for, so nothing is said about requests that were never made.",
                ),
            ]),
        ),
    ];
    if let Some(unknown) = blocks.last_mut() {
        unknown.notes = vec![note("310 of 1,000,000", Some(receipt(3)))];
    }
    for part in 1..=parts {
        let id = |name: &str| format!("{name}-{part}");
        blocks.push(block(
            &id("h"),
            Content::Heading {
                level: 1,
                text: format!(
                    "Group {part}: {}",
                    GROUPS.iter().cycle().nth(part).map_or("", |group| group.0)
                ),
            },
        ));
        let mut facts = block(
            &id("p"),
            Content::Paragraph(words(&format!("{lede} {why}"))),
        );
        facts.notes = vec![note("as measured on 21 November", Some(receipt(part + 3)))];
        blocks.push(facts);
        blocks.push(block(
            &id("h2"),
            Content::Heading {
                level: 2,
                text: "In numbers".to_owned(),
            },
        ));
        blocks.push(block(&id("table"), Content::Table(groups())));
        blocks.push(block(&id("p2"), Content::Paragraph(words(why))));
        if part <= 3 {
            blocks.push(block(
                &id("trend"),
                trend(&format!("Drift over releases, group {part}"), 12),
            ));
        }
        blocks.push(block(&id("p3"), Content::Paragraph(words(lede))));
    }
    blocks.push(block(
        "h-terms",
        Content::Heading {
            level: 1,
            text: "Terms".to_owned(),
        },
    ));
    blocks.push(block("terms", Content::Glossary(vec![
        ("undeterminable".to_owned(), "A recorded decision that cannot be made again, because what it rested on was not recorded.".to_owned()),
        ("drift".to_owned(), "The decisions of a log that come out differently under another set of policies.".to_owned()),
        ("receipt".to_owned(), "A signed line in the ledger that says what was done, by whom and when; its hash is its name.".to_owned()),
    ])));
    Document {
        language: language.to_owned(),
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        particulars: vec![
            ("Release".to_owned(), "2.4.0 → production".to_owned()),
            (
                "Approved by".to_owned(),
                "Ana Petrović, Jürgen Groß".to_owned(),
            ),
            (
                "Receipt".to_owned(),
                "9f3ac04d1b7e5528f6a9340c8de1722b9f3ac04d1b7e5528f6a9340c8de1722b".to_owned(),
            ),
        ],
        blocks,
        furniture: furniture(language),
    }
}
