//! What `docs/releases.md` lists as refused: each with its code and what to do, and with nothing left behind.

use evidence::ed25519::{SecretKey, Signer as _};
use guard::{Accepted, Measure, Override, Statement};
use release::{Bundle, Consumer, LIMITS, Mode, Modes, Roots};

use super::{
    releases::{NOON, Place, RULES, blocked, moved, passphrase, wanted},
    *,
};
use crate::{Error, Promotion, WantedMove, approve, promote, roll_back};

/// That it is refused with this code and its hint, and that channel and ledger are where they were.
fn refused<T>(
    place: &Place,
    wanted: Code,
    act: impl FnOnce(&Place) -> Result<T, Error>,
) -> Failure {
    let stands = |place: &Place| {
        let tip = place.registry().tip("stable").unwrap();
        let repository = git2::Repository::open(&place.root).unwrap();
        let pending = repository.refname_to_id("refs/fabric/pending/stable").ok();
        (tip.map(|tip| tip.id), pending, place.ledger.size().unwrap())
    };
    let before = stands(place);
    let failure = Failure::from(act(place).err().unwrap());
    assert_eq!(failure.code, wanted, "{failure:?}");
    assert!(!failure.hint.is_empty());
    assert_eq!(stands(place), before, "nothing half-done stays behind");
    failure
}

fn ship(version: &str) -> impl FnOnce(&Place) -> Result<crate::Promoted, Error> {
    let version = version.to_owned();
    move |place| place.promoted(&version, NOON + 1, |_| ())
}

/// A place that ships 1.0.0, and a change that is committed.
fn changed() -> Place {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    place
}

#[test]
fn a_working_copy_that_is_in_no_state_to_make_a_version_of() {
    let place = changed();
    let repository = git2::Repository::open(&place.root).unwrap();
    // Not committed.
    fs::write(place.root.join("a.cedar"), "// later\n").unwrap();
    let dirty = refused(&place, Code::PromotionRefused, ship("1.1.0"));
    assert!(dirty.message.contains("`a.cedar` differs"), "{dirty:?}");
    assert!(dirty.hint.starts_with("commit or put aside"), "{dirty:?}");
    repository
        .checkout_head(Some(git2::build::CheckoutBuilder::new().force()))
        .unwrap();

    // No branch is checked out.
    let branch = repository.head().unwrap().name().unwrap().to_owned();
    let head = repository.head().unwrap().target().unwrap();
    repository.set_head_detached(head).unwrap();
    let detached = refused(&place, Code::PromotionRefused, ship("1.1.0"));
    assert!(detached.message.contains("no branch"), "{detached:?}");
    assert!(
        detached.hint.starts_with("check a branch out"),
        "{detached:?}"
    );
    // What is a version already, is shipped from anywhere.
    moved(place.promote("1.0.0", NOON + 1, |wanted| {
        wanted.modes.default = Mode::AuditOnly;
    }));
    repository.set_head(&branch).unwrap();

    // In the middle of a merge that conflicts.
    let (ours, root) = (
        repository.head().unwrap().peel_to_commit().unwrap(),
        &place.root,
    );
    let theirs = {
        let before = ours.parent(0).unwrap();
        let text = POLICIES.replace("owners", "masters");
        let blob = repository.blob(text.as_bytes()).unwrap();
        let before_tree = before.tree().unwrap();
        let mut tree = repository.treebuilder(Some(&before_tree)).unwrap();
        tree.insert("a.cedar", blob, 0o100_644).unwrap();
        let tree = repository.find_tree(tree.write().unwrap()).unwrap();
        let by = repository.signature().unwrap();
        repository
            .commit(None, &by, &by, "c", &tree, &[&before])
            .unwrap()
    };
    let theirs = repository.find_annotated_commit(theirs).unwrap();
    repository.merge(&[&theirs], None, None).unwrap();
    assert!(
        fs::read_to_string(root.join("a.cedar"))
            .unwrap()
            .contains("<<<<")
    );
    let merging = refused(&place, Code::PromotionRefused, ship("1.1.0"));
    assert!(merging.message.contains("merge"), "{merging:?}");
    repository.cleanup_state().unwrap();
    repository
        .checkout_head(Some(git2::build::CheckoutBuilder::new().force()))
        .unwrap();
    moved(place.promote("1.1.0", NOON + 1, |_| ()));
}

