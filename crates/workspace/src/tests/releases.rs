//! A channel moves when its gates hold, with its way back sealed, its receipt written, and whole or not at all.

use std::{collections::BTreeMap, process::Command};

use evidence::ed25519::{SecretKey, Signer as _};
use registry::{Kind, Registry};
use release::{Bundle, LIMITS, Mode, Modes};
use vault::{Keep, Passphrase, Vault};

use super::*;
use crate::{
    Ledger, ModeOf, Moved, NewModes, Promoted, Promotion, Standing, WantedMove, approve,
    change_modes, promote, roll_back, roll_back_policy, vault_of,
};

/// Monday, 23 November 2026, 12:00.
pub const NOON: u64 = 1_795_435_200;
pub const RULES: &str = "tenant = \"acme\"\n";

pub struct Place {
    /// The folder it is all in, which goes with it if it is the test's own.
    _keep: Option<tempfile::TempDir>,
    pub root: PathBuf,
    pub vault: Vault,
    pub ledger: Ledger,
}

/// Deriving a key costs next to nothing.
const CHEAP: vault::Cost = vault::Cost {
    memory: 8,
    passes: 1,
    lanes: 1,
};

fn folders(base: &Path) -> Folders {
    Folders {
        data: base.join("data"),
        state: base.join("state"),
    }
}

pub fn passphrase() -> Passphrase {
    Passphrase::new("a long walk".to_owned())
}

/// A version for stable, as it is.
pub fn wanted(version: &str) -> WantedMove<'_> {
    WantedMove {
        channel: "stable",
        version,
        modes: Modes::default(),
        reason: None,
        log: None,
        overriding: None,
        outside_window: None,
        skip_references: None,
    }
}

impl Place {
    pub fn new(rules: &str) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("w");
        fs::create_dir(&root).unwrap();
        let vault = vault_of(&folders(keep.path())).with_cost(CHEAP);
        let key = vault
            .create("release", Keep::File(&passphrase()), NOON)
            .unwrap();
        let signer = vault.signer(&key, &|_| Ok(passphrase())).unwrap();
        for (path, text) in [
            ("a.cedar", POLICIES),
            ("s.cedarschema", SCHEMA),
            ("entities.json", ENTITIES),
            ("workspace.toml", rules),
            (".gitignore", ".fabric/\n"),
        ] {
            fs::write(root.join(path), text).unwrap();
        }
        crate::git::commit_all(&root, ("Ivo", "ivo@acme.example"), 1_790_000_000, "first").unwrap();
        let config = git2::Repository::open(&root).unwrap().config();
        let mut config = config.unwrap();
        config.set_str("user.name", "Ivo").unwrap();
        config.set_str("user.email", "ivo@acme.example").unwrap();
        let origin = Some("example.com/releases");
        let (root, folders) = (root.canonicalize().unwrap(), folders(keep.path()));
        Ledger::create(&root, &folders, origin, ("release", &signer), NOON).unwrap();
        let at = Self::at(keep.path());
        Self {
            _keep: Some(keep),
            ..at
        }
    }

    /// The one that was made in this folder.
    pub fn at(base: &Path) -> Self {
        let root = base.join("w").canonicalize().unwrap();
        Self {
            _keep: None,
            vault: vault_of(&folders(base)),
            ledger: Ledger::open(&root, &folders(base)).unwrap().unwrap(),
            root,
        }
    }

    /// Commits that a file is gone.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).unwrap();
        let repository = git2::Repository::open(&self.root).unwrap();
        let mut index = repository.index().unwrap();
        index.remove_path(Path::new(path)).unwrap();
        index.write().unwrap();
        self.committed(&mut index);
    }

    /// Commits a file as it is to be.
    pub fn commit(&self, path: &str, text: &str) {
        self.commit_all(&[(path, text)]);
    }

    /// Commits files as they are to be.
    pub fn commit_all(&self, files: &[(&str, &str)]) {
        let repository = git2::Repository::open(&self.root).unwrap();
        let mut index = repository.index().unwrap();
        for (path, text) in files {
            fs::write(self.root.join(path), text).unwrap();
            index.add_path(Path::new(path)).unwrap();
        }
        index.write().unwrap();
        self.committed(&mut index);
    }

    /// The commit that is checked out.
    pub fn head(&self) -> String {
        let repository = git2::Repository::open(&self.root).unwrap();
        let head = repository.head().unwrap().peel_to_commit().unwrap();
        head.id().to_string()
    }

    /// The branch stands at this commit, and its files are there.
    pub fn reset(&self, commit: &str) {
        let repository = git2::Repository::open(&self.root).unwrap();
        let there = repository.revparse_single(commit).unwrap();
        repository
            .reset(&there, git2::ResetType::Hard, None)
            .unwrap();
    }

    fn committed(&self, index: &mut git2::Index) {
        let repository = git2::Repository::open(&self.root).unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let signature = repository.signature().unwrap();
        let head = repository.head().unwrap().peel_to_commit().unwrap();
        let made = repository.commit(Some("HEAD"), &signature, &signature, "c", &tree, &[&head]);
        made.unwrap();
    }

    pub fn with<T>(&self, now: u64, run: impl FnOnce(&Promotion<'_>) -> T) -> T {
        run(&Promotion {
            root: &self.root,
            ledger: &self.ledger,
            vault: &self.vault,
            ask: &|_| Ok(passphrase()),
            now,
        })
    }

    pub fn promote<'w>(
        &self,
        version: &'w str,
        now: u64,
        change: impl FnOnce(&mut WantedMove<'w>),
    ) -> Promoted {
        self.promoted(version, now, change).unwrap()
    }

    pub fn promoted<'w>(
        &self,
        version: &'w str,
        now: u64,
        change: impl FnOnce(&mut WantedMove<'w>),
    ) -> Result<Promoted, crate::Error> {
        let mut wanted = wanted(version);
        change(&mut wanted);
        self.with(now, |with| promote(with, &wanted))
    }

    pub fn registry(&self) -> Registry {
        Registry::open(&self.root).unwrap()
    }
}

