//! What a version is before it ships: where it belongs, who wrote it, and what decides as long as not all of it is in force.

use evidence::ed25519::{SecretKey, Signer};
use model::Remark;
use release::{Mode, Modes};

use super::*;
use crate::{
    ModeOf, NewModes, Promoted, WantedMove, approve, change_modes, roll_back, roll_back_policy,
    tests::releases::{NOON, Place, RULES, blocked, code, moved, wanted},
    with_mode,
};

const IVO: &str = "Ivo <ivo@acme.example>";
const MARA: &str = "Mara <mara@acme.example>";
const OTTO: &str = "Otto <otto@acme.example>";

fn key(person: &str) -> SecretKey {
    SecretKey::from_seed(&[person.len() as u8 ^ person.as_bytes()[0]; 32])
}

/// One approval is asked for, and each of them may give it.
fn four_eyes() -> Place {
    let approvers = [MARA, OTTO, IVO].map(|person| {
        let key = evidence::hex(&key(person).public().to_bytes());
        format!("[[approver]]\nname = \"{person}\"\nkey = \"{key}\"\n")
    });
    let approvers = approvers.concat();
    Place::new(&format!(
        "{RULES}[[channel]]\nname = \"stable\"\napprovals = 1\n{approvers}"
    ))
}

impl Place {
    fn becomes(&self, person: &str) {
        let (name, email) = person.trim_end_matches('>').split_once(" <").unwrap();
        let mut config = git2::Repository::open(&self.root)
            .unwrap()
            .config()
            .unwrap();
        config.set_str("user.name", name).unwrap();
        config.set_str("user.email", email).unwrap();
    }

    fn approved(&self, version: &str, person: &str) -> Result<(), Code> {
        let by = (person, &key(person) as &dyn Signer);
        let made = approve(
            &self.root,
            NOON,
            "stable",
            version,
            Modes::default(),
            by,
            3600,
        );
        made.map(drop).map_err(|error| error.code())
    }

    /// A version of what is committed, which an approver lets pass.
    fn ships(&self, version: &str, by: &str) {
        assert_eq!(
            blocked(self.promote(version, NOON, |_| ())),
            ["approvals"],
            "{version}"
        );
        self.approved(version, by).unwrap();
        moved(self.promote(version, NOON, |_| ()));
    }
}

#[test]
fn who_wrote_what_was_taken_back_wrote_what_comes_again() {
    let place = four_eyes();
    place.ships("1.0.0", OTTO);
    place.becomes(MARA);
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    assert_eq!(
        blocked(place.promote("1.1.0", NOON, |_| ())),
        ["approvals"],
        "only to make the version"
    );
    assert_eq!(place.approved("1.1.0", MARA), Err(Code::ApprovalRefused));
    // Ivo takes it back before it ships, and ships something else.
    place.becomes(IVO);
    place.commit("a.cedar", POLICIES);
    place.commit("notes.cedar", "// n\n");
    place.ships("1.2.0", OTTO);
    // Between 1.2.0 and 1.1.0 there is no commit of anybody's.
    assert_eq!(place.approved("1.1.0", MARA), Err(Code::ApprovalRefused));
    place.approved("1.1.0", OTTO).unwrap();
    moved(place.promote("1.1.0", NOON, |_| ()));
}

#[test]
fn who_wrote_a_policy_that_was_rolled_back_does_not_approve_it_in_again() {
    let place = four_eyes();
    place.commit("b.cedar", "// b\n");
    place.ships("1.0.0", OTTO);
    place.becomes(MARA);
    place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
    place.ships("1.1.0", OTTO);
    let back = place.with(NOON, |with| {
        roll_back_policy(with, "stable", "nothing-secret", "it was wrong")
    });
    moved(back.unwrap());
    assert_eq!(place.approved("1.1.0", MARA), Err(Code::ApprovalRefused));
    // With something new as well, it is still hers.
    place.becomes(IVO);
    place.commit("b.cedar", "// c\n");
    assert_eq!(blocked(place.promote("1.2.0", NOON, |_| ())), ["approvals"]);
    assert_eq!(place.approved("1.2.0", MARA), Err(Code::ApprovalRefused));
    assert_eq!(place.approved("1.2.0", IVO), Err(Code::ApprovalRefused));
    place.approved("1.2.0", OTTO).unwrap();
}