#[test]
fn a_tag_that_moved() {
    let place = changed();
    let repository = git2::Repository::open(&place.root).unwrap();
    let head = repository.head().unwrap().target().unwrap();
    // The tag itself, its digest and all, on another commit.
    let tag = repository
        .find_reference("refs/tags/policies/v1.0.0")
        .unwrap();
    let tag = repository.find_tag(tag.target().unwrap()).unwrap();
    let target = repository.find_object(head, None).unwrap();
    let by = repository.signature().unwrap();
    let words = tag.message().unwrap().unwrap().to_owned();
    repository
        .tag("policies/v1.0.0", &target, &by, &words, true)
        .unwrap();
    let moved = refused(&place, Code::VersionMoved, ship("1.0.0"));
    assert!(moved.hint.contains("put the tag back"), "{moved:?}");
}

#[test]
fn a_channel_that_another_clone_moved() {
    let place = changed();
    let repository = git2::Repository::open(&place.root).unwrap();
    // Another clone moved it once more; what was fetched is ahead.
    let ours = moved(place.promote("1.1.0", NOON, |_| ())).id;
    place.commit("a.cedar", POLICIES);
    let theirs = moved(place.promote("1.2.0", NOON + 1, |_| ())).id;
    let point = |name: &str, id: &str| {
        let id = git2::Oid::from_str(id).unwrap();
        repository.reference(name, id, true, "test").unwrap();
    };
    point("refs/remotes/origin/fabric/channels/stable", &theirs);
    point("refs/fabric/channels/stable", &ours);
    place.commit("a.cedar", &POLICIES.replace("owners", "masters"));
    let behind = refused(&place, Code::PromotionConflict, ship("1.3.0"));
    assert!(behind.message.contains("origin"), "{behind:?}");
    assert!(
        behind
            .hint
            .contains("git update-ref refs/fabric/channels/stable "),
        "{behind:?}"
    );
    let back = refused(&place, Code::PromotionConflict, |place| {
        place.with(NOON + 2, |with| roll_back(with, "stable", "r"))
    });
    assert_eq!(back.hint, behind.hint);
}

#[test]
fn a_clock_that_went_back() {
    let place = changed();
    let back = refused(&place, Code::ClockBack, |place| {
        place.promoted("1.1.0", NOON - 1, |_| ())
    });
    assert!(back.message.contains("2026-11-23"), "{back:?}");
    assert_eq!(back.hint, Code::ClockBack.hint());
}

#[test]
fn a_key_that_is_missing() {
    let place = changed();
    let elsewhere = tempfile::tempdir().unwrap();
    let vault = vault::Vault::at(elsewhere.path());
    let without = |place: &Place| {
        let with = Promotion {
            root: &place.root,
            ledger: &place.ledger,
            vault: &vault,
            ask: &|_| Ok(passphrase()),
            now: NOON + 1,
        };
        promote(&with, &wanted("1.1.0"))
    };
    let missing = refused(&place, Code::KeyMissing, without);
    for said in ["whoever has the key can do this", "fabric keys"] {
        assert!(missing.hint.contains(said), "{missing:?}");
    }
}