pub fn moved(promoted: Promoted) -> Moved {
    match promoted {
        Promoted::Moved(moved) => *moved,
        Promoted::Blocked { gates } => panic!("{gates:#?}"),
    }
}

/// The gates that keep it from moving.
pub fn blocked(promoted: Promoted) -> Vec<&'static str> {
    match promoted {
        Promoted::Moved(moved) => panic!("{moved:#?}"),
        Promoted::Blocked { gates } => gates
            .iter()
            .filter(|fact| fact.standing == Standing::Blocked)
            .map(|fact| fact.gate)
            .collect(),
    }
}

pub fn code<T>(result: Result<T, crate::Error>) -> Code {
    result.err().unwrap().code()
}

#[test]
fn a_version_is_shipped_and_taken_back_under_a_higher_number() {
    let place = Place::new(RULES);
    let first = moved(place.promote("1.0.0", NOON, |_| ()));
    assert_eq!(
        (first.sequence, first.way_back, first.before),
        (1, false, None)
    );
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    let second = moved(place.promote("1.1.0", NOON + 1, |wanted| wanted.reason = Some("r".into())));
    assert_eq!((second.sequence, second.way_back), (2, true));
    let back = place.with(NOON + 2, |with| roll_back(with, "stable", "it was wrong"));
    let back = moved(back.unwrap());
    assert_eq!((back.sequence, back.version.as_str()), (3, "1.0.0"));

    let registry = place.registry();
    let tip = registry.tip("stable").unwrap().unwrap();
    assert_eq!(
        (tip.summary.kind, tip.summary.undoes),
        (Kind::Rollback, Some(2))
    );
    assert_eq!(tip.summary.policies, ["nothing-secret"]);
    let prepared = registry.bundles(&second.id).unwrap().rollback.unwrap();
    let shipped = registry.bundles(&tip.id).unwrap().forward;
    assert_eq!(
        shipped, prepared,
        "what was sealed with the promotion is what is shipped"
    );
    let release = Bundle::open(&shipped, LIMITS).unwrap().claims().clone();
    assert_eq!(&*release.files["a.cedar"], POLICIES.as_bytes());
    assert!(!release.files.contains_key(".gitignore"));

    // The receipts name the moves, in order, and the ledger holds.
    assert_eq!((first.receipt, second.receipt, back.receipt), (0, 1, 2));
    assert_eq!(place.ledger.check().unwrap().size, 3);
    // What was taken back can be shipped again.
    let again = place.with(NOON + 3, |with| roll_back(with, "stable", "it was right"));
    assert_eq!(moved(again.unwrap()).version, "1.1.0");
}

#[test]
fn gates_keep_a_channel_where_it_is_and_say_why() {
    let rules = format!(
        "{RULES}[[channel]]\nname = \"stable\"\nenvironment = \"production\"\n\
         window = {{ days = [\"mon\"], from = \"08:00\", until = \"10:00\" }}\n"
    );
    let place = Place::new(&rules);
    assert_eq!(blocked(place.promote("1.0.0", NOON, |_| ())), ["window"]);
    assert_eq!(place.registry().channels().unwrap(), [""; 0]);
    let anyway = moved(place.promote("1.0.0", NOON, |wanted| {
        wanted.outside_window = Some("an incident");
    }));
    let tip = place.registry().tip("stable").unwrap().unwrap();
    assert_eq!(tip.summary.overridden, ["window"]);
    assert_eq!(anyway.sequence, 1);

    place.commit(
        "a.cedar",
        "permit (principal, action, resource) when { resource.gone };",
    );
    let wrong = place.promote("1.1.0", NOON, |wanted| {
        wanted.outside_window = Some("again")
    });
    assert!(blocked(wrong).contains(&"validation"));
    assert_eq!(
        place.registry().versions().unwrap().len(),
        1,
        "no version is made of it"
    );
    assert_eq!(
        place.registry().tip("stable").unwrap().unwrap().id,
        anyway.id
    );
    assert_eq!(
        place.ledger.check().unwrap().size,
        1,
        "what did not happen has no receipt"
    );
}