#[test]
fn where_history_is_cut_off_nobody_can_say_who_wrote_it() {
    let place = four_eyes();
    let head = || {
        let repository = git2::Repository::open(&place.root).unwrap();
        let head = repository.head().unwrap().target().unwrap();
        head.to_string()
    };
    let cut = |at: &str| fs::write(place.root.join(".git/shallow"), format!("{at}\n")).unwrap();
    // As `git clone --depth 1` leaves it.
    place.commit("notes.txt", "n");
    cut(&head());
    let refused = Failure::from(place.promoted("1.0.0", NOON, |_| ()).unwrap_err());
    assert_eq!(refused.code, Code::AuthorUnknown);
    assert!(refused.hint.contains("--unshallow"), "{}", refused.hint);
    fs::remove_file(place.root.join(".git/shallow")).unwrap();
    place.ships("1.0.0", OTTO);
    // What is in force is there, and everything since: nothing is missing.
    cut(&head());
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    place.ships("1.1.0", OTTO);
    place.commit("a.cedar", POLICIES);
    place.commit("b.cedar", "// b\n");
    cut(&head());
    assert_eq!(
        code(place.promoted("1.2.0", NOON, |_| ())),
        Code::AuthorUnknown
    );
}

#[test]
fn a_channel_keeps_its_environment() {
    let place = Place::new(RULES);
    moved(place.promote("1.0.0", NOON, |_| ()));
    let named = |environment: &str| {
        format!("{RULES}[[channel]]\nname = \"stable\"\nenvironment = \"{environment}\"\n")
    };
    place.commit("workspace.toml", &named("production"));
    let refused = Failure::from(place.promoted("1.1.0", NOON, |_| ()).unwrap_err());
    assert_eq!(refused.code, Code::ReleaseForeign);
    assert!(
        refused.message.contains("`stable`") && refused.message.contains("`production`"),
        "{}",
        refused.message
    );
    assert!(refused.hint.contains("`environment`"), "{}", refused.hint);
    place.commit("workspace.toml", &named("stable"));
    moved(place.promote("1.1.0", NOON, |_| ()));
}

