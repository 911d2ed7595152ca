//! What policies cite is looked for: what is not there is told with its fix, and closes the gate of a promotion.

use evidence::{hex, sha256};
use model::{Broken, Found};
use registry::Outcome;

use super::{
    releases::{NOON, Place, RULES, blocked, moved},
    *,
};
use crate::{Checked, Promoted, Standing, check};

const REPORT: &str = "what was measured";

/// A list with a clause, a report with its digest, one that ended on 22 November, and a receipt.
fn list(receipt: &str) -> String {
    let digest = hex(&sha256(&[REPORT.as_bytes()]));
    format!(
        "[[authority]]\nid = \"gdpr:art-5\"\ntitle = \"Principles\"\nkind = \"regulation\"\nlink = \"https://eur-lex.europa.eu/\"\n\n\
         [[authority]]\nid = \"GDPR Art. 32\"\ntitle = \"Security\"\nkind = \"regulation\"\n\n\
         [[authority]]\nid = \"pentest\"\ntitle = \"Penetration test\"\nkind = \"report\"\nfile = \"evidence/pentest.md\"\nsha256 = \"{digest}\"\n\n\
         [[authority]]\nid = \"msa\"\ntitle = \"Agreement\"\nkind = \"contract\"\nuntil = 2026-11-22\n\n\
         [[authority]]\nid = \"verdict\"\ntitle = \"Verdict\"\nkind = \"report\"\nreceipt = \"{receipt}\"\n"
    )
}

fn policy(cited: &str) -> String {
    format!("@id(\"a\")\n{cited}\npermit (principal, action, resource);\n")
}

fn checked(cited: &str, list: &str, report: &str) -> Checked {
    let files = [
        ("a.cedar", policy(cited)),
        ("authorities.toml", list.to_owned()),
        ("evidence/pentest.md", report.to_owned()),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().into()));
    check(&files.into())
}

/// Code, place, message and hint of what is found at noon.
fn found(checked: Checked) -> Vec<(Code, u32, u32, String, String)> {
    let problems = checked.at(NOON).problems.into_iter();
    problems
        .filter(|problem| problem.code.as_str().contains("reference"))
        .map(|problem| {
            assert_eq!(problem.file, "a.cedar");
            (
                problem.code,
                problem.line,
                problem.column,
                problem.message,
                problem.hint,
            )
        })
        .collect()
}

#[test]
fn what_is_cited_and_not_there_is_told_with_its_place_and_its_fix() {
    let list = list(&"0".repeat(64));
    let whole = "@authority(\"gdpr:art-5, GDPR Art. 32\")\n@evidence(\"pentest\")";
    assert_eq!(found(checked(whole, &list, REPORT)), []);

    let told = found(checked(
        "@authority(\"GDPR Art. 32, gdpr:art5,\")\n@evidence(\"nothing like it\")",
        &list,
        REPORT,
    ));
    let near = "did you mean `gdpr:art-5`? else add it to `authorities.toml`";
    let unknown = "is not in `authorities.toml`";
    assert_eq!(
        told,
        [
            (
                Code::ReferenceUnknown,
                2,
                27,
                format!("`gdpr:art5` {unknown}"),
                near.to_owned()
            ),
            (
                Code::ReferenceUnknown,
                2,
                37,
                "`@authority` cites nothing between its quotes or commas".to_owned(),
                "write ids, with a comma between two".to_owned()
            ),
            (
                Code::ReferenceUnknown,
                3,
                12,
                format!("`nothing like it` {unknown}"),
                "add it to `authorities.toml`, or cite what is there".to_owned()
            ),
        ]
    );

    let changed = found(checked("@evidence(\"pentest\")", &list, "something else"));
    let message = "`pentest`: its file `evidence/pentest.md` changed since it was listed";
    assert_eq!(
        (changed[0].0, &*changed[0].3),
        (Code::ReferenceChanged, message)
    );
    assert!(changed[0].4.contains("new digest"), "{changed:?}");

    let expired = checked("@authority(\"msa\")", &list, REPORT);
    assert_eq!(expired.references[0].amiss, None);
    let expired = found(expired);
    assert_eq!(
        (expired[0].0, &*expired[0].3),
        (Code::ReferenceExpired, "`msa` held until 2026-11-22")
    );
    let last_day = checked("@authority(\"msa\")", &list, REPORT).at(NOON - 24 * 3600);
    assert_eq!(last_day.troubles(), 0, "{:?}", last_day.problems);

    // Without a list, they are notes to people.
    let files = [(
        "a.cedar".to_owned(),
        policy("@authority(\"x\")").as_bytes().into(),
    )];
    assert_eq!(found(check(&files.into())), []);
}