#[test]
fn four_eyes_are_two_people() {
    let mara = SecretKey::from_seed(&[5; 32]);
    let ivo = SecretKey::from_seed(&[6; 32]);
    let key = |key: &SecretKey| evidence::hex(&key.public().to_bytes());
    let rules = format!(
        "{RULES}[[channel]]\nname = \"stable\"\napprovals = 1\n\
         [[approver]]\nname = \"Mara <mara@acme.example>\"\nkey = \"{}\"\n\
         [[approver]]\nname = \"Ivo <ivo@acme.example>\"\nkey = \"{}\"\n",
        key(&mara),
        key(&ivo)
    );
    let place = Place::new(&rules);
    assert_eq!(blocked(place.promote("1.0.0", NOON, |_| ())), ["approvals"]);
    let approved = |by: &str, key: &SecretKey, mode| {
        let modes = Modes {
            default: mode,
            ..Modes::default()
        };
        approve(&place.root, NOON, "stable", "1.0.0", modes, (by, key), 3600)
    };
    // Who wrote the first version does not approve it either.
    let own = approved("Ivo <ivo@acme.example>", &ivo, Mode::Enforce);
    assert_eq!(code(own), Code::ApprovalRefused);
    let stranger = approved(
        "Mara <mara@acme.example>",
        &SecretKey::from_seed(&[9; 32]),
        Mode::Enforce,
    );
    assert_eq!(code(stranger), Code::ApprovalRefused);
    approved("Mara <mara@acme.example>", &mara, Mode::AuditOnly).unwrap();
    assert_eq!(
        blocked(place.promote("1.0.0", NOON, |_| ())),
        ["approvals"],
        "of another mode"
    );
    approved("Mara <mara@acme.example>", &mara, Mode::Enforce).unwrap();
    assert_eq!(
        blocked(place.promote("1.0.0", NOON + 3600, |_| ())),
        ["approvals"],
        "after its hour"
    );
    moved(place.promote("1.0.0", NOON + 1, |_| ()));

    // A change has an author, whose own word does not count.
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    assert_eq!(
        blocked(place.promote("1.1.0", NOON + 2, |_| ())),
        ["approvals"]
    );
    let own = approve(
        &place.root,
        NOON + 2,
        "stable",
        "1.1.0",
        Modes::default(),
        ("Ivo <ivo@acme.example>", &ivo),
        60,
    );
    assert_eq!(code(own), Code::ApprovalRefused);
    // Nor does a change undo what is asked of it.
    place.commit("workspace.toml", RULES);
    assert_eq!(
        blocked(place.promote("1.2.0", NOON + 3, |_| ())),
        ["approvals"]
    );
}

#[test]
fn drift_is_judged_by_the_tolerance_in_force() {
    let rules = format!("{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n");
    let place = Place::new(&rules);
    place.commit("tolerance.toml", "[default]\ngained = 0\n");
    moved(place.promote("1.0.0", NOON, |_| ()));
    let row = r#"{"v":1,"id":"r","at":"2026-11-03T10:00:00Z","principal":"User::\"bo\"","action":"Action::\"view\"","resource":"Doc::\"plan\"","context":{"mfa":false},"decision":"deny"}"#;
    let log = place.root.parent().unwrap().join("log.jsonl");
    fs::write(&log, row).unwrap();
    let log = crate::open_named_log(
        &log,
        &Folders {
            data: log.clone(),
            state: log.clone(),
        },
        &mut |_, _| std::ops::ControlFlow::Continue(()),
    );
    let log = log.unwrap();
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    // The author's own, looser one does not count.
    place.commit("tolerance.toml", "[default]\ngained = 10\n");
    assert_eq!(
        blocked(place.promote("1.1.0", NOON + 1, |_| ())),
        ["drift"],
        "without a log"
    );
    let gained = place.promote("1.1.0", NOON + 1, |wanted| {
        wanted.log = Some(Arc::clone(&log))
    });
    assert_eq!(blocked(gained), ["drift"]);
}