/// As programs did that let a version pass which names another environment.
#[test]
fn a_channel_whose_rules_in_force_name_another_environment_moves_on() {
    let place = Place::new(&format!(
        "{RULES}[[channel]]\nname = \"stable\"\nenvironment = \"production\"\n"
    ));
    moved(place.promote("1.0.0", NOON, |_| ()));
    // Saying nothing is no other environment.
    place.commit("workspace.toml", RULES);
    moved(place.promote("1.1.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    moved(place.promote("1.2.0", NOON, |_| ()));
    let tip = place.registry().tip("stable").unwrap().unwrap();
    let details = place.registry().details(&tip.id).unwrap();
    assert_eq!(details.environment, "production");
}

#[test]
fn workspaces_of_one_repository_do_not_move_each_others_channels() {
    let one = Place::new(RULES);
    moved(one.promote("1.0.0", NOON, |_| ()));
    fs::create_dir(one.root.join("team")).unwrap();
    for (path, text) in [("a.cedar", POLICIES), ("workspace.toml", RULES)] {
        one.commit(&format!("team/{path}"), text);
    }
    let team = one.root.join("team");
    let of = |channel: &'static str| {
        one.with(NOON, |with| {
            let with = crate::Promotion {
                root: &team,
                ..*with
            };
            let wanted = WantedMove {
                channel,
                ..wanted("2.0.0")
            };
            crate::promote(&with, &wanted)
        })
    };
    let refused = Failure::from(of("stable").unwrap_err());
    assert_eq!(refused.code, Code::ReleaseForeign);
    assert!(
        refused.message.contains("all of the repository") && refused.message.contains("`team`"),
        "{}",
        refused.message
    );
    let back = one.with(NOON, |with| {
        let with = crate::Promotion {
            root: &team,
            ..*with
        };
        roll_back(&with, "stable", "r")
    });
    assert_eq!(code(back), Code::ReleaseForeign);
    moved(of("team").unwrap());
    // A workspace that went to another folder is still the same.
    for path in [
        "a.cedar",
        "s.cedarschema",
        "entities.json",
        "workspace.toml",
    ] {
        let repository = git2::Repository::open(&one.root).unwrap();
        let mut index = repository.index().unwrap();
        index.remove_path(Path::new(path)).unwrap();
        index.write().unwrap();
        fs::remove_file(one.root.join(path)).unwrap();
    }
    one.commit("team/a.cedar", &POLICIES.replace("owners", "keepers"));
    let moved = moved(
        one.with(NOON, |with| {
            let with = crate::Promotion {
                root: &team,
                ..*with
            };
            let wanted = WantedMove {
                reason: Some("moved".to_owned()),
                ..wanted("3.0.0")
            };
            crate::promote(&with, &wanted)
        })
        .unwrap(),
    );
    assert_eq!(moved.sequence, 2);
}

#[test]
fn a_number_is_no_name_to_apply_a_policy_otherwise_by() {
    let place = Place::new(RULES);
    let unnamed = "permit (principal, action == Action::\"edit\", resource);\n\
        forbid (principal, action, resource) when { resource.secret };\n\
        permit (principal, action == Action::\"view\", resource);\n";
    place.commit("a.cedar", unnamed);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", unnamed.split_once('\n').unwrap().1);
    let one = || {
        with_mode(
            Modes::default(),
            &[ModeOf::Policy("a.cedar#1".to_owned())],
            Mode::AuditOnly,
        )
    };
    let refused = place.promoted("1.1.0", NOON, |wanted| wanted.modes = one());
    let refused = Failure::from(refused.unwrap_err());
    assert_eq!(refused.code, Code::PromotionRefused);
    assert!(
        refused.message.contains("has no @id"),
        "{}",
        refused.message
    );
    let wanted = NewModes {
        channel: "stable",
        of: &[ModeOf::Policy("a.cedar#1".to_owned())],
        mode: Mode::AuditOnly,
        reason: "r",
        outside_window: None,
        log: &|| Ok(None),
    };
    let refused = place.with(NOON, |with| change_modes(with, &wanted));
    assert_eq!(code(refused), Code::PromotionRefused);
    // All of them at once need no names.
    moved(place.promote("1.1.0", NOON, |wanted| {
        wanted.modes.default = Mode::AuditOnly;
    }));
}

#[test]
#[cfg(unix)]
fn a_file_whose_name_is_not_unicode_is_told_of() {
    use std::os::unix::ffi::OsStrExt as _;

    let place = Place::new(RULES);
    let name = std::ffi::OsStr::from_bytes(b"verb\xf6te.cedar");
    fs::write(place.root.join(name), POLICIES).unwrap();
    let read = crate::scan::read(&place.root, &crate::scan::OnDisk::default()).unwrap();
    let told: Vec<_> = read
        .unreadable
        .iter()
        .map(|problem| &*problem.file)
        .collect();
    assert_eq!(told, ["verb\u{fffd}te.cedar"]);
    let repository = git2::Repository::open(&place.root).unwrap();
    let mut index = repository.index().unwrap();
    index.add_path(Path::new(name)).unwrap();
    index.write().unwrap();
    place.commit("notes.txt", "n");
    let refused = place.promoted("1.0.0", NOON, |_| ()).unwrap_err();
    assert!(refused.to_string().contains("not Unicode"), "{refused}");
}

/// What was one permit becomes a permit and a forbid.
const SPLIT: (&str, &str) = (
    "@id(\"view\")\npermit (principal, action == Action::\"view\", resource)\nunless { resource.secret };\n",
    "@id(\"view\")\npermit (principal, action == Action::\"view\", resource);\n\n\
     @id(\"secret\")\nforbid (principal, action == Action::\"view\", resource) when { resource.secret };\n",
);

fn waiting(wanted: &mut WantedMove<'_>, mode: Mode) {
    let of = [ModeOf::Policy("secret".to_owned())];
    wanted.modes = with_mode(Modes::default(), &of, mode);
}

#[test]
fn drift_is_judged_of_what_decides_as_long_as_a_policy_waits() {
    let place = strict();
    moved(place.promote("1.0.0", NOON, |_| ()));
    let log = one_row(&place);
    place.commit("a.cedar", SPLIT.1);
    for mode in [Mode::AuditOnly, Mode::Canary(10)] {
        let Promoted::Blocked { gates } = place.promote("1.1.0", NOON + 1, |wanted| {
            wanted.log = Some(Arc::clone(&log));
            waiting(wanted, mode);
        }) else {
            panic!("{mode}");
        };
        let fact = gates.iter().find(|fact| fact.gate == "drift").unwrap();
        assert_eq!(fact.standing, crate::Standing::Blocked, "{mode}");
        assert_eq!(fact.remarks, [Remark::InBetween]);
        assert!(fact.words().contains("+1 gain"), "{}", fact.words());
    }
    // All of it at once gives nobody anything.
    moved(place.promote("1.1.0", NOON + 1, |wanted| wanted.log = Some(log)));
}

#[test]
fn facts_have_no_mode_and_are_judged_with_the_policies_that_go_on_deciding() {
    let place = strict();
    moved(place.promote("1.0.0", NOON, |_| ()));
    let log = one_row(&place);
    // What the facts give away the policies take back, and these only wait.
    place.commit("entities.json", &ENTITIES.replace("true", "false"));
    place.commit(
        "a.cedar",
        &format!(
            "{}@id(\"none\")\nforbid (principal, action, resource);\n",
            SPLIT.0
        ),
    );
    let ships = |mode| {
        place.promote("1.1.0", NOON + 1, |wanted| {
            wanted.log = Some(Arc::clone(&log));
            wanted.modes.default = mode;
        })
    };
    for mode in [Mode::AuditOnly, Mode::Canary(10)] {
        assert_eq!(blocked(ships(mode)), ["drift"], "{mode}");
    }
    moved(ships(Mode::Enforce));
}

#[test]
fn a_test_that_holds_before_and_after_holds_in_between() {
    let place = Place::new(RULES);
    place.commit("a.cedar", SPLIT.0);
    fs::create_dir(place.root.join("DENY")).unwrap();
    place.commit("DENY/plan.json", &request("ada", "view", "plan", false));
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", SPLIT.1);
    let Promoted::Blocked { gates } =
        place.promote("1.1.0", NOON, |wanted| waiting(wanted, Mode::AuditOnly))
    else {
        panic!("it moved");
    };
    let fact = gates.iter().find(|fact| fact.gate == "tests").unwrap();
    assert_eq!(fact.remarks, [Remark::InBetween]);
    // What only the new version is to hold waits with its policies.
    place.commit("DENY/menu.json", &request("ada", "view", "menu", false));
    let all = format!(
        "{}@id(\"none\")\nforbid (principal, action, resource);\n",
        SPLIT.0
    );
    place.commit("a.cedar", &all);
    moved(place.promote("1.1.0", NOON, |wanted| {
        let of = [ModeOf::Policy("none".to_owned())];
        wanted.modes = with_mode(Modes::default(), &of, Mode::AuditOnly);
    }));
}

#[test]
fn a_link_of_a_template_may_wait_alone() {
    let place = Place::new(RULES);
    let template = |scope: &str| {
        format!(
            "{POLICIES}@id(\"share\")\npermit (principal == ?principal, action == Action::\"view\", resource) {scope};\n"
        )
    };
    let links = r#"[{"template_id": "share", "link_id": "for-ada", "args": {"?principal": "User::\"ada\""}},
        {"template_id": "share", "link_id": "for-bob", "args": {"?principal": "User::\"bob\""}}]"#;
    place.commit("a.cedar", &template(""));
    place.commit("links.json", links);
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &template("unless { resource.secret }"));
    let first = moved(place.promote("1.1.0", NOON + 1, |wanted| {
        let of = [ModeOf::Policy("for-ada".to_owned())];
        wanted.modes = with_mode(Modes::default(), &of, Mode::AuditOnly);
    }));
    assert_eq!(first.mode, "enforced, for-ada audit-only");
    // What is in force then, with one link of each form, is what the next is held against, and what the former is taken back to.
    place.commit("a.cedar", &template("when { false }"));
    let next = place.promote("1.2.0", NOON + 2, |wanted| {
        wanted.modes.default = Mode::Canary(10);
    });
    assert_eq!(moved(next).before.as_deref(), Some("1.1.0"));
    let base = place.with(NOON, |with| {
        let registry = registry::Registry::open(with.root).unwrap();
        let tip = registry.tip("stable").unwrap().unwrap();
        let bundle = registry.bundles(&tip.id).unwrap().forward;
        let bundle = release::Bundle::open(&bundle, release::LIMITS).unwrap();
        bundle.claims().base.clone().unwrap()
    });
    let (set, problems) = policy::PolicySet::parse(&base);
    assert!(!set.broken(), "{problems:?}");
    let (now, _) = policy::PolicySet::parse(&policy::Files::from([
        ("a.cedar".to_owned(), template("").into_bytes().into()),
        ("links.json".to_owned(), links.as_bytes().into()),
    ]));
    let digest = |set: &policy::PolicySet, id| set.get(id).unwrap().digest;
    assert_eq!(digest(&set, "for-ada"), digest(&now, "for-ada"));
    assert_ne!(digest(&set, "for-bob"), digest(&now, "for-bob"));
}

