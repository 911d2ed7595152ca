//! What policies cite is found with its place, and offered where it may stand.

use policy::{Citable, citation_at, cite, compile, complete_citation};

use crate::support::files;

const TEXT: &str = "// é\n@id(\"a\")\n@authority(\"GDPR Art. 32, MSA 4.2\")\n@evidence(\"😀, \")\n@owner(\"x\")\npermit (principal, action, resource);\n\
    @evidence(\"a\\u{62}c\") permit (principal == ?principal, action, resource);";

#[test]
fn every_name_has_its_place() {
    let set = compile(&files(&[("p.cedar", TEXT), ("q.cedar", "permit (")])).set;
    let found = set.citations();
    let told: Vec<_> = found
        .iter()
        .map(|cited| {
            let at = &cited.source;
            (
                cited.policy.as_str(),
                cited.annotation,
                cited.name.as_str(),
                (at.line, at.column),
                (at.end_line, at.end_column),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("a", "authority", "GDPR Art. 32", (3, 13), (3, 25)),
            ("a", "authority", "MSA 4.2", (3, 27), (3, 34)),
            ("a", "evidence", "😀", (4, 12), (4, 14)),
            ("a", "evidence", "", (4, 16), (4, 16)),
            // Written with escapes: the place of all of it.
            ("p.cedar#2", "evidence", "abc", (7, 1), (7, 22)),
        ]
    );
    assert!(found.iter().all(|cited| cited.source.file == "p.cedar"));
}

const KNOWN: [Citable<'_>; 3] = [
    Citable {
        name: "GDPR Art. 32",
        kind: "regulation",
        title: "Security of processing",
    },
    Citable {
        name: "MSA 4.2",
        kind: "contract",
        title: "Contractors read what they work on",
    },
    Citable {
        name: "say \"so\"",
        kind: "ticket",
        title: "",
    },
];

/// What is offered at the `¦`: label, what is inserted, from which column.
fn offered(text: &str) -> Option<Vec<(String, String, u32)>> {
    let at = text.find('¦').unwrap();
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at]
        .rsplit('\n')
        .next()
        .unwrap()
        .encode_utf16()
        .count()
        + 1;
    let text = text.replacen('¦', "", 1);
    let found = complete_citation(KNOWN.into_iter(), &text, line as u32, column as u32)?;
    Some(
        found
            .into_iter()
            .map(|offer| (offer.label, offer.insert, offer.from_column))
            .collect(),
    )
}

fn one(label: &str, insert: &str, from: u32) -> Option<Vec<(String, String, u32)>> {
    Some(vec![(label.to_owned(), insert.to_owned(), from)])
}

#[test]
fn names_are_offered_inside_of_the_quotes_and_nowhere_else() {
    let all = offered("@id(\"x\")\n@authority(\"¦\")").unwrap();
    assert_eq!(
        all,
        [
            ("GDPR Art. 32".to_owned(), "GDPR Art. 32".to_owned(), 13),
            ("MSA 4.2".to_owned(), "MSA 4.2".to_owned(), 13),
            ("say \"so\"".to_owned(), "say \\\"so\\\"".to_owned(), 13),
        ]
    );
    // A string that is not closed yet is closed.
    assert_eq!(offered("@evidence(\"ms¦"), one("MSA 4.2", "MSA 4.2\"", 12));
    assert_eq!(
        offered("@authority(\"MSA 4.2, gd¦\") permit (principal, action, resource);"),
        one("GDPR Art. 32", "GDPR Art. 32", 22)
    );
    // By its title, too.
    assert_eq!(
        offered("@authority(\"security¦\")"),
        one("GDPR Art. 32", "GDPR Art. 32", 13)
    );
    for elsewhere in [
        "@owner(\"¦\")",
        "@authority(¦)",
        "@authority(\"MSA 4.2\") permit (principal, action, resource) when { resource.x == \"¦\" };",
        "// @authority(\"¦\")",
    ] {
        assert_eq!(offered(elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn what_is_cited_at_a_place_is_known_with_all_of_its_name() {
    let name = |line, column| {
        let found = citation_at("p.cedar", TEXT, line, column);
        found.map(|(name, source)| (name, source.column, source.end_column))
    };
    for column in [13, 20, 25] {
        assert_eq!(name(3, column), Some(("GDPR Art. 32".into(), 13, 25)));
    }
    for column in [27, 34] {
        assert_eq!(name(3, column), Some(("MSA 4.2".into(), 27, 34)));
    }
    assert_eq!(name(4, 13), Some(("😀".into(), 12, 14)));
    // After the last comma, in another annotation, in no annotation.
    assert_eq!(name(4, 16), None);
    assert_eq!(name(5, 10), None);
    assert_eq!(name(6, 3), None);
}

#[test]
fn a_name_is_cited_where_it_belongs() {
    let text = "// first\n@id(\"a\")\n@authority(\"x\")\npermit (principal, action, resource);\n\nforbid (principal, action, resource)\nwhen { 1 + };\n";
    let with = |line, annotation, name| cite(text, line, 1, annotation, name);
    // Beside what is cited; before the policy too, whose comment the cursor is in.
    for line in [1, 3, 4] {
        let cited = with(line, "authority", "say \"so\"").unwrap();
        assert!(
            cited.contains("@authority(\"x, say \\\"so\\\"\")\npermit"),
            "{cited}"
        );
    }
    let cited = with(2, "evidence", "pentest").unwrap();
    assert!(
        cited.contains("@authority(\"x\")\n@evidence(\"pentest\")\npermit"),
        "{cited}"
    );
    // Behind the last policy as in it, although it does not parse.
    for line in [6, 8] {
        let cited = with(line, "authority", "x").unwrap();
        assert!(cited.contains("\n\n@authority(\"x\")\nforbid"), "{cited}");
    }
    assert_eq!(
        cite("@authority(\" \") permit (", 1, 1, "authority", "x").unwrap(),
        "@authority(\" x\") permit ("
    );
    // Twice, as an owner, and where there is no policy.
    assert_eq!(with(3, "authority", "x"), None);
    assert_eq!(with(3, "owner", "y"), None);
    assert_eq!(cite("// nothing\n", 1, 1, "authority", "x"), None);
}