#[test]
fn what_is_not_committed_is_not_shipped() {
    let place = Place::new(RULES);
    fs::write(place.root.join("a.cedar"), "// later\n").unwrap();
    assert_eq!(
        code(place.promoted("1.0.0", NOON, |_| ())),
        Code::PromotionRefused
    );
    fs::write(place.root.join("a.cedar"), POLICIES).unwrap();
    fs::write(place.root.join("notes.txt"), "no part of a version").unwrap();
    moved(place.promote("1.0.0", NOON, |_| ()));

    // The tag moved: the version is not what it was.
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    let moved = Command::new("git")
        .args(["tag", "--force", "-m", "x", "policies/v1.0.0", "HEAD"])
        .current_dir(&place.root)
        .output();
    match moved {
        Ok(_) => {
            let refused = code(place.promoted("1.0.0", NOON + 1, |_| ()));
            let expected = [Code::VersionMoved, Code::RegistryDamaged];
            assert!(expected.contains(&refused), "{refused:?}");
        }
        Err(_) => println!("not tested with a moved tag: there is no git program"),
    }
    // The clock went back.
    let earlier = place.promoted("1.2.0", NOON - 60, |_| ());
    assert_eq!(code(earlier), Code::ClockBack);
    let unknown = place.registry().version("1.2.0").unwrap_err();
    assert_eq!(unknown.code(), Code::VersionUnknown, "no tag stays behind");
    assert_eq!(place.ledger.check().unwrap().size, 1);
}

#[test]
fn a_move_with_a_receipt_is_finished_and_one_without_is_forgotten() {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &format!("{POLICIES}// more\n"));
    let second = moved(place.promote("1.1.0", NOON + 1, |_| ()));
    let registry = place.registry();
    let tip = registry.tip("stable").unwrap().unwrap();
    let repository = git2::Repository::open(&place.root).unwrap();
    let point = |name: &str, id: &str| {
        let id = git2::Oid::from_str(id).unwrap();
        repository
            .reference(name, id, true, "test")
            .map(drop)
            .unwrap();
    };

    // Killed just before the last step: the receipt is there.
    point("refs/fabric/pending/stable", &second.id);
    point("refs/fabric/channels/stable", tip.parent.as_ref().unwrap());
    // Whoever looks in between is told that it is not lost.
    let told = crate::behind(Some(&place.ledger), &registry).unwrap();
    let begun = &told["stable"];
    assert!(
        begun.message.contains("move 2 of `stable` was begun"),
        "{begun:?}"
    );
    assert_eq!(begun.code, Code::MoveBegun);
    assert!(begun.hint.contains("finishes move 2 first"), "{begun:?}");
    // Nobody takes back, or goes on from, what they did not see: it is finished, and told of, whatever was asked for.
    let back = |now| place.with(now, |with| roll_back(with, "stable", "r"));
    let part = |now| place.with(now, |with| roll_back_policy(with, "stable", "owners", "r"));
    let again = |now| place.promoted("1.2.0", now, |_| ());
    let modes = |now| {
        let wanted = NewModes {
            channel: "stable",
            of: &[ModeOf::All],
            mode: Mode::AuditOnly,
            reason: "r",
            outside_window: None,
            log: &|| Ok(None),
        };
        place.with(now, |with| change_modes(with, &wanted))
    };
    let doings: [&dyn Fn(u64) -> Result<Promoted, crate::Error>; 4] =
        [&part, &again, &modes, &back];
    for doing in doings {
        point("refs/fabric/pending/stable", &second.id);
        point("refs/fabric/channels/stable", tip.parent.as_ref().unwrap());
        let failure = Failure::from(doing(NOON + 2).unwrap_err());
        assert_eq!(failure.code, Code::MoveFinished);
        assert!(
            failure
                .message
                .starts_with("move 2 of `stable` to 1.1.0, begun 2026-"),
            "{failure:?}"
        );
        assert!(
            failure.hint.contains("fabric rollback stable"),
            "{failure:?}"
        );
        assert_eq!(registry.last("stable").unwrap(), Some(second.id.clone()));
        assert_eq!(registry.begun("stable").unwrap(), None);
        assert_eq!(place.ledger.check().unwrap().size, 2);
    }
    // Said again, it is taken back.
    let third = moved(back(NOON + 2).unwrap());
    assert_eq!((third.sequence, &*third.version), (3, "1.0.0"));
    assert_eq!(place.ledger.check().unwrap().size, 3);
    // Where the channel was there already, everybody saw it.
    point("refs/fabric/pending/stable", &third.id);
    let fourth = moved(back(NOON + 3).unwrap());
    assert_eq!((fourth.sequence, &*fourth.version), (4, "1.1.0"));
    point("refs/fabric/channels/stable", &third.id);

    // Killed before the receipt was written: another ledger with the same key says nothing of the move.
    let elsewhere = tempfile::tempdir().unwrap();
    let folders = Folders {
        data: elsewhere.path().join("data"),
        state: elsewhere.path().join("state"),
    };
    let key = place.vault.find("release").unwrap();
    let signer = place.vault.signer(&key, &|_| Ok(passphrase())).unwrap();
    let ledger = Ledger::create(
        elsewhere.path(),
        &folders,
        Some("example.com/other"),
        ("release", &signer),
        NOON,
    );
    let ledger = ledger.unwrap();
    point("refs/fabric/pending/stable", &third.id);
    point("refs/fabric/channels/stable", &second.id);
    let with = Promotion {
        root: &place.root,
        ledger: &ledger,
        vault: &place.vault,
        ask: &|_| Ok(passphrase()),
        now: NOON + 3,
    };
    let again = moved(roll_back(&with, "stable", "r").unwrap());
    assert_eq!(again.sequence, 3, "what had no receipt did not happen");
    assert_ne!(again.id, third.id);
}

