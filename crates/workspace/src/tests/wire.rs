//! Answers cross to the window by position: each comes back as what was sent.

use ipc::{ChangeFilter, ChangeId, ChangeQuery, Command, GroupQuery, PromoteAsked, Revision, wire};
use model::GroupBy;
use serde_json::Value;

use super::*;

/// The words of the program, as an English window shows them.
fn as_is(_: Code, _: &mut String, _: &mut String) {}

/// Calls by name, as a window does, and reads the answer; what is read, packed again, is what was sent.
pub fn call<C: Command>(studio: &Studio, request: C::Request) -> C::Response {
    let request = serde_json::to_value(request).unwrap();
    let answer = ipc::dispatch(studio, C::NAME, request, &as_is)
        .unwrap()
        .unwrap();
    let read: C::Response = wire::unpack(answer.clone()).unwrap();
    assert_eq!(wire::pack(&read).unwrap(), answer, "{}", C::NAME);
    read
}

#[test]
fn every_place_of_the_sample_reads_what_was_sent() {
    let bench = Bench::new();
    let studio = bench.studio();
    call::<ipc::Start>(&studio, ());
    let view = call::<ipc::OpenSample>(&studio, ());
    let again = call::<ipc::ViewWorkspace>(&studio, ());
    assert_eq!(again.root, view.root);

    call::<ipc::GenerateLog>(
        &studio,
        ipc::GenerateRows {
            rows: 20_000,
            seed: 7,
        },
    );

    let file = "policies/access/contractors.cedar";
    let text = call::<ipc::OpenFile>(&studio, at(file)).text;
    let text = text.replace("resource.classification == \"P2\"", "true");
    let text =
        format!("{text}\npermit (principal, action, resource)\nwhen {{ resource.nothing }};\n");
    call::<ipc::EditFile>(&studio, edit(file, &text, 1));
    call::<ipc::RunTests>(&studio, ());
    let filter = ChangeFilter::default();
    let preview = call::<ipc::PreviewDrift>(&studio, Revision { revision: 1 });
    assert!(preview.totals.rows > 0);
    let (by, offset, limit) = (GroupBy::Action, 0, 50);
    let asked = GroupQuery {
        by,
        filter: filter.clone(),
        offset,
        limit,
    };
    call::<ipc::DriftGroups>(&studio, asked);
    let changes = call::<ipc::DriftChanges>(
        &studio,
        ChangeQuery {
            filter,
            offset,
            limit,
        },
    );
    for change in changes.items.iter().take(3) {
        call::<ipc::Why>(
            &studio,
            ChangeId {
                id: change.change.id,
            },
        );
    }
    assert!(!changes.items.is_empty());
    call::<ipc::TextDiff>(&studio, ());
    call::<ipc::ProveEdit>(&studio, Revision { revision: 1 });
    call::<ipc::LintEdit>(&studio, Revision { revision: 1 });
    call::<ipc::ListVersions>(&studio, ());
    call::<ipc::History>(&studio, ());

    let packs = call::<ipc::ListPacks>(&studio, ());
    let names = packs.packs.iter().map(|pack| pack.name.clone());
    let ran = call::<ipc::RunScenarios>(
        &studio,
        ipc::RunPacks {
            packs: names.take(1).collect(),
        },
    );
    assert!(ran.packs.iter().any(|pack| pack.last.is_some()));
    call::<ipc::PackTrend>(&studio, name(&packs.packs[0].name));

    call::<ipc::ViewEvidence>(&studio, ());
    assert!(call::<ipc::ViewLedger>(&studio, ()).is_some());
    call::<ipc::CheckLedger>(&studio, ());

    call::<ipc::ViewReleases>(&studio, ());
    let asked = PromoteAsked {
        channel: "canary".to_owned(),
        version: "1.0.0".to_owned(),
        mode: "enforce".to_owned(),
        reason: String::new(),
        outside_window: String::new(),
        skip_references: String::new(),
        overriding: String::new(),
    };
    call::<ipc::LookAtGates>(&studio, asked);
}

#[test]
fn a_failure_reads_as_it_was_sent() {
    let bench = Bench::new();
    let studio = bench.studio();
    let failure = ipc::dispatch(&studio, ipc::ViewReleases::NAME, Value::Null, &as_is)
        .unwrap()
        .unwrap_err();
    let read: Failure = wire::unpack(wire::pack(&failure).unwrap()).unwrap();
    assert_eq!(read, failure);
    assert!(read.hint.len() > 10);
}

/// The same answer and the same failure to windows that speak different languages, as the adapter sends them.
#[test]
fn what_goes_wrong_is_told_in_the_language_of_the_window() {
    let bench = Bench::new();
    let studio = bench.studio();
    call::<ipc::OpenSample>(&studio, ());
    let file = "policies/access/contractors.cedar";
    let text = "permit (principal, action, resource) when { resource.nothing };\n";
    let mut revision = 0;
    let mut told = |tag: &str| {
        revision += 1;
        let words = crate::in_words_of(tag);
        let request = serde_json::to_value(edit(file, text, revision)).unwrap();
        let answer = ipc::dispatch(&studio, ipc::EditFile::NAME, request, &words);
        let read: ipc::EditResult = wire::unpack(answer.unwrap().unwrap()).unwrap();
        let nothing = serde_json::json!({"id": "nothing", "lang": "en"});
        let failed = ipc::dispatch(&studio, ipc::ReadHelp::NAME, nothing, &words);
        let failed = wire::pack_in(&failed.unwrap().unwrap_err(), &words).unwrap();
        let invalid = |it: &model::Problem| it.code == Code::PolicyInvalid;
        let problem = read.problems.into_iter().find(invalid).unwrap();
        (problem, wire::unpack::<Failure, _>(failed).unwrap())
    };
    let (problem, failure) = told("en");
    for tag in ["en-XA", "tlh", ""] {
        assert_eq!(told(tag), (problem.clone(), failure.clone()), "{tag}");
    }
    assert_eq!(failure.code, Code::HelpUnknown);
    let said = failure.message.as_str();

    let (german, told_in_german) = told("de");
    assert_eq!(
        told_in_german.message,
        "Eine Hilfe dieses Namens gibt es nicht"
    );
    assert_eq!(
        told_in_german.hint,
        format!("„{said}“. `fabric guide` nennt alle Artikel, `fabric codes` alle Fehler")
    );
    assert_eq!(german.message, "Eine Richtlinie passt nicht zum Schema");
    let own = [problem.message.trim_end_matches('.'), &german.hint];
    assert!(german.hint.starts_with(&format!("„{}", own[0])), "{own:?}");
    assert_eq!(
        (german.code, german.line, german.file),
        (problem.code, problem.line, problem.file)
    );

    let (french, told_in_french) = told("fr-CA");
    assert_eq!(told_in_french.message, "Il n’y a pas d’aide de ce nom");
    let quoted = format!("«\u{202f}{said}\u{202f}». `fabric guide` donne");
    assert!(
        told_in_french.hint.starts_with(&quoted),
        "{told_in_french:?}"
    );
    assert_eq!(french.message, "Une règle ne respecte pas le schéma");
}
