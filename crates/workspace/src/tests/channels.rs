//! Channels as a window moves them.

use ipc::{Applied, AppliedView, Asked, Did, Name, PromoteAsked, RollbackAsked, WayBackView};

use super::*;

const AUDIT_ONLY: AppliedView = AppliedView {
    all: Applied::AuditOnly,
    others: Vec::new(),
};

fn asked(channel: &str, mode: &str) -> PromoteAsked {
    PromoteAsked {
        channel: channel.to_owned(),
        version: "1.0.0".to_owned(),
        mode: mode.to_owned(),
        reason: " first ".to_owned(),
        outside_window: String::new(),
        skip_references: String::new(),
        overriding: String::new(),
    }
}

#[test]
fn a_window_looks_at_gates_moves_a_channel_and_takes_it_back() {
    let bench = Bench::new();
    let studio = bench.studio();
    studio.open_sample(()).unwrap();
    let view = studio.view_releases(()).unwrap();
    let lanes: Vec<_> = view.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(lanes, ["canary", "stable"]);
    assert_eq!(
        view.lanes[1].asks,
        [Asked::Tolerance("tolerance.toml".to_owned())]
    );
    assert!(view.versions.is_empty() && view.unready.is_none());
    assert_eq!(view.next, "1.0.0");

    // Looking changes nothing.
    let gates = studio.look_at_gates(asked("canary", "enforce")).unwrap();
    let gates: Vec<_> = gates.iter().map(|gate| &*gate.gate).collect();
    let all = [
        "validation",
        "tests",
        "references",
        "drift",
        "approvals",
        "window",
    ];
    assert_eq!(gates, all);
    assert!(studio.view_releases(()).unwrap().versions.is_empty());

    let moved = studio.promote(asked("canary", "audit-only")).unwrap();
    let moved = moved.moved.unwrap();
    assert_eq!((&*moved.channel, &*moved.version), ("canary", "1.0.0"));
    assert_eq!(moved.applied, AUDIT_ONLY);
    let canary = studio.view_releases(()).unwrap().lanes.remove(0);
    assert_eq!((&*canary.environment, canary.way_back), ("staging", None));
    let [stop] = &canary.stops[..] else {
        panic!("{:?}", canary.stops)
    };
    assert_eq!((&*stop.mode, &*stop.reason), ("audit-only", "first"));
    assert_eq!((&*stop.kind, stop.did), ("promotion", Did::Promotion));
    let id = Name {
        name: stop.id.clone(),
    };
    assert_eq!(studio.receipt_of_move(id).unwrap(), moved.receipt);

    let back = || {
        studio.roll_back(RollbackAsked {
            channel: "canary".to_owned(),
            reason: "r".to_owned(),
        })
    };
    assert_eq!(back().unwrap_err().code, Code::PromotionRefused);
    studio.promote(asked("canary", "enforce")).unwrap();
    assert_eq!(back().unwrap().moved.unwrap().applied, AUDIT_ONLY);
    let canary = studio.view_releases(()).unwrap().lanes.remove(0);
    let way_back = WayBackView {
        version: "1.0.0".to_owned(),
        applied: Some(AppliedView::default()),
    };
    assert_eq!(canary.way_back, Some(way_back));
    let newest = &canary.stops[0];
    assert_eq!((&*newest.kind, newest.did), ("undoes 2", Did::Undid(2)));
    assert_eq!(newest.mode, "audit-only");
}

#[test]
fn what_a_window_asks_wrongly_is_told_with_what_to_do() {
    let bench = Bench::new();
    let studio = bench.studio();
    let view = studio.open_sample(()).unwrap();
    let code = |asked| studio.promote(asked).unwrap_err().code;
    assert_eq!(code(asked("canary", "perhaps")), Code::BadCall);
    let missing = PromoteAsked {
        overriding: "/no/such/override.json".to_owned(),
        ..asked("canary", "enforce")
    };
    assert_eq!(code(missing), Code::OverrideRefused);
    let unknown = Name {
        name: "0".repeat(40),
    };
    let failure = studio.receipt_of_move(unknown).unwrap_err();
    assert_eq!(failure.code, Code::LedgerMissing);
    assert!(failure.hint.contains("another clone"), "{}", failure.hint);

    // What is not committed is in no version.
    write(
        Path::new(&view.root),
        "policies/x.cedar",
        "permit (principal, action, resource);",
    );
    let unready = studio.view_releases(()).unwrap().unready.unwrap();
    assert_eq!(unready.code, Code::PromotionRefused);
    assert_eq!(code(asked("canary", "enforce")), Code::PromotionRefused);

    // A channel that asks for drift needs decisions to judge it on.
    fs::remove_file(Path::new(&view.root).join("policies/x.cedar")).unwrap();
    studio.promote(asked("stable", "enforce")).unwrap();
    // What is in force already is nothing to ship; in another mode it is.
    assert_eq!(code(asked("stable", "enforce")), Code::PromotionRefused);
    let blocked = studio.promote(asked("stable", "audit-only")).unwrap();
    assert_eq!(blocked.moved, None);
    let closed: Vec<_> = blocked
        .gates
        .iter()
        .filter(|gate| gate.standing == "blocked")
        .collect();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].gate, "drift");
    assert!(!closed[0].hint.is_empty());
}