#[test]
fn the_way_back_asks_for_no_tag() {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    moved(place.promote("1.1.0", NOON + 1, |_| ()));
    let repository = git2::Repository::open(&place.root).unwrap();
    let back = |now| {
        let back = place.with(now, |with| roll_back(with, "stable", "r"));
        moved(back.unwrap()).version
    };
    // Deleted, and moved without a word to another commit.
    repository.tag_delete("policies/v1.0.0").unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let first = head.parent(0).unwrap();
    repository
        .reference("refs/tags/policies/v1.1.0", first.id(), true, "moved")
        .unwrap();
    assert_eq!(back(NOON + 2), "1.0.0");
    assert_eq!(back(NOON + 3), "1.1.0");
    let tip = place.registry().tip("stable").unwrap().unwrap();
    assert_eq!(tip.summary.commit, head.id().to_string());
}

#[test]
fn what_is_in_force_is_not_shipped_again_before_it_has_to_be() {
    const DAY: u64 = 24 * 3600;
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    moved(place.promote("1.1.0", NOON + 1, |_| ()));
    let again = place.promoted("1.1.0", NOON + 2, |_| ());
    let failure = Failure::from(again.err().unwrap());
    assert_eq!(failure.code, Code::PromotionRefused);
    assert!(failure.message.contains("1.1.0 already"), "{failure:?}");
    // Consumers take it for ninety days: near their end it is shipped again, and the way back stays the way back.
    let renewed = moved(place.promote("1.1.0", NOON + 70 * DAY, |_| ()));
    assert_eq!(renewed.sequence, 3);
    let back = place.with(NOON + 71 * DAY, |with| roll_back(with, "stable", "r"));
    assert_eq!(moved(back.unwrap()).version, "1.0.0");
    let tip = place.registry().tip("stable").unwrap().unwrap();
    assert_eq!(tip.summary.undoes, Some(2));
    // In another mode it is something else.
    let watched = place.promote("1.0.0", NOON + 72 * DAY, |wanted| {
        wanted.modes.default = Mode::AuditOnly;
    });
    assert_eq!(moved(watched).mode, "audit-only");
}

#[test]
fn a_channel_that_is_not_listed_is_a_mistake_where_others_are() {
    let place = Place::new(&format!("{RULES}[[channel]]\nname = \"stable\"\n"));
    let other = place.promoted("1.0.0", NOON, |wanted| wanted.channel = "stabel");
    let failure = Failure::from(other.err().unwrap());
    assert_eq!(failure.code, Code::PromotionRefused);
    assert!(failure.message.contains("`stable`"), "{failure:?}");
    assert!(
        failure.hint.contains("did you mean `stable`"),
        "{failure:?}"
    );
    assert_eq!(place.registry().channels().unwrap(), [""; 0]);
    moved(place.promote("1.0.0", NOON, |_| ()));
    let back = place.with(NOON, |with| roll_back(with, "stabel", "r"));
    assert!(Failure::from(back.err().unwrap()).hint.contains("`stable`"));
    // Where none is listed, any name begins one.
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |wanted| wanted.channel = "stabel"));
}

#[test]
fn spaces_are_no_reason() {
    let place = Place::new(RULES);
    let empty = place.promoted("1.0.0", NOON, |wanted| wanted.reason = Some(" ".into()));
    assert_eq!(code(empty), Code::PromotionRefused);
    let outside = place.promoted("1.0.0", NOON, |wanted| wanted.outside_window = Some(""));
    assert_eq!(code(outside), Code::PromotionRefused);
    moved(place.promote("1.0.0", NOON, |_| ()));
    let back = place.with(NOON, |with| roll_back(with, "stable", "\n"));
    let failure = Failure::from(back.err().unwrap());
    assert!(failure.message.contains("reason is empty"), "{failure:?}");
}

