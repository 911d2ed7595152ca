//! Four eyes.

use evidence::ed25519::Signer as _;
use model::Code;
use registry::{Approval, Approver, Subject};

use crate::world::*;

const GRACE: &str = "Grace Hopper <grace@example.com>";

fn approvers() -> Vec<Approver> {
    let approver = |person: &str, seed| Approver {
        person: person.into(),
        key: key(seed).public(),
    };
    vec![approver(GRACE, 7), approver(ADA, 8)]
}

fn given(subject: &Subject) -> Approval {
    Approval::sign(subject, GRACE, NOW, NOW + 100, &key(7)).unwrap()
}

#[test]
fn an_approval_is_kept_and_found_for_what_it_approves_alone() {
    let world = World::new();
    let subject = Subject::of(&release(2, "1.1.0"));
    let (first, second) = (
        given(&subject),
        Approval::sign(&subject, ADA, NOW, NOW + 1, &key(8)).unwrap(),
    );
    world.registry.approve(&subject, &first).unwrap();
    world.registry.approve(&subject, &first).unwrap();
    world.registry.approve(&subject, &second).unwrap();
    let found = world.registry.approvals(&subject).unwrap();
    assert!(found.len() == 2 && found.contains(&first) && found.contains(&second));
    let other = Subject::of(&release(3, "1.1.0"));
    assert!(world.registry.approvals(&other).unwrap().is_empty());
    // Somebody puts it where it does not belong.
    let names: Vec<String> = world
        .repository
        .references_glob("refs/fabric/approvals/*")
        .unwrap()
        .map(|reference| reference.unwrap().name().unwrap().to_owned())
        .collect();
    let blob = world.repository.refname_to_id(&names[0]).unwrap();
    world.registry.approve(&other, &given(&other)).unwrap();
    let folder = world
        .repository
        .references_glob("refs/fabric/approvals/*")
        .unwrap();
    let elsewhere = folder
        .map(|reference| reference.unwrap().name().unwrap().to_owned())
        .find(|name| !names.contains(name))
        .unwrap();
    world
        .repository
        .reference(&elsewhere, blob, true, "")
        .unwrap();
    assert_eq!(
        world.registry.approvals(&other).unwrap_err().code(),
        Code::RegistryDamaged
    );
}

#[test]
fn an_approval_holds_for_its_subject_its_time_and_its_key() {
    let subject = Subject::of(&release(2, "1.1.0"));
    let approval = given(&subject);
    let bob = vec!["Bob <bob@example.com>".to_owned()];
    let refused = |approval: &Approval, subject: &Subject, authors: &[String], now| {
        let error = approval
            .check(subject, &approvers(), authors, now)
            .unwrap_err();
        assert_eq!(error.code(), Code::ApprovalRefused);
        error.to_string()
    };
    approval.check(&subject, &approvers(), &bob, NOW).unwrap();
    approval
        .check(&subject, &approvers(), &bob, NOW + 99)
        .unwrap();
    assert!(refused(&approval, &subject, &bob, NOW + 100).contains("expired"));
    assert!(refused(&approval, &subject, &bob, NOW - 1).contains("still to come"));
    for author in [GRACE, "grace hopper", "Other <GRACE@example.com>"] {
        assert!(
            refused(&approval, &subject, &[author.to_owned()], NOW).contains("their own"),
            "{author}"
        );
    }
    // Everything about the move counts.
    let changes: [fn(&mut Subject); 7] = [
        |subject| subject.base = 2,
        |subject| subject.channel = "canary".into(),
        |subject| subject.digest = "00".repeat(32),
        |subject| subject.environment = "staging".into(),
        |subject| subject.modes = audit_only(),
        |subject| subject.tenant = "contoso".into(),
        |subject| subject.version = "1.1.1".into(),
    ];
    for change in changes {
        let mut other = subject.clone();
        change(&mut other);
        assert!(refused(&approval, &other, &bob, NOW).contains("something else"));
    }
    let changes: [fn(&mut Approval); 3] = [
        |approval| approval.expires += 1,
        |approval| approval.at -= 1,
        |approval| approval.signature = "00".repeat(64),
    ];
    for change in changes {
        let mut other = approval.clone();
        change(&mut other);
        assert!(refused(&other, &subject, &bob, NOW).contains("something else"));
    }
    // Only the name that the workspace knows goes into the record.
    let mut other = approval.clone();
    other.by = "Grace Hopper <other@example.com>".into();
    assert!(refused(&other, &subject, &bob, NOW).contains("its key is that of"));
    let stranger = Approval::sign(&subject, GRACE, NOW, NOW + 1, &key(9)).unwrap();
    assert!(refused(&stranger, &subject, &bob, NOW).contains("nobody"));
    let borrowed = Approval::sign(&subject, GRACE, NOW, NOW + 1, &key(8)).unwrap();
    assert!(refused(&borrowed, &subject, &bob, NOW).contains("its key is that of"));
    assert!(Approval::sign(&subject, GRACE, NOW, NOW, &key(7)).is_err());
}

#[test]
fn what_is_recorded_of_a_move_proves_who_approved_it() {
    let world = World::new();
    let version = world.version("1.0.0");
    let mut change = world.promotion(&version);
    let subject = Subject::of(&release(1, "1.0.0"));
    change.approvals = vec![given(&subject)];
    let moved = world.moved(change);
    assert_eq!(moved.summary.approvers, [GRACE]);
    let details = world.registry.details(&moved.id).unwrap();
    let approved = Subject::of_move(&moved.summary, &details);
    assert_eq!(approved, subject);
    let when = moved.summary.at;
    details.approvals[0]
        .check(&approved, &approvers(), &[], when)
        .unwrap();
}