#[test]
fn an_author_who_approves_themselves_and_a_word_that_ran_out() {
    let ivo = SecretKey::from_seed(&[6; 32]);
    let dana = guard::SecretKey::from_seed([7; 32]);
    let rules = format!(
        "{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n\
         [[approver]]\nname = \"Ivo <ivo@acme.example>\"\nkey = \"{}\"\n",
        evidence::hex(&ivo.public().to_bytes())
    );
    let place = Place::new(&rules);
    let tolerance = format!(
        "[default]\ngained = 0\n[[approver]]\nname = \"Dana\"\nemail = \"dana@acme.example\"\nkey = \"{}\"\n",
        dana.public().as_str()
    );
    place.commit("tolerance.toml", &tolerance);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));

    let row = r#"{"v":1,"id":"r","at":"2026-11-03T10:00:00Z","principal":"User::\"bo\"","action":"Action::\"view\"","resource":"Doc::\"plan\"","context":{"mfa":false},"decision":"deny"}"#;
    let path = place.root.parent().unwrap().join("log.jsonl");
    fs::write(&path, row).unwrap();
    let folders = Folders {
        data: path.clone(),
        state: path.clone(),
    };
    let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
    let log = crate::open_named_log(&path, &folders, go_on).unwrap();
    let with_log = |wanted: &mut WantedMove<'_>| wanted.log = Some(Arc::clone(&log));
    // The gate makes the version, and says no.
    assert_eq!(
        blocked(place.promote("1.1.0", NOON + 1, with_log)),
        ["drift"]
    );

    let own = refused(&place, Code::ApprovalRefused, |place| {
        let by = ("Ivo <ivo@acme.example>", &ivo as _);
        approve(
            &place.root,
            NOON + 2,
            "stable",
            "1.1.0",
            Modes::default(),
            by,
            60,
        )
    });
    assert!(own.hint.contains("who did not write the change"), "{own:?}");

    let registry = place.registry();
    let files = |version: &str| {
        let commit = registry.version(version).unwrap().commit;
        crate::git::at(&place.root, &commit).unwrap().unwrap().files
    };
    let digest = |version: &str| crate::check(&files(version)).compiled.set.digest();
    let over = |expires: &str, author: &str| {
        let statement = Statement {
            accepts: vec![Accepted {
                band: "default".into(),
                measure: Measure::Gained,
                rows: 1,
            }],
            approver: "Dana".into(),
            author: author.into(),
            base: digest("1.0.0"),
            expires: expires.into(),
            head: digest("1.1.0"),
            reason: "it is meant".into(),
            tolerance: guard::Tolerance::read(&tolerance).unwrap().digest(),
        };
        let made = time::OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap();
        Override::sign(statement, &dana, made).unwrap()
    };
    let old = over("2026-11-23T12:00:00Z", "Ivo <ivo@acme.example>");
    let ended = refused(&place, Code::OverrideRefused, |place| {
        place.promoted("1.1.0", NOON + 2, |wanted| {
            wanted.log = Some(Arc::clone(&log));
            wanted.overriding = Some(&old);
        })
    });
    assert!(ended.message.contains("2026-11-23"), "{ended:?}");
    assert!(ended.hint.contains("fabric guard override"), "{ended:?}");
    let holds = over("2026-11-24T12:00:00Z", "Ivo <ivo@acme.example>");
    // Where nobody can say who wrote the change, nobody can say that somebody else answers for it.
    let shallow = place.root.join(".git/shallow");
    let head = git2::Repository::open(&place.root).unwrap();
    let head = head.head().unwrap().target().unwrap();
    fs::write(&shallow, format!("{head}\n")).unwrap();
    refused(&place, Code::AuthorUnknown, |place| {
        place.promoted("1.1.0", NOON + 2, |wanted| {
            wanted.log = Some(Arc::clone(&log));
            wanted.overriding = Some(&holds);
        })
    });
    fs::remove_file(&shallow).unwrap();
    let shipped = place.promote("1.1.0", NOON + 2, |wanted| {
        wanted.log = Some(Arc::clone(&log));
        wanted.overriding = Some(&holds);
    });
    let shipped = moved(shipped);
    let tip = registry.tip("stable").unwrap().unwrap();
    assert_eq!(tip.summary.overridden, ["drift"]);
    // Who answers for drift is who signed the override, not who wrote the change and moved it.
    let ground = crate::narratives::Ground {
        root: &place.root,
        ledger: Some(&place.ledger),
        log: None,
        now: NOON + 3,
    };
    let told = crate::narratives::facts(&ground, &crate::narratives::Subject::Evidence).unwrap();
    let narrative::Facts::Evidence(told) = told else {
        panic!()
    };
    let left_out = told
        .exceptions
        .iter()
        .find(|it| it.what == "drift")
        .unwrap();
    assert_eq!(
        (&*left_out.by, &*left_out.reason, &*left_out.place),
        ("Dana", "it is meant", "stable 1.1.0")
    );
    // Who let it pass has a receipt right before the move's, and goes out with it.
    let listed = place.ledger.list(0..place.ledger.size().unwrap()).unwrap();
    let kinds: Vec<_> = listed
        .iter()
        .map(|it| it.receipt.kind.as_str())
        .rev()
        .take(2)
        .collect();
    assert_eq!(kinds, ["promotion", "override"]);
    assert_eq!(listed.len() as u64, shipped.receipt + 1);
    let choice = crate::Choice {
        numbers: std::iter::once(shipped.receipt..shipped.receipt + 1).collect(),
        edits: true,
        policies: crate::policies_of_moves(&place.root).unwrap(),
        ..crate::Choice::default()
    };
    let chosen = place.ledger.choose(&choice).unwrap();
    let both = shipped.receipt - 1..shipped.receipt + 1;
    assert_eq!(chosen, std::slice::from_ref(&both));
    let file = place.ledger.reports(&chosen).unwrap();
    assert!(file.contains_key("override.json"), "{:?}", file.keys());
}