#[test]
fn a_lane_says_when_nothing_decides_and_when_nothing_else_would() {
    let place = Place::new(RULES);
    let lane = || {
        let lane = crate::releases::view(&place.root, None)
            .unwrap()
            .lanes
            .remove(0);
        (lane.nothing_before, lane.nothing_decides)
    };
    moved(place.promote("1.0.0", NOON, |wanted| {
        wanted.modes.default = Mode::AuditOnly;
    }));
    assert_eq!(lane(), (true, true));
    let everybody = NewModes {
        channel: "stable",
        of: &[ModeOf::All],
        mode: Mode::Enforce,
        reason: "all",
        outside_window: None,
        log: &|| Ok(None),
    };
    moved(
        place
            .with(NOON + 1, |with| change_modes(with, &everybody))
            .unwrap(),
    );
    assert_eq!(lane(), (true, false));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    moved(place.promote("1.1.0", NOON + 2, |wanted| {
        wanted.modes.default = Mode::AuditOnly;
    }));
    assert_eq!(lane(), (false, false));
}

/// Who is taken back by whom, and what decides when what is left only runs along.
#[test]
fn what_was_taken_back_does_not_decide_again_by_other_modes() {
    let bad = format!("{POLICIES}{ALL}");
    let ran_along = |back: &dyn Fn(&Place), before: bool| {
        let place = Place::new(RULES);
        place.commit("a.cedar", &POLICIES.replace("resource.secret", "false"));
        if before {
            moved(place.promote("0.1.0", NOON, |_| ()));
        }
        place.commit("a.cedar", POLICIES);
        moved(place.promote("1.0.0", NOON, |_| ()));
        place.commit("a.cedar", &bad);
        moved(place.promote("1.1.0", NOON, |_| ()));
        back(&place);
        let recorded = NewModes {
            channel: "stable",
            of: &[ModeOf::All],
            mode: Mode::AuditOnly,
            reason: "r",
            outside_window: None,
            log: &|| Ok(None),
        };
        let made = place.with(NOON, |with| change_modes(with, &recorded));
        let made = moved(made.unwrap());
        let bundle = place.registry().bundles(&made.id).unwrap().forward;
        let bundle = release::Bundle::open(&bundle, release::LIMITS).unwrap();
        let base = bundle.claims().base.clone().unwrap();
        let text = base
            .get("a.cedar")
            .map(|text| String::from_utf8_lossy(text).into_owned());
        (text, made.otherwise)
    };
    let whole = |place: &Place| {
        moved(
            place
                .with(NOON, |with| roll_back(with, "stable", "r"))
                .unwrap(),
        );
    };
    let part = |place: &Place| {
        let back = place.with(NOON, |with| roll_back_policy(with, "stable", "all", "r"));
        moved(back.unwrap());
    };
    let twice = |place: &Place| (0..3).for_each(|_| whole(place));
    for back in [&whole as &dyn Fn(&Place), &twice] {
        let (text, version) = ran_along(back, true);
        assert_eq!(text, Some(POLICIES.replace("resource.secret", "false")));
        assert_eq!(version.as_deref(), Some("0.1.0"));
        assert_eq!(
            ran_along(back, false),
            (None, None),
            "nothing was there before"
        );
    }
    // What lost a policy stands in the place of what had it.
    let (text, version) = ran_along(&part, true);
    assert_eq!(
        (text.as_deref(), version.as_deref()),
        (Some(POLICIES), Some("1.0.0"))
    );
}

