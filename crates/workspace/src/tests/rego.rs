//! A folder of Rego in the window: it opens, tells its problems, and previews an edit over a log of OPA. What only Cedar can do
//! says so.

use ipc::{ChangeQuery, FileKind, ImportPaths, NamedTest, Revision};
use model::{ChangeClass, Decision};

use super::*;

const AUTHZ: &str =
    "package authz\n\ndefault allow := false\n\nallow if input.user in data.members\n";

fn studio(bench: &Bench) -> (Studio, WorkspaceView) {
    let root = bench.base.join("rego");
    write(&root, "authz.rego", AUTHZ);
    write(&root, "data.json", r#"{"members": ["ada"]}"#);
    let event = |user: &str, allow: bool| {
        serde_json::json!({"path": "authz/allow", "input": {"user": user, "action": "read", "resource": "plan"}, "result": allow})
            .to_string()
            + "\n"
    };
    let log = event("ada", true) + &event("bo", false).repeat(3) + &event("eve", false);
    write(&root, "decisions.jsonl", &log);
    let studio = bench.studio();
    open(&studio, &root);
    let paths = vec![root.join("decisions.jsonl").display().to_string()];
    studio.import_log(ImportPaths { paths }).unwrap();
    let view = studio.view_workspace(()).unwrap();
    (studio, view)
}

#[test]
fn an_edit_is_previewed_and_explained() {
    let bench = Bench::new();
    let (studio, view) = studio(&bench);
    let files: Vec<_> = view
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.kind, file.policies))
        .collect();
    assert_eq!(
        files,
        [
            ("authz.rego", FileKind::Policies, 2),
            ("data.json", FileKind::Entities, 0),
        ]
    );
    assert_eq!(
        (view.policies, view.problems.len()),
        (2, 0),
        "{:?}",
        view.problems
    );

    let calm = studio.preview_drift(Revision { revision: 1 }).unwrap();
    assert_eq!((calm.totals.rows, calm.changes), (5, 0));
    let edited = format!("{AUTHZ}\nallow if input.user == \"bo\"\n");
    let result = studio.edit_file(edit("authz.rego", &edited, 1)).unwrap();
    assert!(result.problems.is_empty(), "{:?}", result.problems);
    let preview = studio.preview_drift(Revision { revision: 2 }).unwrap();
    assert_eq!((preview.totals.gained, preview.totals.unchanged), (3, 2));
    assert_eq!(preview.policies[0].id, "authz.allow#2");
    let page = studio
        .drift_changes(ChangeQuery {
            filter: ipc::ChangeFilter::default(),
            offset: 0,
            limit: 10,
        })
        .unwrap();
    let change = &page.items[0].change;
    assert_eq!(
        (change.class, change.causes.as_slice()),
        (ChangeClass::Gained, &["authz.allow#2".to_owned()][..])
    );
    let why = studio.why(ipc::ChangeId { id: change.id }).unwrap();
    assert_eq!(
        (why.before.decision, why.after.decision),
        (Decision::Deny, Decision::Allow)
    );
    assert_eq!(why.after.reasons, ["authz.allow#2"]);
    assert_eq!(why.after.clauses[0].text, "allow if input.user == \"bo\"");
    assert!(!why.entities_assumed);

    // The data decides, too.
    studio.discard_draft(at("authz.rego")).unwrap();
    studio
        .edit_file(edit("data.json", "{\"members\": []}", 1))
        .unwrap();
    let preview = studio.preview_drift(Revision { revision: 3 }).unwrap();
    assert_eq!((preview.totals.lost, preview.totals.unchanged), (1, 4));
    assert_eq!(preview.policies[0].id, "data.json");
}

#[test]
fn what_is_wrong_and_what_only_cedar_can_do_is_said() {
    let bench = Bench::new();
    let (studio, _) = studio(&bench);
    let first = Revision { revision: 1 };
    assert_eq!(code(studio.prove_edit(first)), Code::ProofEngine);
    assert_eq!(code(studio.lint_edit(first)), Code::ProofEngine);
    assert_eq!(
        code(studio.decide(asked("ada", "view", "plan", true).into())),
        Code::BadCall
    );
    let test = NamedTest {
        name: "t".into(),
        request: asked("ada", "view", "plan", true),
        entities: None,
        decision: Decision::Allow,
        reasons: Vec::new(),
    };
    assert_eq!(code(studio.save_test(test)), Code::BadCall);
    assert_eq!(
        code(studio.generate_log(ipc::GenerateRows { rows: 10, seed: 1 })),
        Code::SchemaMissing
    );
    let result = studio
        .edit_file(edit("authz.rego", "package authz\n\nallow if {", 1))
        .unwrap();
    assert_eq!(
        result
            .problems
            .iter()
            .map(|found| (found.code, found.line))
            .collect::<Vec<_>>(),
        [(Code::RegoSyntax, 3)]
    );
    assert_eq!(
        code(studio.preview_drift(Revision { revision: 2 })),
        Code::SetBroken
    );
    // A policy of the other engine beside it.
    studio.discard_draft(at("authz.rego")).unwrap();
    write(
        &bench.base.join("rego"),
        "a.cedar",
        "permit(principal, action, resource);",
    );
    assert!(studio.poll());
    let view = studio.view_workspace(()).unwrap();
    assert!(
        view.problems
            .iter()
            .any(|found| found.code == Code::EngineMixed),
        "{:?}",
        view.problems
    );
    assert_eq!(
        code(studio.preview_drift(Revision { revision: 3 })),
        Code::EngineMixed
    );
}