#[test]
fn a_bundle_of_another_tenant() {
    let place = changed();
    let tip = place.registry().tip("stable").unwrap().unwrap();
    let bundle = place.registry().bundles(&tip.id).unwrap().forward;
    let bundle = Bundle::open(&bundle, LIMITS).unwrap();
    let roots = Roots::read(bundle.roots().iter().map(release::Root::text)).unwrap();
    let mut consumer = Consumer::new("contoso", "stable", "stable", roots.last().clone());
    let error = consumer.accept(&bundle, NOON).err().unwrap();
    assert_eq!(error.code(), Code::ReleaseForeign);
    // Nor does a channel become another's.
    place.commit("workspace.toml", "tenant = \"contoso\"\n");
    let foreign = refused(&place, Code::ReleaseForeign, ship("1.1.0"));
    assert!(foreign.message.contains("`contoso`"), "{foreign:?}");
    assert!(foreign.hint.contains("correct `tenant`"), "{foreign:?}");
}

#[test]
fn a_disk_that_is_full_between_bundle_and_pointer() {
    let place = changed();
    // Something stands where the channel's next file would be.
    let git = place.root.join(".git");
    let lock = git.join("refs/fabric/channels/stable.lock");
    fs::create_dir_all(&lock).unwrap();
    let before = place.registry().tip("stable").unwrap();
    let failure = Failure::from(ship("1.1.0")(&place).err().unwrap());
    assert_eq!(failure.code, Code::FileWrite);
    assert!(failure.hint.contains("free space"), "{failure:?}");
    assert_eq!(place.registry().tip("stable").unwrap(), before);
    fs::remove_dir(&lock).unwrap();
    // Its receipt was written, so whoever comes next finishes it, and nothing else.
    assert_eq!(place.ledger.size().unwrap(), 2);
    let back = |place: &Place| place.with(NOON + 2, |with| roll_back(with, "stable", "r"));
    let finished = Failure::from(back(&place).err().unwrap());
    assert_eq!(finished.code, Code::MoveFinished);
    assert_eq!(moved(back(&place).unwrap()).sequence, 3);
    assert_eq!(place.ledger.check().unwrap().size, 3);
}

const ROOT: &str = "RELEASES_TEST_FULL";

/// Promotes where files may not become large, when started by the test below; does nothing in an ordinary run.
#[test]
fn child() {
    let Some(root) = std::env::var_os(ROOT) else {
        return;
    };
    let failure = Failure::from(ship("1.1.0")(&Place::at(Path::new(&root))).err().unwrap());
    println!(
        "\nended with {}: {}",
        failure.code.as_str(),
        failure.message
    );
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_called_one_and_the_promotion_can_be_done_later() {
    let place = changed();
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 0; exec \"$0\" --exact tests::refusals::child --nocapture",
        ])
        .arg(std::env::current_exe().unwrap())
        .env(ROOT, place.root.parent().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(said.contains("\nended with store_full"), "{said}");
    assert_eq!(
        place
            .registry()
            .tip("stable")
            .unwrap()
            .unwrap()
            .summary
            .sequence,
        1
    );
    moved(place.promote("1.1.0", NOON + 2, |_| ()));
}
