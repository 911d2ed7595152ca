//! Answers cross to the window by position: each comes back as what was sent.

use ipc::{ChangeFilter, ChangeId, ChangeQuery, Command, GroupQuery, PromoteAsked, Revision, wire};
use model::GroupBy;
use serde_json::Value;

use super::*;

/// Calls by name, as a window does, and reads the answer; what is read, packed again, is what was sent.
pub fn call<C: Command>(studio: &Studio, request: C::Request) -> C::Response {
    let request = serde_json::to_value(request).unwrap();
    let answer = ipc::dispatch(studio, C::NAME, request).unwrap().unwrap();
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
    let failure = ipc::dispatch(&studio, ipc::ViewReleases::NAME, Value::Null)
        .unwrap()
        .unwrap_err();
    let read: Failure = wire::unpack(wire::pack(&failure).unwrap()).unwrap();
    assert_eq!(read, failure);
    assert!(read.hint.len() > 10);
}