#[test]
fn a_workspace_in_no_repository_says_so() {
    let bench = Bench::new();
    let (studio, _) = bench.small_studio();
    let failure = studio.view_releases(()).unwrap_err();
    assert_eq!(failure.code, Code::RegistryMissing);
}

#[test]
fn what_was_recorded_is_read_and_a_mode_is_switched_and_switched_back() {
    let bench = Bench::new();
    let studio = bench.studio();
    let root = studio.open_sample(()).unwrap().root;
    studio.promote(asked("canary", "audit-only")).unwrap();
    let lane = |studio: &Studio| {
        let view = studio.view_releases(()).unwrap();
        let mut lanes = view.lanes.into_iter();
        lanes.find(|lane| lane.name == "canary").unwrap()
    };
    assert_eq!(lane(&studio).stops[0].mode, "audit-only");

    let read = |studio: &Studio, log: &str| {
        studio.read_shadow_log(ipc::ShadowAsked {
            channel: "canary".to_owned(),
            path: log.to_owned(),
        })
    };
    let pair = crate::shadow_pairs(root.as_ref(), "canary").unwrap();
    let (enforced, along) = pair
        .into_iter()
        .map(|it| (it.enforced, it.shadow))
        .next()
        .unwrap();
    let row = |user: &str, shadow: &str| {
        format!(
            "{{\"v\":1,\"at\":\"2026-11-21T10:00:00Z\",\"principal\":\"User::\\\"{user}\\\"\",\"action\":\"Action::\\\"read\\\"\",\"resource\":\"Doc::\\\"d\\\"\",\
             \"decision\":\"allow\",\"reasons\":[\"p\"],\"bundle\":\"{enforced}\",\
             \"shadow\":{{\"decision\":\"{shadow}\",\"reasons\":[],\"bundle\":\"{along}\"}}}}\n"
        )
    };
    let log = bench.base.join("shadow.jsonl");
    // What ran along before is no reason to enforce what runs along now.
    let other = row("eve", "deny").replace(&along, "sha256:00");
    let rows = [
        row("ada", "deny"),
        row("ada", "deny"),
        other.clone(),
        row("bo", "allow"),
    ];
    fs::write(&log, rows.concat()).unwrap();
    let log = log.to_str().unwrap();
    let found = read(&studio, log).unwrap();
    assert_eq!(
        (
            found.compared,
            found.would_deny,
            found.would_allow,
            found.of_others
        ),
        (3, 2, 0, 1)
    );
    assert_eq!(found.changes.len(), 1);
    let line = &found.changes[0];
    assert_eq!(
        (line.principal.as_str(), line.times, line.resources),
        ("User::\"ada\"", 2, 1)
    );
    assert_eq!(
        (line.policies.as_slice(), found.more),
        (&["p".to_owned()][..], 0)
    );

    let mode = |policy: &str, mode: &str| ipc::ModeAsked {
        channel: "canary".to_owned(),
        policy: policy.to_owned(),
        mode: mode.to_owned(),
        reason: "a week without surprises".to_owned(),
        outside_window: String::new(),
    };
    // One policy first, then all, whatever was said about the one.
    studio
        .change_mode(mode("contractor-upload", "canary=10"))
        .unwrap();
    assert_eq!(
        lane(&studio).stops[0].mode,
        "audit-only, contractor-upload canary 10 %"
    );
    let moved = studio.change_mode(mode("", "enforce")).unwrap();
    let found = read(&studio, log).unwrap();
    assert_eq!(
        (found.compared, found.of_others),
        (0, 4),
        "nothing runs along"
    );
    let moved = moved.moved.unwrap();
    assert!(
        moved.applied.is_enforced() && moved.receipt > 0,
        "{moved:?}"
    );
    let now = lane(&studio);
    assert_eq!(
        (now.stops[0].mode.as_str(), now.stops[0].kind.as_str()),
        ("", "modes")
    );
    // Switching back says what it goes back to.
    let applied = AppliedView {
        others: vec![("contractor-upload".to_owned(), Applied::Canary(10))],
        ..AUDIT_ONLY
    };
    let version = "1.0.0".to_owned();
    let applied = Some(applied);
    assert_eq!(now.way_back, Some(WayBackView { version, applied }));
    let back = RollbackAsked {
        channel: "canary".to_owned(),
        reason: "surprises".to_owned(),
    };
    studio.roll_back(back).unwrap();
    assert_eq!(
        lane(&studio).stops[0].mode,
        "audit-only, contractor-upload canary 10 %"
    );

    assert_eq!(code(studio.change_mode(mode("", "loud"))), Code::BadCall);
    assert_eq!(
        code(studio.change_mode(mode("nobody", "enforce"))),
        Code::PromotionRefused
    );
    assert_eq!(code(read(&studio, "nowhere.jsonl")), Code::FileRead);
    fs::write(log, "{\"v\":1,\n").unwrap();
    let failure = read(&studio, log).unwrap_err();
    assert_eq!(failure.code, Code::LogLine);
    assert!(
        failure.message.contains("line 1 of `"),
        "{}",
        failure.message
    );
}