/// A row that `SPLIT` gives away between its permit and its forbid.
fn one_row(place: &Place) -> Arc<decisions::Log> {
    let rows = place.root.parent().unwrap().join("log.jsonl");
    let row = r#"{"v":1,"id":"r","at":"2026-11-03T10:00:00Z","principal":"User::\"ada\"","action":"Action::\"view\"","resource":"Doc::\"plan\"","context":{"mfa":false},"decision":"deny"}"#;
    fs::write(&rows, row).unwrap();
    let folders = Folders {
        data: rows.clone(),
        state: rows.clone(),
    };
    let log = crate::open_named_log(&rows, &folders, &mut |_, _| {
        std::ops::ControlFlow::Continue(())
    });
    log.unwrap()
}

fn strict() -> Place {
    let rules = format!("{RULES}[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n");
    let place = Place::new(&rules);
    place.commit("tolerance.toml", "[default]\ngained = 0\n");
    place.commit("a.cedar", SPLIT.0);
    place
}

#[test]
fn modes_of_single_policies_are_judged_by_what_decides_then() {
    let place = strict();
    moved(place.promote("1.0.0", NOON, |_| ()));
    let log = one_row(&place);
    let change = |of: &[ModeOf], mode| {
        let wanted = NewModes {
            channel: "stable",
            of,
            mode,
            reason: "r",
            outside_window: None,
            log: &|| Ok(Some(Arc::clone(&log))),
        };
        place
            .with(NOON, |with| change_modes(with, &wanted))
            .unwrap()
    };
    let closed = |made: Promoted| {
        let Promoted::Blocked { gates } = made else {
            panic!("it moved");
        };
        let fact = gates.into_iter().find(|fact| fact.gate == "drift").unwrap();
        assert_eq!(fact.remarks, [Remark::InBetween]);
        assert!(fact.words().contains("+1 gain"), "{}", fact.words());
    };
    let of = |id: &str| [ModeOf::Policy(id.to_owned())];
    place.commit("a.cedar", SPLIT.1);
    moved(place.promote("1.1.0", NOON, |wanted| {
        wanted.log = Some(Arc::clone(&log));
        wanted.modes.default = Mode::AuditOnly;
    }));
    // The permit without its forbid.
    closed(change(&of("view"), Mode::Enforce));
    closed(change(&of("view"), Mode::Canary(50)));
    let forbid = moved(change(&of("secret"), Mode::Enforce));
    assert!(forbid.gates.iter().any(|fact| fact.gate == "drift"));
    moved(change(&[ModeOf::All], Mode::Enforce));
    // And back again: a forbid in force becomes one that runs along.
    let base = change(&[ModeOf::All], Mode::AuditOnly);
    moved(base);
    closed(change(&of("view"), Mode::Enforce));
}