#[test]
fn a_channel_that_was_left_behind_is_not_begun_again() {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    moved(place.promote("1.1.0", NOON + 1, |_| ()));
    // A clone brings no channels; the ledger, which was brought, knows of two moves.
    let repository = git2::Repository::open(&place.root).unwrap();
    let name = "refs/fabric/channels/stable";
    let tip = repository.find_reference(name).unwrap().target().unwrap();
    repository.find_reference(name).unwrap().delete().unwrap();
    let size = place.ledger.size().unwrap();
    let refused = [
        place.promoted("1.2.0", NOON + 2, |_| ()).map(drop),
        place.with(NOON + 2, |with| roll_back(with, "stable", "r").map(drop)),
    ];
    for refused in refused {
        let failure = Failure::from(refused.unwrap_err());
        assert_eq!(failure.code, Code::PromotionConflict);
        assert!(
            failure.message.contains("move 2 of `stable`"),
            "{failure:?}"
        );
        assert!(failure.hint.contains("git fetch"), "{failure:?}");
    }
    assert_eq!(place.ledger.size().unwrap(), size);
    // Another channel begins as ever, and this one goes on once it is there.
    moved(place.promote("1.2.0", NOON + 3, |wanted| wanted.channel = "beta"));
    repository.reference(name, tip, false, "").unwrap();
    moved(place.promote("1.2.0", NOON + 4, |_| ()));
}

#[test]
fn what_moved_stays_known_without_its_receipts_and_under_another_origin() {
    let mut place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    let told = moved(place.promote("1.1.0", NOON + 1, |_| ()));
    assert_eq!(
        place.ledger.receipt_of_move(&told.id).unwrap(),
        Some(told.receipt)
    );
    let all = BTreeMap::from([("stable".to_owned(), 2)]);
    assert_eq!(place.ledger.last_moves().unwrap(), all);
    // A clone without channels, as if the workspace had been brought here.
    let repository = git2::Repository::open(&place.root).unwrap();
    let mut channel = repository
        .find_reference("refs/fabric/channels/stable")
        .unwrap();
    channel.delete().unwrap();
    place.with(NOON + 2, |with| {
        let keys = crate::signers(with.ledger, with.vault, with.ask, with.now).unwrap();
        let keys = crate::by_reference(&keys);
        let numbers = (0..with.ledger.size().unwrap()).collect();
        let why = ("kept long enough", "ana");
        with.ledger
            .purge(&numbers, why, &BTreeMap::new(), &keys, with.now)
            .unwrap();
    });
    assert_eq!(place.ledger.last_moves().unwrap(), all);
    let refused = place.promoted("1.2.0", NOON + 3, |_| ());
    assert_eq!(code(refused), Code::PromotionConflict);
    let other = SecretKey::from_seed(&[9; 32]);
    let folders = folders(place.root.parent().unwrap());
    let ledger = place.ledger;
    let next = ledger.restore(&folders, ("other", &other), "ana", None, (true, NOON + 4));
    place.ledger = next.unwrap();
    assert_eq!(place.ledger.last_moves().unwrap(), all);
    assert!(place.ledger.has_move(&told.id).unwrap());
    assert_eq!(
        place.ledger.receipt_of_move(&told.id).unwrap(),
        None,
        "it is another ledger's"
    );
    // Whoever looks is told before they try.
    let behind = crate::behind(Some(&place.ledger), &place.registry()).unwrap();
    assert!(
        behind["stable"].message.contains("move 2 of `stable`"),
        "{behind:?}"
    );
    let view = crate::releases::view(&place.root, Some(&place.ledger)).unwrap();
    let lane = view
        .lanes
        .iter()
        .find(|lane| lane.name == "stable")
        .unwrap();
    assert_eq!(lane.failure.as_ref().unwrap().code, Code::PromotionConflict);
    let alone = crate::behind(None, &place.registry()).unwrap();
    assert!(alone.is_empty(), "without a ledger nobody knows");
}

#[test]
fn a_canary_that_is_all_there_is_is_not_taken_back_by_what_is_only_recorded() {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    let canary = NewModes {
        channel: "stable",
        of: &[ModeOf::All],
        mode: Mode::Canary(50),
        reason: "half",
        outside_window: None,
        log: &|| Ok(None),
    };
    moved(
        place
            .with(NOON + 1, |with| change_modes(with, &canary))
            .unwrap(),
    );
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    let recorded = |wanted: &mut WantedMove<'_>| wanted.modes.default = Mode::AuditOnly;
    let refused = place.promoted("1.1.0", NOON + 2, recorded).unwrap_err();
    let failure = Failure::from(refused);
    assert_eq!(failure.code, Code::PromotionRefused);
    assert!(failure.hint.contains("enforce --all"), "{failure:?}");
    let everybody = NewModes {
        mode: Mode::Enforce,
        ..canary
    };
    moved(
        place
            .with(NOON + 3, |with| change_modes(with, &everybody))
            .unwrap(),
    );
    moved(place.promote("1.1.0", NOON + 4, recorded));
}