#[test]
fn a_list_that_cannot_be_read_is_told_in_its_place() {
    let entry = "[[authority]]\nid = \"a\"\ntitle = \"A\"\nkind = \"ticket\"\n";
    for (list, line, said) in [
        ("[[authority]]\nid = \"a\"\n".to_owned(), 1, "title"),
        (format!("{entry}kind2 = 1\n"), 5, "kind2"),
        (entry.replace("\"a\"", "\"a, b\""), 2, "no comma"),
        (format!("{entry}\n{entry}"), 7, "called `a` too"),
        (
            format!("{entry}sha256 = \"ab\"\nfile = \"evidence/x\"\n"),
            5,
            "64 hex",
        ),
        (format!("{entry}file = \"evidence/x\"\n"), 2, "goes with"),
        (
            format!("{entry}file = \"../x\"\nsha256 = \"{}\"\n", "0".repeat(64)),
            2,
            "lies under `evidence/`",
        ),
        (format!("{entry}until = 12:00:00\n"), 5, "write a day"),
        (entry.replace("ticket", "rumour"), 4, "rumour"),
    ] {
        let checked = checked("", &list, "");
        let wrong: Vec<_> = checked
            .problems
            .iter()
            .filter(|problem| problem.code == Code::AuthorityInvalid)
            .collect();
        assert_eq!(wrong.len(), 1, "{list}\n{:?}", checked.problems);
        assert_eq!(wrong[0].line, line, "{list}\n{wrong:?}");
        assert!(wrong[0].message.contains(said), "{wrong:?}");
    }
}

/// How the gate stands, and what was found there.
fn gate(promoted: &Promoted) -> (Standing, String) {
    let gates = match promoted {
        Promoted::Moved(moved) => &moved.gates,
        Promoted::Blocked { gates } => gates,
    };
    let fact = gates.iter().find(|fact| fact.gate == "references");
    let fact = fact.unwrap();
    (
        fact.standing,
        format!("{} {}", fact.found.words(), fact.hint),
    )
}