#[test]
fn where_nothing_decides_a_version_is_held_against_the_one_that_runs_along() {
    let place = strict();
    moved(place.promote("1.0.0", NOON, |_| ()));
    let recorded = NewModes {
        channel: "stable",
        of: &[ModeOf::All],
        mode: Mode::AuditOnly,
        reason: "r",
        outside_window: None,
        log: &|| Ok(None),
    };
    moved(
        place
            .with(NOON, |with| change_modes(with, &recorded))
            .unwrap(),
    );
    place.commit(
        "a.cedar",
        &SPLIT.0.replace("unless { resource.secret }", ""),
    );
    let log = one_row(&place);
    let Promoted::Blocked { gates } = place.promote("1.1.0", NOON, |wanted| wanted.log = Some(log))
    else {
        panic!("it moved");
    };
    let fact = gates.iter().find(|fact| fact.gate == "drift").unwrap();
    assert_eq!(fact.remarks, [Remark::NothingDecides]);
    assert!(fact.words().contains("+1 gain"), "{}", fact.words());
}

/// A policy that allows everything.
const ALL: &str = "@id(\"all\")\npermit (principal, action, resource);\n";

/// A workspace that goes from one folder to another.
pub(super) fn goes(place: &Place, (from, to): (&str, &str), texts: &[(&str, &str)]) -> PathBuf {
    fs::create_dir(place.root.join(to)).unwrap();
    for path in [
        "a.cedar",
        "s.cedarschema",
        "entities.json",
        "workspace.toml",
        "tolerance.toml",
    ] {
        let Ok(text) = fs::read_to_string(place.root.join(from).join(path)) else {
            continue;
        };
        let new = texts.iter().find(|(name, _)| *name == path);
        place.commit(&format!("{to}/{path}"), new.map_or(&text, |(_, text)| text));
        place.remove(&format!("{from}{path}"));
    }
    place.commit("README.md", "moved");
    place.root.join(to)
}

#[test]
fn a_folder_that_moves_takes_its_tolerance_along() {
    let place = strict();
    moved(place.promote("1.0.0", NOON, |_| ()));
    let log = one_row(&place);
    let open = "@id(\"view\")\npermit (principal, action == Action::\"view\", resource);\n";
    let texts = [
        ("tolerance.toml", "[default]\ngained = \"any\"\n"),
        ("a.cedar", open),
    ];
    let root = goes(&place, ("", "team"), &texts);
    let wanted = WantedMove {
        log: Some(log),
        ..wanted("1.1.0")
    };
    let made = place.with(NOON, |with| {
        crate::promote(
            &crate::Promotion {
                root: &root,
                ..*with
            },
            &wanted,
        )
    });
    assert_eq!(blocked(made.unwrap()), ["drift"]);
}

/// A workspace in a folder of the repository.
struct There<'a> {
    place: &'a Place,
    root: PathBuf,
}

