//! What is proven of the text on screen: found in drafts, remembered, given up for newer text, never silently left out.

use ipc::Revision;
use model::{FindingKind, Lints};

use super::*;

const DRAFTED: &str = r#"
@id("dead")
permit (principal, action == Action::"edit", resource)
when { resource.secret && !resource.secret };

@id("broad")
permit (principal, action == Action::"edit", resource);
"#;

fn lint(studio: &Studio, revision: u32) -> Lints {
    let view = studio.lint_edit(Revision { revision }).unwrap();
    assert_eq!(view.revision, revision);
    view.lints
}

fn found(lints: &Lints) -> Vec<(FindingKind, &str, u32)> {
    let told = lints.findings.iter();
    told.map(|it| (it.kind, it.policy.as_str(), it.source.line))
        .collect()
}

/// The small workspace in which two policies are to be kept apart.
fn separate(bench: &Bench) -> Studio {
    let root = bench.small();
    let manifest = "[[separation]]\na = \"owners\"\nb = \"staff-view\"\n";
    write(&root, "workspace.toml", manifest);
    let studio = bench.studio();
    open(&studio, &root);
    studio
}

#[test]
fn a_draft_is_judged_and_its_findings_move_with_their_policies() {
    let bench = Bench::new();
    let studio = separate(&bench);
    let text = format!("{POLICIES}{DRAFTED}");
    studio.edit_file(edit("policies.cedar", &text, 1)).unwrap();
    let lints = lint(&studio, 1);
    if lints.solver.is_none() {
        // What needs a solver is open then, and says so.
        let open = |it: &model::Undecided| it.reason == "no solver";
        assert!(!lints.undecided.is_empty() && lints.undecided.iter().all(open));
        return;
    }
    assert_eq!(lints.undecided, []);
    let expected = |by: u32| {
        [
            (FindingKind::NotSeparate, "owners", 1 + by),
            (FindingKind::AlwaysAllows, "broad", 16 + by),
            (FindingKind::NeverMatches, "dead", 12 + by),
        ]
    };
    assert_eq!(found(&lints), expected(0));
    assert_eq!(
        lints.findings[1].sentence,
        "permits every User to edit every Doc"
    );
    assert!(lints.findings[0].request.is_some());

    let moved = format!("// Moved.\n{text}");
    studio.edit_file(edit("policies.cedar", &moved, 2)).unwrap();
    assert_eq!(found(&lint(&studio, 2)), expected(1));

    // Only the text on screen counts, not what lies on disk.
    studio.discard_draft(at("policies.cedar")).unwrap();
    assert_eq!(
        found(&lint(&studio, 3)),
        [(FindingKind::NotSeparate, "owners", 1)]
    );
}

#[test]
fn what_cannot_be_judged_is_an_error() {
    let bench = Bench::new();
    let studio = separate(&bench);
    studio
        .edit_file(edit("policies.cedar", "permit (", 1))
        .unwrap();
    let judged = |revision| code(studio.lint_edit(Revision { revision }));
    assert_eq!(judged(1), Code::SetBroken);
    studio.discard_draft(at("policies.cedar")).unwrap();
    // A manifest that cannot be read may have asked for more.
    let root = bench.base.join("small");
    write(&root, "workspace.toml", "[[separation]]\na = 1\n");
    assert!(studio.poll());
    assert_eq!(judged(2), Code::WorkspaceConfig);
    fs::remove_file(root.join("workspace.toml")).unwrap();
    fs::remove_file(root.join("app.cedarschema")).unwrap();
    assert!(studio.poll());
    assert_eq!(judged(3), Code::ProofSchema);
    studio.close_workspace(()).unwrap();
    assert_eq!(judged(4), Code::WorkspaceMissing);
}