#[test]
fn a_broken_reference_closes_the_gate_and_a_reason_is_recorded() {
    let place = Place::new(RULES);
    let first = place.promote("1.0.0", NOON, |_| ());
    assert_eq!(gate(&first).0, Standing::NotAsked);
    moved(first);
    let receipt = place
        .ledger
        .entries(0..1)
        .unwrap()
        .remove(0)
        .receipt
        .unwrap();
    let receipt = hex(&sha256(&[receipt.envelope.as_bytes()]));

    place.commit("authorities.toml", &list(&receipt));
    fs::create_dir(place.root.join("evidence")).unwrap();
    place.commit("evidence/pentest.md", REPORT);
    let cite = |cited: &str| {
        let text = POLICIES.replacen("@id(\"owners\")", &format!("@id(\"owners\") {cited}"), 1);
        place.commit("a.cedar", &text);
    };
    cite("@authority(\"gdpr:art5\")");
    let closed = place.promote("1.1.0", NOON, |_| ());
    let (standing, said) = gate(&closed);
    assert_eq!(standing, Standing::Blocked);
    assert_eq!(blocked(closed), ["references"]);
    for part in [
        "a.cedar:1:27",
        "did you mean `gdpr:art-5`",
        "--skip-references",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let versions = place.registry().versions().unwrap().len();
    assert_eq!(versions, 1, "no version is made of it");

    // Mended, and resting on a receipt of the ledger.
    cite("@authority(\"gdpr:art-5\") @evidence(\"verdict, pentest\")");
    let passed = place.promote("1.1.0", NOON, |_| ());
    assert_eq!(
        gate(&passed),
        (Standing::Passed, "3 references are whole ".to_owned())
    );
    moved(passed);

    // What ends, ends on its day; what is not in the ledger is no evidence.
    cite("@authority(\"msa\")");
    assert_eq!(
        blocked(place.promote("1.2.0", NOON, |_| ())),
        ["references"]
    );
    place.commit("authorities.toml", &list(&"ab".repeat(32)));
    cite("@evidence(\"verdict\")");
    let gone = place.promote("1.2.0", NOON, |_| ());
    assert!(gate(&gone).1.contains("not in the ledger"), "{gone:?}");
    // Nor does a change undo what is asked of it.
    let listed = fs::read_to_string(place.root.join("authorities.toml")).unwrap();
    let repository = git2::Repository::open(&place.root).unwrap();
    let mut index = repository.index().unwrap();
    index.remove_path(Path::new("authorities.toml")).unwrap();
    index.write().unwrap();
    fs::remove_file(place.root.join("authorities.toml")).unwrap();
    place.commit("a.cedar", POLICIES);
    let without = place.promote("1.2.0", NOON, |_| ());
    assert!(
        gate(&without).1.contains("this version has none"),
        "{without:?}"
    );

    place.commit("authorities.toml", &listed);
    cite("@evidence(\"verdict\")");
    let anyway = place.promote("1.2.0", NOON, |wanted| {
        wanted.skip_references = Some("the auditor has it on paper");
    });
    assert_eq!(gate(&anyway).0, Standing::Skipped);
    let anyway = moved(anyway);
    let registry = place.registry();
    let tip = registry.tip("stable").unwrap().unwrap();
    assert_eq!(tip.summary.overridden, ["references"]);
    let recorded = registry.details(&anyway.id).unwrap().gates;
    let recorded = recorded.iter().find(|gate| gate.name == "references");
    let recorded = recorded.unwrap();
    assert_eq!(recorded.outcome, Outcome::Skipped);
    assert!(recorded.detail.contains("the auditor has it on paper"));
    // What is recorded for readers of other languages says the same.
    let found = recorded.found.as_ref().unwrap();
    assert_eq!(found.words(), recorded.detail);
    let Found::ReferencesBroken { first, .. } = found else {
        panic!("{found:?}");
    };
    assert!(matches!(first, Broken::Citation { file, .. } if file == "a.cedar"));
}

#[test]
fn the_editor_offers_what_may_be_cited_and_shows_what_is_not_there() {
    let bench = Bench::new();
    let root = bench.small();
    write(&root, "authorities.toml", &list(&"0".repeat(64)));
    write(&root, "evidence/pentest.md", REPORT);
    let studio = bench.studio();
    open(&studio, &root);
    let text = policy("@authority(\"gdpr\")");
    let edited = studio.edit_file(edit("policies.cedar", &text, 1)).unwrap();
    let codes: Vec<_> = edited.problems.iter().map(|problem| problem.code).collect();
    assert!(codes.contains(&Code::ReferenceUnknown), "{codes:?}");
    let place = ipc::Place {
        path: "policies.cedar".into(),
        text,
        line: 2,
        column: 17,
    };
    let offers = studio.complete(place).unwrap();
    let labels: Vec<_> = offers.iter().map(|offer| offer.label.as_str()).collect();
    assert_eq!(labels, ["GDPR Art. 32", "gdpr:art-5"]);
}

#[test]
fn a_window_finds_what_may_be_cited_cites_it_and_reads_about_it() {
    let bench = Bench::new();
    let root = bench.small();
    let policies = policy("@authority(\"msa\")");
    write(&root, "policies.cedar", &policies);
    write(&root, "authorities.toml", &list(&"0".repeat(64)));
    write(&root, "evidence/pentest.md", "another");
    let studio = bench.studio();
    open(&studio, &root);
    let listed = studio.list_citable(()).unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|one| (&*one.name, &*one.kind, one.amiss.clone()))
        .collect();
    let path = "evidence/pentest.md".to_owned();
    let changed = model::Amiss::FileChanged { path };
    assert_eq!(
        listed[..3],
        [
            ("gdpr:art-5", "regulation", None),
            ("GDPR Art. 32", "regulation", None),
            ("pentest", "report", Some(changed)),
        ]
    );
    let place = |line, column| ipc::Place {
        path: "policies.cedar".to_owned(),
        text: policies.clone(),
        line,
        column,
    };
    let cite = |name: &str| {
        studio.cite(ipc::CiteAsked {
            place: place(3, 1),
            annotation: "authority".to_owned(),
            name: name.to_owned(),
        })
    };
    let cited = cite("GDPR Art. 32").unwrap();
    assert!(
        cited.contains("@authority(\"msa, GDPR Art. 32\")\npermit"),
        "{cited}"
    );
    assert_eq!(code(cite("msa")), Code::BadCall);

    let hover = studio.hover(place(2, 14)).unwrap().unwrap();
    assert_eq!(
        (hover.title.as_str(), hover.signature.as_str()),
        ("msa", "contract")
    );
    assert!(
        hover.text.starts_with("Agreement\n\nhol") || hover.text.starts_with("Agreement\n\nheld"),
        "{}",
        hover.text
    );
    assert_eq!((hover.source.column, hover.source.end_column), (13, 16));
}