#[test]
fn a_promotion_that_is_refused_leaves_no_version_behind() {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    let repository = git2::Repository::open(&place.root).unwrap();
    repository.tag_delete("policies/v1.0.0").unwrap();
    let none = |version: &str| {
        let found = place.registry().version(version).map(|found| found.commit);
        assert_eq!(found.unwrap_err().code(), Code::VersionUnknown);
    };
    // The name is another one's, whose tag is gone.
    assert_eq!(
        code(place.promoted("1.0.0", NOON + 1, |_| ())),
        Code::VersionMoved
    );
    none("1.0.0");
    let looked = place.with(NOON + 1, |with| {
        crate::gates(with, &wanted("1.0.0")).map(drop)
    });
    assert_eq!(looked.unwrap_err().code(), Code::VersionMoved);
    // A name that only the program gives.
    for name in ["1.1.0+partial", "1.1.0+partial.3.0123abcd"] {
        let refused = code(place.promoted(name, NOON + 1, |_| ()));
        assert_eq!(refused, Code::PromotionRefused, "{name}");
        none(name);
    }
    // The key does not open.
    let locked = promote(
        &Promotion {
            root: &place.root,
            ledger: &place.ledger,
            vault: &place.vault,
            ask: &|_| Err(Failure::new(Code::KeyLocked, "no")),
            now: NOON + 1,
        },
        &wanted("1.1.0"),
    );
    assert_eq!(code(locked), Code::KeyLocked);
    none("1.1.0");
    // Names that only look alike are anybody's.
    moved(place.promote("1.1.0+partially", NOON + 1, |_| ()));
}

#[test]
fn tests_that_are_gone_and_files_that_do_not_ship_are_told_of() {
    let place = Place::new(RULES);
    fs::create_dir(place.root.join("ALLOW")).unwrap();
    for name in ["ada_views_menu", "ada_views_plan"] {
        let (path, text) = (
            format!("ALLOW/{name}.json"),
            request("ada", "view", "menu", true),
        );
        place.commit(&path, &text);
    }
    let said = |promoted: Promoted, gate: &str| {
        let moved = moved(promoted);
        let details = place.registry().details(&moved.id).unwrap();
        let recorded = details.gates.into_iter().find(|known| known.name == gate);
        let fact = moved.gates.into_iter().find(|fact| fact.gate == gate);
        let fact = fact.unwrap();
        let recorded = recorded.map(|known| (known.detail, known.remarks));
        let expected = (fact.words(), fact.remarks.clone());
        assert_eq!(recorded.unwrap_or_else(|| expected.clone()), expected);
        crate::releases::gate(fact)
    };
    let first = said(place.promote("1.0.0", NOON, |_| ()), "tests");
    assert_eq!(first.remarks, []);

    // One is called otherwise now, and one goes with what it held.
    let test = fs::read_to_string(place.root.join("ALLOW/ada_views_menu.json")).unwrap();
    for name in ["ada_views_menu", "ada_views_plan"] {
        place.remove(&format!("ALLOW/{name}.json"));
    }
    place.commit("ALLOW/ada_views.json", &test);
    let second = said(place.promote("1.1.0", NOON + 1, |_| ()), "tests");
    let gone = |count, first: &str| model::Remark::TestsGone {
        count,
        first: first.to_owned(),
    };
    assert_eq!(second.standing, "passed");
    assert_eq!(second.remarks, [gone(2, "ada_views_menu")]);
    place.remove("ALLOW/ada_views.json");
    let third = said(place.promote("1.2.0", NOON + 2, |_| ()), "tests");
    assert_eq!(third.standing, "not-asked");
    assert_eq!(third.remarks, [gone(1, "ada_views")]);
    assert!(third.found.contains("`ada_views`"), "{}", third.found);

    // What git is told to pass over decides here, and ships nowhere.
    place.commit(".gitignore", ".fabric/\nmine.cedar\n");
    fs::write(place.root.join("mine.cedar"), "// mine\n").unwrap();
    let fourth = said(place.promote("1.3.0", NOON + 3, |_| ()), "validation");
    let remark = model::Remark::NotShipped {
        count: 1,
        first: "mine.cedar".to_owned(),
    };
    assert_eq!(fourth.remarks, [remark]);
    // Of a version of another commit that says nothing.
    place.commit("notes.txt", "later");
    let again = said(
        place.promote("1.3.0", NOON + 4, |wanted| {
            wanted.modes.default = Mode::AuditOnly;
        }),
        "validation",
    );
    assert_eq!(again.remarks, []);
}