impl There<'_> {
    fn at(
        &self,
        run: impl Fn(&crate::Promotion<'_>) -> Result<Promoted, crate::Error>,
    ) -> Promoted {
        let run = |with: &crate::Promotion<'_>| {
            run(&crate::Promotion {
                root: &self.root,
                ..*with
            })
        };
        self.place.with(NOON, run).unwrap()
    }

    fn promote(&self, version: &str) -> Promoted {
        self.at(|with| crate::promote(with, &wanted(version)))
    }

    fn roll_back(&self, policy: &str) {
        moved(self.at(|with| roll_back_policy(with, "stable", policy, "r")));
    }

    fn approved(&self, version: &str, person: &str) -> Result<(), Code> {
        self.approved_in(version, Modes::default(), person)
    }

    fn approved_in(&self, version: &str, modes: Modes, person: &str) -> Result<(), Code> {
        let by = (person, &key(person) as &dyn Signer);
        let made = approve(&self.root, NOON, "stable", version, modes, by, 60);
        made.map(drop).map_err(|error| error.code())
    }

    fn ships(&self, version: &str, by: &str) {
        assert_eq!(blocked(self.promote(version)), ["approvals"], "{version}");
        self.approved(version, by).unwrap();
        moved(self.promote(version));
    }
}

#[test]
fn who_wrote_what_comes_again_is_known_in_the_folder_of_before() {
    let place = four_eyes();
    place.ships("1.0.0", OTTO);
    place.becomes(MARA);
    place.commit("a.cedar", &format!("{POLICIES}{ALL}"));
    place.ships("1.1.0", OTTO);
    place.becomes(IVO);
    moved(
        place
            .with(NOON, |with| roll_back_policy(with, "stable", "all", "r"))
            .unwrap(),
    );
    let root = goes(&place, ("", "team"), &[]);
    let there = There {
        place: &place,
        root,
    };
    assert_eq!(blocked(there.promote("1.2.0")), ["approvals"]);
    // A version of before is found where it was then.
    assert_eq!(blocked(there.promote("1.0.0")), ["approvals"]);
    assert_eq!(there.approved("1.2.0", MARA), Err(Code::ApprovalRefused));
    assert_eq!(there.approved("1.2.0", OTTO), Ok(()));
}

#[test]
fn who_wrote_what_comes_again_is_known_in_every_folder_that_was_shipped_from() {
    let place = four_eyes();
    place.ships("1.0.0", OTTO);
    place.becomes(MARA);
    place.commit("a.cedar", &format!("{POLICIES}{ALL}"));
    place.ships("1.1.0", OTTO);
    place.becomes(IVO);
    let root = goes(&place, ("", "team"), &[]);
    let there = There {
        place: &place,
        root,
    };
    there.ships("1.2.0", OTTO);
    there.roll_back("all");
    place.commit("team/b.cedar", "// a word\n");
    assert_eq!(blocked(there.promote("1.3.0")), ["approvals"]);
    assert_eq!(there.approved("1.3.0", MARA), Err(Code::ApprovalRefused));
    assert_eq!(there.approved("1.3.0", OTTO), Ok(()));
    assert_eq!(
        blocked(there.promote("1.1.0")),
        ["approvals"],
        "a version of before"
    );
}

#[test]
fn who_wrote_what_waits_is_known_where_another_workspace_is_in_the_former_folder() {
    let place = four_eyes();
    let root = goes(&place, ("", "first"), &[]);
    let mut there = There {
        place: &place,
        root,
    };
    there.ships("1.0.0", OTTO);
    there.root = goes(&place, ("first/", "second"), &[]);
    there.ships("1.1.0", OTTO);
    place.commit("first/a.cedar", &ALL.replace("all", "other"));
    place.becomes(MARA);
    place.commit("second/a.cedar", &format!("{POLICIES}{ALL}"));
    let recorded = || Modes {
        default: Mode::AuditOnly,
        ..Modes::default()
    };
    let wanted = WantedMove {
        modes: recorded(),
        ..wanted("1.2.0")
    };
    let promote = || there.at(|with| crate::promote(with, &wanted));
    assert_eq!(blocked(promote()), ["approvals"]);
    assert_eq!(there.approved_in("1.2.0", recorded(), OTTO), Ok(()));
    moved(promote());
    place.becomes(IVO);
    assert_eq!(there.approved("1.2.0", MARA), Err(Code::ApprovalRefused));
    assert_eq!(there.approved("1.2.0", OTTO), Ok(()));
}

#[test]
fn whoever_amends_a_commit_may_have_written_it() {
    let place = four_eyes();
    place.ships("1.0.0", OTTO);
    place.commit("notes.txt", "n");
    let repository = git2::Repository::open(&place.root).unwrap();
    let last = repository.head().unwrap().peel_to_commit().unwrap();
    place.becomes(MARA);
    let mara = repository.signature().unwrap();
    last.amend(Some("HEAD"), None, Some(&mara), None, None, None)
        .unwrap();
    assert_eq!(blocked(place.promote("1.1.0", NOON, |_| ())), ["approvals"]);
    assert_eq!(place.approved("1.1.0", MARA), Err(Code::ApprovalRefused));
    assert_eq!(place.approved("1.1.0", OTTO), Ok(()));
}

#[test]
fn what_a_rollback_of_one_policy_made_is_judged_before_it_decides() {
    let place = strict();
    place.commit("tolerance.toml", "[default]\ngained = 0\nlost = \"any\"\n");
    moved(place.promote("1.0.0", NOON, |_| ()));
    let log = one_row(&place);
    place.commit("a.cedar", SPLIT.1);
    moved(place.promote("1.1.0", NOON, |wanted| {
        wanted.log = Some(Arc::clone(&log));
        let of = [ModeOf::Policy("view".to_owned())];
        wanted.modes = with_mode(Modes::default(), &of, Mode::AuditOnly);
    }));
    let back = place.with(NOON, |with| roll_back_policy(with, "stable", "secret", "r"));
    moved(back.unwrap());
    let wanted = NewModes {
        channel: "stable",
        of: &[ModeOf::All],
        mode: Mode::Enforce,
        reason: "r",
        outside_window: None,
        log: &|| Ok(Some(Arc::clone(&log))),
    };
    let made = place
        .with(NOON, |with| change_modes(with, &wanted))
        .unwrap();
    assert_eq!(blocked(made), ["drift"]);
}

#[test]
fn who_wrote_a_version_does_not_approve_that_it_is_enforced() {
    let place = four_eyes();
    place.ships("1.0.0", OTTO);
    place.becomes(MARA);
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    let recorded = || Modes {
        default: Mode::AuditOnly,
        ..Modes::default()
    };
    let approve = |modes, person: &str| {
        let by = (person, &key(person) as &dyn Signer);
        let made = approve(&place.root, NOON, "stable", "1.1.0", modes, by, 60);
        made.map(drop).map_err(|error| error.code())
    };
    let promote = || {
        place.promote("1.1.0", NOON, |wanted| {
            wanted.modes.default = Mode::AuditOnly;
        })
    };
    assert_eq!(blocked(promote()), ["approvals"]);
    assert_eq!(approve(recorded(), OTTO), Ok(()));
    moved(promote());
    place.becomes(IVO);
    assert_eq!(approve(Modes::default(), MARA), Err(Code::ApprovalRefused));
    let enforced = || {
        let wanted = NewModes {
            channel: "stable",
            of: &[ModeOf::All],
            mode: Mode::Enforce,
            reason: "r",
            outside_window: None,
            log: &|| Ok(None),
        };
        place
            .with(NOON, |with| change_modes(with, &wanted))
            .unwrap()
    };
    assert_eq!(blocked(enforced()), ["approvals"]);
    // Nor that a further version brings it into force.
    place.commit("notes.cedar", "// a word\n");
    assert_eq!(blocked(place.promote("1.2.0", NOON, |_| ())), ["approvals"]);
    assert_eq!(place.approved("1.2.0", MARA), Err(Code::ApprovalRefused));
    assert_eq!(place.approved("1.2.0", OTTO), Ok(()));
    assert_eq!(approve(Modes::default(), OTTO), Ok(()));
    moved(enforced());
    // What was enforced with somebody's word needs it no more.
    assert_eq!(place.approved("1.2.0", MARA), Ok(()));
}

#[test]
fn what_was_taken_back_and_waits_again_is_not_enforced_by_the_word_of_who_wrote_it() {
    let place = four_eyes();
    place.ships("1.0.0", OTTO);
    place.becomes(MARA);
    place.commit("a.cedar", &format!("{POLICIES}{ALL}"));
    place.ships("1.1.0", OTTO);
    place.becomes(IVO);
    let back = place.with(NOON, |with| roll_back_policy(with, "stable", "all", "r"));
    moved(back.unwrap());
    place.commit("notes.cedar", "// a word\n");
    let promote = |mode| place.promote("1.2.0", NOON, |wanted| wanted.modes.default = mode);
    let approve = |mode, person: &str| {
        let modes = Modes {
            default: mode,
            ..Modes::default()
        };
        let by = (person, &key(person) as &dyn Signer);
        let made = approve(&place.root, NOON, "stable", "1.2.0", modes, by, 60);
        made.map(drop).map_err(|error| error.code())
    };
    assert_eq!(blocked(promote(Mode::AuditOnly)), ["approvals"]);
    assert_eq!(approve(Mode::AuditOnly, OTTO), Ok(()));
    moved(promote(Mode::AuditOnly));
    assert_eq!(approve(Mode::Enforce, MARA), Err(Code::ApprovalRefused));
    assert_eq!(approve(Mode::Enforce, OTTO), Ok(()));
    moved(promote(Mode::Enforce));
}