#[test]
fn whoever_has_no_name_in_git_makes_no_version() {
    let place = Place::new(RULES);
    let repository = git2::Repository::open(&place.root).unwrap();
    let mut config = repository.config().unwrap();
    // Empty is none, whatever the machine's own settings say.
    config.set_str("user.name", "").unwrap();
    let refused = Failure::from(place.promoted("1.0.0", NOON, |_| ()).unwrap_err());
    assert_eq!(refused.code, Code::AuthorUnknown);
    assert!(
        refused.hint.contains("git config --global user.name"),
        "{refused:?}"
    );
    assert!(place.registry().versions().unwrap().is_empty());
}

/// What is shipped from a folder that the workspace left is judged by what was in it.
#[test]
fn what_was_shipped_from_the_folder_before_is_promoted_and_taken_back_with_its_tolerance() {
    let place = Place::new(&format!(
        "{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n"
    ));
    let rows = place.root.parent().unwrap().join("log.jsonl");
    let row = r#"{"v":1,"id":"r","at":"2026-11-03T10:00:00Z","principal":"User::\"ada\"","action":"Action::\"view\"","resource":"Doc::\"plan\"","context":{"mfa":false},"decision":"deny"}"#;
    fs::write(&rows, row).unwrap();
    let log = crate::open_named_log(&rows, &folders(&rows), &mut |_, _| {
        std::ops::ControlFlow::Continue(())
    });
    let log = log.unwrap();
    place.commit("tolerance.toml", "[default]\ngained = 0\n");
    moved(place.promote("1.0.0", NOON, |_| ()));
    let guarded = format!("{POLICIES}@id(\"none\")\nforbid (principal, action, resource);\n");
    place.commit("a.cedar", &guarded);
    moved(place.promote("1.1.0", NOON, |wanted| wanted.log = Some(Arc::clone(&log))));
    let open = "@id(\"all\")\npermit (principal, action, resource);\n";
    let texts = [
        ("tolerance.toml", "[default]\ngained = \"any\"\n"),
        ("a.cedar", open),
    ];
    let root = candidates::goes(&place, ("", "team"), &texts);
    let at = |run: &dyn Fn(&Promotion<'_>) -> Promoted| {
        place.with(NOON, |with| {
            run(&Promotion {
                root: &root,
                ..*with
            })
        })
    };
    let promote = |version: &str| {
        at(&|with| {
            let log = Some(Arc::clone(&log));
            promote(
                with,
                &WantedMove {
                    log,
                    ..wanted(version)
                },
            )
            .unwrap()
        })
    };
    // One policy is taken back where it was written, and its tolerance still holds.
    moved(at(&|with| {
        roll_back_policy(with, "stable", "none", "r").unwrap()
    }));
    assert_eq!(blocked(promote("1.2.0")), ["drift"]);
    moved(promote("1.1.0"));
    assert_eq!(blocked(promote("1.2.0")), ["drift"]);
    moved(at(&|with| roll_back(with, "stable", "r").unwrap()));
    assert_eq!(blocked(promote("1.2.0")), ["drift"]);
    moved(promote("1.0.0"));
    assert_eq!(blocked(promote("1.2.0")), ["drift"]);
}

#[test]
fn a_rollback_of_what_only_waited_says_that_what_decides_stays() {
    let waits = |id: &str, mode| {
        let place = Place::new(RULES);
        moved(place.promote("1.0.0", NOON, |_| ()));
        // One is changed, one is new, one is gone.
        let now = POLICIES.replace("resource.secret", "false")
            + "@id(\"all\")\npermit (principal, action, resource);\n";
        let (owners, rest) = now.split_once("@id(\"staff-view\")").unwrap();
        let staff = rest.split_once("\n\n").unwrap().1;
        place.commit("a.cedar", &format!("{owners}{staff}"));
        moved(place.promote("1.1.0", NOON, |wanted| {
            if mode != Mode::Enforce {
                wanted.modes.policies = BTreeMap::from([(id.to_owned(), mode)]);
            }
        }));
        let back = place.with(NOON, |with| roll_back_policy(with, "stable", id, "r"));
        moved(back.unwrap()).not_enforced
    };
    for id in ["nothing-secret", "all", "staff-view"] {
        assert_eq!(waits(id, Mode::AuditOnly).as_deref(), Some(id));
        for reached in [Mode::Canary(1), Mode::Enforce] {
            assert_eq!(waits(id, reached), None, "{id}");
        }
    }
}
